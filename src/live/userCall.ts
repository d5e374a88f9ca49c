import type { OutgoingMessage, PartyName } from '../machines/messages.ts';
import { partyAt } from '../machines/messages.ts';
import type { Account } from '../sip/account.ts';
import type { SipMessage } from '../sip/message/message.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import { CalledLeg } from './calledLeg.ts';
import type { Incoming, Outgoing } from './carried.ts';
import type { Told } from './divergence.ts';
import { ownContact, type SipSocket, type SocketName } from './sipSocket.ts';
import { UserCallLeg } from './userCallLeg.ts';

/** Whether a message is of the call that the user makes. */
export const isOfUserCall = (message: Told): message is OutgoingMessage => message.type.startsWith('outgoing.');

/** What the call that the user makes has to know. */
export interface UserCallSetup {
  readonly account: Account;
  readonly callee: Account;
  readonly sockets: Readonly<Record<SocketName, SipSocket>>;
  readonly identifiers: Identifiers;
}

/** The call that the user makes, on the wire: from app or push server to the phone that is called, through the server. */
export class UserCall {
  readonly #sockets: UserCallSetup['sockets'];
  readonly #caller: UserCallLeg;
  readonly #called: CalledLeg;

  constructor({ account, callee, sockets, identifiers }: UserCallSetup) {
    this.#sockets = sockets;
    this.#caller = new UserCallLeg(account, callee, identifiers);
    const [leg, socket, tag] = [this.#caller, sockets.callee, identifiers.tag()];
    this.#called = new CalledLeg({ callee, caller: account, leg, socket, tag });
  }

  /** The datagram for a message to the SIP server; null where it would answer or continue what the wire never saw. */
  outgoing(from: PartyName, message: OutgoingMessage): Outgoing | null {
    if (message.from === 'connection')
      throw new Error('the SIP server knows no connection between app and push server');
    const isCalled = from === 'caller';
    const through = isCalled ? this.#sockets.callee : this.#sockets[ownContact(message.from)];
    const bytes = isCalled ? this.#called.message(message) : this.#caller.request(message, through);
    return bytes && { through, bytes };
  }

  /** Whether what a socket received is about this call. */
  owns(at: SocketName, message: SipMessage): boolean {
    return at === 'callee' || (at !== 'caller' && this.#caller.owns(message));
  }

  /** What a message from the wire is in the model; null where it is nothing there. */
  incoming(at: SocketName, message: SipMessage): Incoming | null {
    if (at === 'caller') return null;
    if (at === 'callee') {
      const meaning = message.kind === 'request' ? this.#called.request(message) : null;
      return meaning && { to: 'caller', message: meaning };
    }
    const meaning =
      message.kind === 'response'
        ? this.#caller.response(message, at)
        : this.#caller.incoming(message, at, this.#sockets[at]);
    return meaning && { to: partyAt(at), message: meaning };
  }
}
