import type { Call, CallMessage } from '../machines/messages.ts';
import type { Account } from '../sip/account.ts';
import { headerValues } from '../sip/message/headers.ts';
import { type Header, noBody, type SipRequest } from '../sip/message/message.ts';
import { responseTo } from '../sip/message/response.ts';
import { serialise } from '../sip/message/serialise.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import { sessionDescription } from './sessionDescription.ts';
import { contactUri, type OwnContact, type SipSocket } from './sipSocket.ts';

/** What the called side of a call has to know. */
export interface CalleeLegSetup {
  readonly call: Call;
  readonly contact: OwnContact;
  readonly account: Account;
  readonly socket: SipSocket;
  readonly identifiers: Identifiers;
}

const meanings = { INVITE: 'INVITE', ACK: 'ACK', CANCEL: 'CANCEL', BYE: 'BYE' } as const;
type Method = keyof typeof meanings;

/** RFC 3326 2: another phone has answered, which is no missed call. */
const saysCompletedElsewhere = (request: SipRequest): boolean =>
  headerValues(request, 'Reason').some((value) => /^\s*SIP\s*;(.*;)?\s*cause\s*=\s*200\b/i.test(value));

/** One call on the wire, at one contact that it was forked to (RFC 3261 8.2, 9.2, 13.3, 15.1.2). */
export class CalleeLeg {
  readonly #setup: CalleeLegSetup;
  readonly #tag: string;
  readonly #latest = new Map<Method, SipRequest>();

  constructor(setup: CalleeLegSetup) {
    this.#setup = setup;
    this.#tag = setup.identifiers.tag();
  }

  /** What a request says to the machine of the called side; null where it says nothing to it. */
  request(request: SipRequest): CallMessage | null {
    const method = request.method as Method;
    if (meanings[method] === undefined) return null;
    this.#latest.set(method, request);
    const { call, contact } = this.#setup;
    const isElsewhere = method === 'CANCEL' && saysCompletedElsewhere(request);
    return { type: meanings[method], call, contact, ...(isElsewhere && { reason: 'completedElsewhere' }) };
  }

  /** The datagram for an answer of the called side; null where the wire never brought what it answers. */
  response(message: CallMessage): Uint8Array | null {
    const [method, status] = statusOf(message);
    const request = this.#latest.get(method);
    if (request === undefined) return null;
    const { account, socket } = this.#setup;
    const establishes = method === 'INVITE' && status > 100 && status < 300;
    const isAnswer = method === 'INVITE' && status === 200;
    const headers: Header[] = [
      ...(establishes ? [{ name: 'Contact', value: `<${contactUri(account, socket)}>` }] : []),
      ...(isAnswer ? [{ name: 'Content-Type', value: 'application/sdp' }] : []),
    ];
    const body = isAnswer ? sessionDescription(socket.host) : noBody;
    return serialise(responseTo(request, status, { headers, body, ...(status > 100 && { toTag: this.#tag }) }));
  }
}

function statusOf(message: CallMessage): [Method, number] {
  switch (message.type) {
    case 'INVITE.100':
      return ['INVITE', 100];
    case 'INVITE.180':
      return ['INVITE', 180];
    case 'INVITE.200':
      return ['INVITE', 200];
    case 'INVITE.failed':
      return ['INVITE', message.code];
    case 'CANCEL.200':
      return ['CANCEL', 200];
    case 'BYE.200':
      return ['BYE', 200];
    default:
      throw new Error(`a called side sends no ${message.type}`);
  }
}
