import type { Contact, RegisterRequest, RegisterResponse } from '../machines/messages.ts';
import type { Account } from '../sip/account.ts';
import { contactExpires, contactsOf, cseqOf } from '../sip/message/headers.ts';
import type { SipMessage, SipResponse } from '../sip/message/message.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import type { Refusal } from './accountCheck.ts';
import type { Clock } from './clock.ts';
import { isTaken } from './farewell.ts';
import { RegisterLeg } from './registerLeg.ts';
import type { Session } from './session.ts';
import type { SipSocket, SocketName } from './sipSocket.ts';

/** Seconds that the phone asks for; servers raise and lower it as they like (RFC 3261 10.3 step 7). */
const askedExpires = 600;

const registering: RegisterRequest = {
  ...{ type: 'REGISTER', contact: 'otherDevice', expires: 'asked', authorization: false, stale: false },
};

/**
 * The account of the phone that the user calls. It is registered before the run and unregistered after it. Meanwhile the
 * model takes it to be there, so it does what a phone does to stay so (RFC 3261 10.2.4, RFC 5626 4.4.1).
 */
export class CalledAccount {
  readonly #user: string;
  readonly #socket: SipSocket;
  readonly #clock: Clock;
  readonly #leg: RegisterLeg;
  #cancelRefresh: () => void = () => {};
  #isLeaving = false;

  /** To the codec of REGISTERs the phone is a device of the account's, at whichever socket. */
  constructor(
    account: Account,
    sockets: Readonly<Record<SocketName, SipSocket>>,
    identifiers: Identifiers,
    clock: Clock,
  ) {
    this.#user = account.user;
    this.#socket = sockets.callee;
    this.#clock = clock;
    const own: Record<Contact, SipSocket> = { ...sockets, otherDevice: this.#socket };
    this.#leg = new RegisterLeg({ account, sockets: own, identifiers, instance: identifiers.instance(), askedExpires });
  }

  /** Contacts of somebody else that are registered with the account: calls may ring there too. */
  get strangers(): number {
    return this.#leg.strangers;
  }

  /** What the server answers to its REGISTER; 408 stands for silence (RFC 3261 8.1.3.1). */
  get refusal(): Refusal {
    return { ...(this.#leg.refusal ?? { status: 408, reason: '' }), user: this.#user };
  }

  /** Registers it. False where the server does not take it. */
  register(session: Session): Promise<boolean> {
    return this.#isTaken(session, registering);
  }

  /** Unregisters it. False where the server does not confirm that. */
  remove(session: Session): Promise<boolean> {
    this.#isLeaving = true;
    this.#cancelRefresh();
    return this.#isTaken(session, { ...registering, expires: 'zero', authorization: this.#leg.hasNonce });
  }

  /** Registers it once more during the run: the server has closed its connection, or its lifetime is half over. */
  again(authorization = this.#leg.hasNonce): void {
    void this.#socket.send(this.#leg.request({ ...registering, authorization }, this.#socket));
  }

  /** Takes in an answer to a REGISTER of the phone; false where a message is none. */
  receive(at: SocketName, message: SipMessage): boolean {
    if (at !== 'callee' || message.kind !== 'response' || cseqOf(message)?.method !== 'REGISTER') return false;
    if (this.#answer(message)?.type === 'REGISTER.401') this.again(true);
    return true;
  }

  #answer(response: SipResponse): RegisterResponse | null {
    const answer = this.#leg.response(response);
    if (answer?.type === 'REGISTER.200' && answer.expires !== 'zero') this.#refreshIn(grantedSeconds(response) * 500);
    return answer;
  }

  #refreshIn(delayMs: number): void {
    this.#cancelRefresh();
    // The answer to a refresh may come when it is to be removed already.
    if (this.#isLeaving) return;
    this.#cancelRefresh = this.#clock.after(delayMs, () => this.again());
  }

  #isTaken(session: Session, request: RegisterRequest): Promise<boolean> {
    const agent = {
      ask: (wanted: RegisterRequest) => void this.#socket.send(this.#leg.request(wanted, this.#socket)),
      answer: (at: SocketName, message: SipMessage) =>
        at === 'callee' && message.kind === 'response' ? this.#answer(message) : null,
    };
    return isTaken(session, agent, this.#clock, request);
  }
}

/** The shortest lifetime that a 200 names: whose contacts they are does not matter where all of them are asked for alike. */
function grantedSeconds(response: SipResponse): number {
  const listed = contactsOf(response);
  const seconds = listed === '*' ? [] : listed.flatMap((one) => contactExpires(response, one) ?? []);
  return Math.max(1, Math.min(askedExpires, ...seconds));
}
