import type { Contact, OutgoingMessage } from '../machines/messages.ts';
import { type Account, addressOfRecord } from '../sip/account.ts';
import { callIdOf, cseqOf, headerValue, topVia } from '../sip/message/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message/message.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import { isChallenge, mostAttempts } from './accountCheck.ts';
import {
  besideInvite,
  type ClientCall,
  type ClientDialog,
  type ClientRequest,
  dialogOf,
  failureCode,
  inDialog,
  requestBytes,
} from './clientCall.ts';
import { Credentials } from './credentials.ts';
import { sessionDescription } from './sessionDescription.ts';
import { contactUri, type SipSocket } from './sipSocket.ts';
import { unexplainedAnswer, unexplainedRequest } from './unexplained.ts';

/** A request as it was sent, by the message of the model that it stands for. */
interface Sent {
  readonly message: OutgoingMessage;
  readonly through: SipSocket;
  readonly request: ClientRequest;
  isAnswered: boolean;
}

/**
 * The call that the user makes, on the wire, from the side that makes it: the app, or the push server on its behalf (RFC
 * 3261 13.2, 15.1.1, 22.3).
 */
export class UserCallLeg {
  readonly #account: Account;
  readonly #callee: Account;
  readonly #identifiers: Identifiers;
  readonly #call: ClientCall;
  readonly #credentials: Credentials;
  readonly #sent: Sent[] = [];
  #sequence = 0;
  #dialog: ClientDialog | null = null;

  constructor(account: Account, callee: Account, identifiers: Identifiers) {
    this.#account = account;
    this.#callee = callee;
    this.#identifiers = identifiers;
    this.#call = { callId: identifiers.callId(), from: `<${addressOfRecord(account)}>;tag=${identifiers.tag()}` };
    this.#credentials = new Credentials(account.user, account.password, identifiers);
  }

  /** Whether a message belongs to this call, as the server and this side know it. */
  owns(message: SipMessage): boolean {
    return callIdOf(message) === this.#call.callId;
  }

  /** The latest message of such a type that this side has sent: what it says goes on to the one who is called. */
  latest<Type extends OutgoingMessage['type']>(type: Type): Extract<OutgoingMessage, { type: Type }> | undefined {
    return this.#sent.findLast(({ message }) => message.type === type)?.message as never;
  }

  /** The datagram for what this side sends through a socket; null where the wire never told of the dialog that it is about. */
  request(message: OutgoingMessage, through: SipSocket): Uint8Array | null {
    if (message.type === 'outgoing.ACK') return this.#acknowledge(message, through);
    const key = JSON.stringify(message);
    const known = this.#sent.findLast((one) => one.through === through && JSON.stringify(one.message) === key);
    // A copy is the same datagram (17.1.1.2); once it has been challenged, the next is another request.
    if (known !== undefined && !(known.isAnswered && message.type === 'outgoing.INVITE')) return this.#bytes(known);
    const request = message.type === 'outgoing.INVITE' ? this.#invite(message.credentials, through) : this.#bye();
    return request && this.#send({ message, through, request, isAnswered: false });
  }

  /** What an answer at a socket says to the machine; null where it says nothing to it. */
  response(response: SipResponse, at: Contact): OutgoingMessage | null {
    const branch = topVia(response)?.params.get('branch');
    const sent = this.#sent.find(({ request }) => request.branch === branch);
    if (sent === undefined || response.status === 100) return null;
    const method = cseqOf(response)?.method;
    if (method === 'INVITE') return this.#answer(response, sent, at);
    if (method !== 'BYE' || response.status < 200) return null;
    if (response.status < 300) return { type: 'outgoing.BYE.200', from: at };
    if (isChallenge(response.status) && this.#answersChallenge(response, sent)) return null;
    return unexplainedAnswer(response, at);
  }

  /** What a request of the server within this call says: none is expected. */
  incoming(request: SipRequest, at: Contact, through: SipSocket): OutgoingMessage | null {
    return request.method === 'ACK' ? null : unexplainedRequest(request, at, through);
  }

  #answer(response: SipResponse, sent: Sent, at: Contact): OutgoingMessage {
    const { status } = response;
    if (status === 180) return { type: 'outgoing.180', from: at };
    if (status < 200) return unexplainedAnswer(response, at);
    const isFirst = !sent.isAnswered;
    sent.isAnswered = true;
    if (status < 300) return this.#connected(response, at);
    // 17.1.1.3: the ACK of a failure is the transaction's, not the machine's.
    void sent.through.send(
      requestBytes(
        this.#call,
        sent.through,
        besideInvite(sent.request, 'ACK', headerValue(response, 'To') ?? this.#addressed),
      ),
    );
    if (isChallenge(status) && (!isFirst || this.#canAnswer(response, sent))) return { type: 'outgoing.407', from: at };
    return { type: 'outgoing.failed', from: at, code: isChallenge(status) ? 403 : failureCode(status) };
  }

  /** A second phone that answers too is none that the model knows (13.2.2.4). */
  #connected(response: SipResponse, at: Contact): OutgoingMessage {
    const dialog = dialogOf(response, addressOfRecord(this.#callee), this.#identifiers.branch());
    this.#dialog ??= dialog;
    return this.#dialog.to === dialog.to ? { type: 'outgoing.200', from: at } : unexplainedAnswer(response, at);
  }

  /**
   * Whether the same request with credentials may be taken: wrong ones are not sent again (RFC 3261 22.3), nor are those of one
   * stale nonce after the other.
   */
  #canAnswer(response: SipResponse, { request }: Sent): boolean {
    const challenge = this.#account.password === null ? undefined : this.#credentials.remember(response);
    const isStale = challenge?.stale === true && this.#sequence < mostAttempts;
    return challenge !== undefined && (request.credentials.length === 0 || isStale);
  }

  /** What the model calls a BYE is the one that the server lets through. */
  #answersChallenge(response: SipResponse, sent: Sent): boolean {
    if (sent.isAnswered || !this.#canAnswer(response, sent)) return false;
    sent.isAnswered = true;
    const { through, message, request } = sent;
    const credentials = this.#credentials.for(request.method, request.uri);
    const again = { ...request, ...this.#next(), credentials };
    void through.send(this.#send({ message, through, request: again, isAnswered: false }));
    return true;
  }

  #invite(isAuthorised: boolean, through: SipSocket): ClientRequest {
    const uri = addressOfRecord(this.#callee);
    return {
      ...{ method: 'INVITE', uri, to: this.#addressed, ...this.#next() },
      more: [
        { name: 'Contact', value: `<${contactUri(this.#account, through)}>` },
        { name: 'User-Agent', value: 'ringproof app' },
        { name: 'Content-Type', value: 'application/sdp' },
      ],
      body: sessionDescription(through.host),
      credentials: isAuthorised ? this.#credentials.for('INVITE', uri) : [],
    };
  }

  #bye(): ClientRequest | null {
    return this.#dialog && inDialog(this.#dialog, { method: 'BYE', ...this.#next() });
  }

  /** 13.2.2.4, 22.1: the ACK of a 2xx has the CSeq and the credentials of its INVITE. */
  #acknowledge(message: OutgoingMessage, through: SipSocket): Uint8Array | null {
    const invite = this.#sent.findLast(({ request }) => request.method === 'INVITE')?.request;
    if (this.#dialog === null || invite === undefined) return null;
    const { sequence, credentials } = invite;
    const request = inDialog(this.#dialog, { method: 'ACK', sequence, branch: this.#dialog.ackBranch, credentials });
    return this.#send({ message, through, request, isAnswered: true });
  }

  #next(): Pick<ClientRequest, 'sequence' | 'branch'> {
    return { sequence: ++this.#sequence, branch: this.#identifiers.branch() };
  }

  #send(sent: Sent): Uint8Array {
    this.#sent.push(sent);
    return this.#bytes(sent);
  }

  #bytes({ through, request }: Sent): Uint8Array {
    return requestBytes(this.#call, through, request);
  }

  get #addressed(): string {
    return `<${addressOfRecord(this.#callee)}>`;
  }
}
