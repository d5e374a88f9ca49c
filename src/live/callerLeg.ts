import type { Call, CallMessage, CallTarget, Contact, FailureCode } from '../machines/messages.ts';
import { type Account, addressOfRecord } from '../sip/account.ts';
import { contactsOf, cseqOf, fromOf, headerValue, toOf, topVia } from '../sip/message/headers.ts';
import type { Header, SipRequest, SipResponse } from '../sip/message/message.ts';
import { tagOf } from '../sip/message/nameAddress.ts';
import { responseTo } from '../sip/message/response.ts';
import { serialise } from '../sip/message/serialise.ts';
import { uriText } from '../sip/message/uri.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import {
  besideInvite,
  type ClientDialog,
  type ClientRequest,
  dialogOf,
  failureCode,
  inDialog,
  requestBytes,
} from './clientCall.ts';
import { contactOfUri } from './contactOfUri.ts';
import { Credentials } from './credentials.ts';
import { sessionDescription } from './sessionDescription.ts';
import { type SessionTimers, sessionHeaders } from './sessionHeaders.ts';
import { contactUri, type SipSocket } from './sipSocket.ts';

/** What the caller of a call has to know. */
export interface CallerLegSetup {
  readonly call: Call;
  readonly account: Account;
  readonly caller: SipSocket;
  readonly sockets: Readonly<Record<Contact, SipSocket>>;
  readonly identifiers: Identifiers;
  /** The session timer of the call, if it has one. */
  readonly sessionTimers?: SessionTimers | undefined;
}

/** Who calls, as the called side sees it: it tells the calls of a run apart where a B2BUA changes the Call-ID. */
export const callerUser = (call: Call): string => `caller${call}`;

/** One call on the wire, from the side that makes it (RFC 3261 8.1, 9.1, 13.2, 15.1.1). */
export class CallerLeg {
  readonly callId: string;
  readonly #setup: CallerLegSetup;
  readonly #from: string;
  readonly #invite: ClientRequest;
  readonly #byes = new Map<CallTarget, ClientRequest>();
  /** The refreshes of the session that have no answer yet (RFC 4028 7.4). */
  readonly #updates = new Map<CallTarget, ClientRequest>();
  #sequence = 1;
  readonly #credentials: Credentials;
  readonly #dialogs = new Map<CallTarget, ClientDialog>();
  /** The latest request of each method that came within a dialog. */
  readonly #requested = new Map<string, SipRequest>();
  #failedTo: string;

  constructor(setup: CallerLegSetup) {
    const { identifiers, account, call } = setup;
    this.#setup = setup;
    this.callId = identifiers.callId();
    this.#from = `<sip:${callerUser(call)}@${account.domain}>;tag=${identifiers.tag()}`;
    this.#failedTo = this.#addressed;
    this.#credentials = new Credentials(callerUser(call), account.password, identifiers);
    this.#invite = {
      method: 'INVITE',
      uri: addressOfRecord(account),
      to: this.#addressed,
      sequence: this.#sequence,
      branch: identifiers.branch(),
      more: [...this.#own, ...sessionHeaders(setup.sessionTimers), sdp],
      body: sessionDescription(setup.caller.host),
      credentials: [],
    };
  }

  /** The datagram for a request of the caller; null where the wire never told of the dialog that it is about. */
  request(message: CallMessage): Uint8Array | null {
    switch (message.type) {
      case 'INVITE':
        return this.#build(this.#invite);
      case 'CANCEL':
        return this.#beside('CANCEL', this.#addressed);
      case 'ACK':
        // RFC 3261 17.1.1.3: for a failure the ACK belongs to the INVITE's transaction, with the To of the answer.
        if (message.contact === 'addressOfRecord') return this.#beside('ACK', this.#failedTo);
        return this.#inDialog('ACK', message.contact);
      case 'BYE':
      case 'UPDATE':
        return this.#inDialog(message.type, message.contact);
      case 'UPDATE.200':
        return this.#answer('UPDATE', 200);
      case 'UPDATE.481':
        return this.#answer('UPDATE', 481);
      case 'BYE.200':
        return this.#answer('BYE', 200);
      case 'reINVITE.200':
        return this.#answer('INVITE', 200);
      case 'reINVITE.481':
        return this.#answer('INVITE', 481);
      default:
        throw new Error(`a caller sends no ${message.type}`);
    }
  }

  /** What a request of the one who was called says to the caller's machine (RFC 3261 12.2.2); null where it says nothing. */
  incoming(request: SipRequest): CallMessage | null {
    const { call, sockets } = this.#setup;
    const tag = tagOf(fromOf(request));
    const known = [...this.#dialogs].find(([, { to }]) => tag !== undefined && to.includes(`tag=${tag}`));
    if (known === undefined) return null;
    const [contact, dialog] = known;
    this.#requested.set(request.method, request);
    if (request.method === 'BYE' || request.method === 'UPDATE')
      return { type: request.method, call, contact, by: 'callee' };
    if (request.method === 'ACK') return { type: 'reINVITE.ACK', call, contact };
    const listed = contactsOf(request);
    const [target] = listed === '*' ? [] : listed;
    if (request.method !== 'INVITE' || target === undefined) return null;
    const moved = contactOfUri(sockets, target.uri) ?? contact;
    this.#dialogs.set(moved, { ...dialog, remoteTarget: uriText(target.uri) });
    return { type: 'reINVITE', call, contact, target: moved };
  }

  #answer(method: 'BYE' | 'INVITE' | 'UPDATE', status: number): Uint8Array | null {
    const request = this.#requested.get(method);
    if (request === undefined) return null;
    const { caller } = this.#setup;
    const session =
      method === 'INVITE' && status < 300
        ? { headers: [...this.#own, sdp], body: sessionDescription(caller.host) }
        : {};
    return serialise(responseTo(request, status, session));
  }

  /** What an answer says to the caller's machine; null where it says nothing to it. */
  response(response: SipResponse): CallMessage | null {
    const { call } = this.#setup;
    const { status } = response;
    const method = cseqOf(response)?.method;
    const contact = this.#answererOf(response);
    if (method === 'CANCEL') return status === 200 ? { type: 'CANCEL.200', call, contact: 'addressOfRecord' } : null;
    if ((status === 401 || status === 407) && this.#answersChallenge(response)) return null;
    if (method === 'BYE' && status >= 200) return { type: status === 481 ? 'BYE.481' : 'BYE.200', call, contact };
    if (method === 'UPDATE') return this.#refreshed(status, contact);
    if (method !== 'INVITE') return null;
    if (status === 110 || status === 182 || status === 183)
      return { type: `INVITE.${status}`, call, contact: 'addressOfRecord' };
    if (status === 180) return { type: 'INVITE.180', call, contact };
    if (status < 200) return { type: 'INVITE.100', call, contact: 'addressOfRecord' };
    if (status < 300) {
      this.#establish(response, contact);
      return { type: 'INVITE.200', call, contact };
    }
    this.#failedTo = headerValue(response, 'To') ?? this.#addressed;
    return { type: 'INVITE.failed', call, contact: 'addressOfRecord', code: callFailure(status) };
  }

  /** RFC 4028 7.2: 481 says that the other end has forgotten the call; any other failure says nothing of it. */
  #refreshed(status: number, contact: CallTarget): CallMessage | null {
    const { call } = this.#setup;
    if (status < 200) return null;
    this.#updates.delete(contact);
    if (status === 481) return { type: 'UPDATE.481', call, contact };
    return status < 300 ? { type: 'UPDATE.200', call, contact } : null;
  }

  /**
   * RFC 3261 22.2: the same request once more, with credentials. It is not the model's affair: what it calls an INVITE is
   * the one that the server lets through.
   */
  #answersChallenge(response: SipResponse): boolean {
    const branch = topVia(response)?.params.get('branch');
    const challenged = [this.#invite, ...this.#byes.values(), ...this.#updates.values()].find(
      (one) => one.branch === branch,
    );
    const { caller, identifiers, account } = this.#setup;
    if (challenged === undefined || account.password === null) return false;
    if (challenged.method === 'INVITE') {
      caller.send(this.#beside('ACK', headerValue(response, 'To') ?? this.#addressed));
    }
    if (challenged.credentials.length > 0 || this.#credentials.remember(response) === undefined) return false;
    challenged.credentials = this.#credentials.for(challenged.method, challenged.uri);
    challenged.branch = identifiers.branch();
    challenged.sequence = ++this.#sequence;
    caller.send(this.#build(challenged));
    return true;
  }

  get #addressed(): string {
    return `<${addressOfRecord(this.#setup.account)}>`;
  }

  get #own(): Header[] {
    const { account, caller, call } = this.#setup;
    return [
      { name: 'Contact', value: `<${contactUri({ ...account, user: callerUser(call) }, caller)}>` },
      { name: 'User-Agent', value: 'ringproof caller' },
    ];
  }

  #beside(method: 'CANCEL' | 'ACK', to: string): Uint8Array {
    return this.#build(besideInvite(this.#invite, method, to));
  }

  #inDialog(method: 'ACK' | 'BYE' | 'UPDATE', contact: CallTarget): Uint8Array | null {
    const dialog = this.#dialogs.get(contact);
    if (dialog === undefined) return null;
    const { sequence, credentials } = this.#invite;
    // RFC 3261 22.1: the ACK of a 2xx carries the INVITE's CSeq and credentials.
    if (method === 'ACK') {
      return this.#build(inDialog(dialog, { method, sequence, branch: dialog.ackBranch, credentials }));
    }
    const unanswered = method === 'BYE' ? this.#byes : this.#updates;
    const known = unanswered.get(contact);
    if (known !== undefined) return this.#build(known);
    const more = method === 'UPDATE' ? [...this.#own, ...sessionHeaders(this.#setup.sessionTimers)] : [];
    const branch = this.#setup.identifiers.branch();
    const sent = inDialog(dialog, { method, sequence: ++this.#sequence, branch, more });
    unanswered.set(contact, sent);
    return this.#build(sent);
  }

  #build(request: ClientRequest): Uint8Array {
    return requestBytes({ callId: this.callId, from: this.#from }, this.#setup.caller, request);
  }

  /** The contact that a 2xx or 180 comes from; what nobody of this run has registered is the server's own voicemail. */
  #answererOf(response: SipResponse): CallTarget {
    const listed = contactsOf(response);
    const [answerer] = listed === '*' ? [] : listed;
    if (answerer !== undefined) return contactOfUri(this.#setup.sockets, answerer.uri) ?? 'voicemail';
    const tag = tagOf(toOf(response));
    const known = [...this.#dialogs].find(([, { to }]) => tag !== undefined && to.includes(`tag=${tag}`));
    return known?.[0] ?? 'addressOfRecord';
  }

  #establish(response: SipResponse, contact: CallTarget): void {
    if (this.#dialogs.has(contact)) return;
    const { identifiers, account } = this.#setup;
    this.#dialogs.set(contact, dialogOf(response, addressOfRecord(account), identifiers.branch()));
  }
}

const sdp: Header = { name: 'Content-Type', value: 'application/sdp' };

/** Nobody who calls this user is told 403 in the model: it counts as any other 4xx. */
const callFailure = (status: number): FailureCode => {
  const code = failureCode(status);
  return code === 403 ? 480 : code;
};
