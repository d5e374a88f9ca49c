import { type Call, type CallMessage, type CallTarget, type Contact, ofCall } from '../machines/messages.ts';
import type { Account } from '../sip/account.ts';
import { headerValues } from '../sip/message/headers.ts';
import { type Header, noBody, type SipRequest } from '../sip/message/message.ts';
import { responseTo } from '../sip/message/response.ts';
import { serialise } from '../sip/message/serialise.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import { CalleeDialog } from './calleeDialog.ts';
import { sessionDescription } from './sessionDescription.ts';
import { type SessionTimers, sessionHeaders } from './sessionHeaders.ts';
import { contactUri, type SipSocket } from './sipSocket.ts';

/** What the called side of a call has to know. */
export interface CalleeLegSetup {
  readonly call: Call;
  readonly contact: Contact;
  readonly account: Account;
  readonly identifiers: Identifiers;
  /** The session timer of the call, if it has one. */
  readonly sessionTimers?: SessionTimers | undefined;
}

const meanings = { INVITE: 'INVITE', ACK: 'ACK', CANCEL: 'CANCEL', BYE: 'BYE', UPDATE: 'UPDATE' } as const;
type Method = keyof typeof meanings;

/** RFC 3326 2: another phone has answered, which is no missed call. */
const saysCompletedElsewhere = (request: SipRequest): boolean =>
  headerValues(request, 'Reason').some((value) => /^\s*SIP\s*;(.*;)?\s*cause\s*=\s*200\b/i.test(value));

/** One call on the wire, at one contact that it was forked to (RFC 3261 8.2, 9.2, 13.3, 15.1.2). */
export class CalleeLeg {
  readonly #setup: CalleeLegSetup;
  readonly #tag: string;
  readonly #latest = new Map<Method, SipRequest>();
  #dialog: CalleeDialog | null = null;

  constructor(setup: CalleeLegSetup) {
    this.#setup = setup;
    this.#tag = setup.identifiers.tag();
  }

  /** Whether this leg has taken part in a dialog with requests of its own. */
  get hasAnswered(): boolean {
    return this.#dialog?.hasSent ?? false;
  }

  /** What a request says to the machine of the called side; null where it says nothing to it. */
  request(request: SipRequest): CallMessage | null {
    const method = request.method as Method;
    if (meanings[method] === undefined) return null;
    this.#latest.set(method, request);
    const { call, contact, account, identifiers } = this.#setup;
    if (method === 'INVITE') this.#dialog = new CalleeDialog(request, this.#tag, account, identifiers);
    const isElsewhere = method === 'CANCEL' && saysCompletedElsewhere(request);
    return { type: meanings[method], call, contact, ...(isElsewhere && { reason: 'completedElsewhere' }) };
  }

  /**
   * The datagram for what the called side sends through a socket: an answer, or a request of its own within the dialog; null
   * where the wire never brought what it is about.
   */
  message(message: CallMessage, through: SipSocket): Uint8Array | null {
    if (message.type === 'BYE') return this.#dialog?.bye(through) ?? null;
    if (message.type === 'UPDATE') return this.#dialog?.update(through, this.#setup.sessionTimers) ?? null;
    if (message.type === 'reINVITE') return this.#dialog?.reInvite(through) ?? null;
    if (message.type === 'reINVITE.ACK') return this.#dialog?.acknowledge(through) ?? null;
    return this.#response(message, through);
  }

  /** What an answer to a request of the called side says to its machine; null where it says nothing to it. */
  response(method: string | undefined, status: number, target: CallTarget): CallMessage | null {
    const { call, contact } = this.#setup;
    if (status < 200) return null;
    if (method === 'BYE') return { type: status === 481 ? 'BYE.481' : 'BYE.200', call, contact, by: 'callee' };
    if (method === 'UPDATE') {
      this.#dialog?.updated();
      // RFC 4028 7.2: any failure but 481 says nothing of the call.
      if (status >= 300 && status !== 481) return null;
      return { type: status === 481 ? 'UPDATE.481' : 'UPDATE.200', call, contact, by: 'callee' };
    }
    if (method !== 'INVITE' || (status >= 300 && status !== 481)) return null;
    return ofCall(status === 481 ? { type: 'reINVITE.481', target } : { type: 'reINVITE.200', target }, call, contact);
  }

  #response(message: CallMessage, through: SipSocket): Uint8Array | null {
    const [method, status] = statusOf(message);
    const request = this.#latest.get(method);
    if (request === undefined) return null;
    const { account, sessionTimers } = this.#setup;
    const establishes = method === 'INVITE' && status > 100 && status < 300;
    const isAnswer = method === 'INVITE' && status === 200;
    const headers: Header[] = [
      ...(establishes ? [{ name: 'Contact', value: `<${contactUri(account, through)}>` }] : []),
      ...(isAnswer || (method === 'UPDATE' && status === 200) ? sessionHeaders(sessionTimers) : []),
      ...(isAnswer ? [{ name: 'Content-Type', value: 'application/sdp' }] : []),
    ];
    const body = isAnswer ? sessionDescription(through.host) : noBody;
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
    case 'BYE.481':
      return ['BYE', 481];
    case 'UPDATE.200':
      return ['UPDATE', 200];
    case 'UPDATE.481':
      return ['UPDATE', 481];
    default:
      throw new Error(`a called side sends no ${message.type}`);
  }
}
