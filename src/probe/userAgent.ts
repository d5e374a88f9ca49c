import { type Account, addressOfRecord } from '../sip/account.ts';
import { contactExpires, contactsOf, minExpiresOf, retryAfterOf } from '../sip/message/headers.ts';
import type { SipResponse } from '../sip/message/message.ts';
import { responseTo } from '../sip/message/response.ts';
import { isSipUri } from '../sip/message/uri.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import type { ServerTransaction } from '../sip/transactions/transactionLayer.ts';
import type { Challenge, RegisterOutcome, RegisterWish } from './laboratory.ts';
import { requestOf, sendWithCredentials } from './request.ts';
import type { SipStack } from './sipStack.ts';

/** How the user part of every contact of a probe begins. */
export const contactPrefix = 'ringproof-';

/** An answer to a REGISTER, and what it says. */
export interface Registered {
  readonly response: SipResponse | null;
  readonly challenge?: Challenge;
}

/** How a REGISTER differs from an ordinary one. */
interface RegisterVariation extends Pick<RegisterWish, 'isOutdated' | 'isRestarted'> {
  /** Value of Expires, which else is left to the Contact values. */
  readonly expires?: number;
}

/** A user agent that registers and rings, and never answers a call. */
export class UserAgent {
  readonly stack: SipStack;
  /** Its contact, without parameters of the header. */
  readonly contactUri: string;
  readonly #account: Account;
  readonly #callId = randomIdentifiers.callId();
  /** What it would have after it had been started anew. */
  readonly #nextCallId = randomIdentifiers.callId();
  readonly #tag = randomIdentifiers.tag();
  #sequence = 1;
  /** Calls that it rings for. */
  readonly #ringing = new Set<ServerTransaction>();
  #onRing: (() => void) | undefined;

  constructor(stack: SipStack, account: Account, name: string) {
    this.stack = stack;
    this.#account = account;
    const { host, port, transport } = stack;
    // RFC 3261 18.1.1: without the parameter the server would call back over UDP.
    const parameter = transport === 'UDP' ? '' : `;transport=${transport.toLowerCase()}`;
    this.contactUri = `sip:${contactPrefix}${name}@${host}:${port}${parameter}`;
    stack.listen((transaction) => this.#hear(transaction));
  }

  /**
   * Sends a REGISTER with these Contact values. Throws a ProbeFailure where the credentials are not taken.
   * `isOutdated` takes a CSeq below the last one, `isRestarted` the agent's other Call-ID.
   */
  async register(
    contacts: readonly string[],
    { isOutdated = false, isRestarted = false, expires }: RegisterVariation = {},
  ): Promise<Registered> {
    const aor = addressOfRecord(this.#account);
    // A challenge takes one more number, and both of an outdated request must be too low.
    this.#sequence += 2;
    const sequence = isOutdated ? Math.max(1, this.#sequence - 6) : this.#sequence;
    const request = requestOf({
      method: 'REGISTER',
      uri: `sip:${this.#account.domain}`,
      from: `<${aor}>;tag=${this.#tag}`,
      to: `<${aor}>`,
      callId: isRestarted ? this.#nextCallId : this.#callId,
      sequence,
      headers: [
        ...contacts.map((value) => ({ name: 'Contact', value })),
        ...(expires === undefined ? [] : [{ name: 'Expires', value: String(expires) }]),
      ],
    });
    const { response, challenge } = await sendWithCredentials(this.stack, request, this.#account);
    return { response, ...(challenge && { challenge }) };
  }

  /** What an answer means for this agent's own contact. */
  outcome({ response, challenge }: Registered): RegisterOutcome {
    if (response === null) return { status: null, reason: '' };
    const own = this.#ownContact(response);
    const granted = own && contactExpires(response, own);
    const retryAfterSeconds = retryAfterOf(response);
    const minExpiresSeconds = minExpiresOf(response);
    return {
      status: response.status,
      reason: response.reason,
      ...(granted !== undefined && { grantedSeconds: granted }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(minExpiresSeconds !== undefined && { minExpiresSeconds }),
      ...(challenge && { challenge }),
    };
  }

  /** RFC 3261 10.2.4: among all bindings in the answer, one's own is found by comparison. */
  #ownContact(response: SipResponse) {
    const contacts = contactsOf(response);
    if (contacts === '*') return undefined;
    const { host, port } = this.stack;
    return contacts.find(({ uri }) => isSipUri(uri) && uri.host === host && uri.port === port);
  }

  /** Lets it ring; the listener is told of each call. Without a listener, a call is answered 480. */
  set onRing(listener: (() => void) | undefined) {
    this.#onRing = listener;
  }

  #hear(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method === 'INVITE') this.#ring(transaction);
    else transaction.respond(responseTo(request, request.method === 'OPTIONS' ? 200 : 405, { toTag: this.#tag }));
  }

  #ring(invite: ServerTransaction): void {
    if (this.#onRing === undefined) {
      // Not a call of the probe: somebody really calls, and nobody is here.
      this.#end(invite, 480);
      return;
    }
    this.#ringing.add(invite);
    invite.onReport(({ type }) => {
      if (type === 'cancelled') this.#end(invite, 487);
    });
    const contact = { name: 'Contact', value: `<${this.contactUri}>` };
    invite.respond(responseTo(invite.request, 180, { toTag: this.#tag, headers: [contact] }));
    this.#onRing();
  }

  #end(invite: ServerTransaction, status: number): void {
    this.#ringing.delete(invite);
    invite.respond(responseTo(invite.request, status, { toTag: this.#tag }));
  }

  /** Ends whatever still rings. */
  stopRinging(): void {
    for (const invite of [...this.#ringing]) this.#end(invite, 480);
  }
}
