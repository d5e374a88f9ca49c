import {
  type CallId,
  type Contact,
  contacts,
  ownerOf,
  type RegisterRequest,
  type RegisterResponse,
  type RegisterTransaction,
  type Token,
} from '../machines/messages.ts';
import { type Account, addressOfRecord } from '../sip/account.ts';
import { contactsOf, headerValue, minExpiresOf, topVia } from '../sip/message/headers.ts';
import { type Header, noBody, type SipResponse } from '../sip/message/message.ts';
import { serialise } from '../sip/message/serialise.ts';
import { isSipUri, type Uri } from '../sip/message/uri.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import { isChallenge, type Refusal } from './accountCheck.ts';
import { contactOfUri } from './contactOfUri.ts';
import { Credentials } from './credentials.ts';
import { contactUri, ownContact, type SipSocket, type SocketName, viaOf } from './sipSocket.ts';

/** What the REGISTERs of one user agent have to know. */
export interface RegisterLegSetup {
  readonly account: Account;
  readonly sockets: Readonly<Record<Contact, SipSocket>>;
  /** Seconds that this side asks for (RFC 3261 20.19). */
  readonly askedExpires: number;
  /** The instance-id that app and push server share in modes that share one (RFC 5626 4.1). */
  readonly instance: string;
  readonly identifiers: Identifiers;
  /** What the Contact says of the push token, where the SIP server pushes (RFC 8599 4.1). */
  readonly pushParameters?: ((token: Token) => string) | undefined;
}

const agents = { app: 'ringproof app', pushServer: 'ringproof push server', otherDevice: 'ringproof desk phone' };

interface Sent {
  readonly key: string;
  readonly branch: string;
  readonly through: SocketName;
  readonly request: RegisterRequest;
  readonly transaction: RegisterTransaction;
  readonly bytes: Uint8Array;
  isAnswered: boolean;
}

/**
 * The REGISTERs of one user agent on the wire: one Call-ID, a CSeq that counts up (RFC 3261 10.2), and the bytes of the
 * first copy again for what the machine retransmits (17.1.2.2).
 */
export class RegisterLeg {
  readonly #setup: RegisterLegSetup;
  /** Another one with every start of the process, where the machine tells its starts apart (RFC 3261 10.2). */
  #callId: string;
  #startedAs: CallId | undefined;
  /** The process that counts, where it keeps its Call-ID and begins with 1 again. */
  #countsAs: CallId | undefined;
  readonly #tag: string;
  readonly #credentials: Credentials;
  readonly #sent: Sent[] = [];
  #sequence = 0;
  #minimumExpires: number | null = null;
  #strangers = 0;
  #isAccepted = false;
  #refusal: Refusal | null = null;

  constructor(setup: RegisterLegSetup) {
    this.#setup = setup;
    this.#callId = setup.identifiers.callId();
    this.#tag = setup.identifiers.tag();
    this.#credentials = new Credentials(setup.account.user, setup.account.password, setup.identifiers);
  }

  /** The datagram for a REGISTER that the machine sends through a socket. */
  request(message: RegisterRequest, through: SipSocket): Uint8Array {
    const { stale: _, ...wanted } = message;
    const key = JSON.stringify(wanted);
    const last = this.#sent.at(-1);
    if (last !== undefined && last.key === key && !last.isAnswered) return last.bytes;
    if (last !== undefined && message.callId !== this.#startedAs) this.#callId = this.#setup.identifiers.callId();
    this.#startedAs = message.callId;
    if (message.sequence !== undefined && message.sequence.process !== this.#countsAs) this.#sequence = 0;
    this.#countsAs = message.sequence?.process;
    const branch = this.#setup.identifiers.branch();
    const bytes = this.#build(message, viaOf(through, branch));
    const { contact, expires, authorization } = message;
    this.#sent.push({
      through: through.name,
      key,
      branch,
      request: message,
      transaction: { contact, expires, authorization },
      bytes,
      isAnswered: false,
    });
    return bytes;
  }

  /** The contacts that this leg has ever asked to be bound. */
  get named(): readonly Contact[] {
    const bound = this.#sent.filter(({ transaction }) => transaction.expires !== 'zero');
    return [...new Set(bound.map(({ transaction }) => transaction.contact))];
  }

  /** Whether credentials can be sent along without being asked for. */
  get hasNonce(): boolean {
    return this.#credentials.hasNonce;
  }

  /** What an answer says to the machine; null where it answers nothing of this leg, or is provisional. */
  response(response: SipResponse): RegisterResponse | null {
    const branch = topVia(response)?.params.get('branch');
    const sent = this.#sent.find((one) => one.branch === branch);
    if (sent === undefined || response.status < 200) return null;
    const isFirst = !sent.isAnswered;
    sent.isAnswered = true;
    // RFC 3261 10.3 step 7: its CSeq was too low. The model has no such answer: a newer one is answered already.
    if ((response.status === 400 || response.status === 500) && this.#isOutdated(sent)) return null;
    if (response.status < 300) this.#isAccepted = true;
    else if (this.#isRefusal(response, sent)) {
      this.#refusal = { status: response.status, reason: response.reason };
    }
    return this.#meaning(response, sent, isFirst);
  }

  /** A challenge is none while it may still be answered, nor is a lifetime that is too brief at first (RFC 3261 10.2.8, 22.2). */
  #isRefusal({ status }: SipResponse, { request }: Sent): boolean {
    const canBeAnswered = isChallenge(status) && !request.authorization && this.#setup.account.password !== null;
    return !(status === 423 && request.expires === 'asked') && !canBeAnswered;
  }

  #isOutdated(sent: Sent): boolean {
    return this.#sent.slice(this.#sent.indexOf(sent) + 1).some((later) => later.isAnswered);
  }

  #meaning(response: SipResponse, { transaction, request }: Sent, isFirst: boolean): RegisterResponse | null {
    const { status } = response;
    if (status < 300) {
      const pushes =
        /;\s*\+sip\.pns\b/i.test(headerValue(response, 'Feature-Caps') ?? '') && request.prid !== undefined;
      return { ...transaction, type: 'REGISTER.200', contacts: this.#boundIn(response), ...(pushes && { pushes }) };
    }
    if (status === 401 || status === 407) return this.#challenged(response, transaction, isFirst);
    if (status === 423) {
      this.#minimumExpires = minExpiresOf(response) ?? null;
      return { ...transaction, type: 'REGISTER.423' };
    }
    // ejabberd answers so where there is nothing to be removed.
    if (status === 404 && transaction.expires === 'zero') return { ...transaction, type: 'REGISTER.200', contacts: [] };
    return {
      ...transaction,
      type: 'REGISTER.refused',
      code: status,
      retryAfter: headerValue(response, 'Retry-After') !== undefined,
    };
  }

  #challenged(response: SipResponse, transaction: RegisterTransaction, isFirst: boolean): RegisterResponse {
    const challenge = isFirst ? this.#credentials.remember(response) : undefined;
    return { ...transaction, type: 'REGISTER.401', stale: challenge?.stale ?? false };
  }

  /** The latest REGISTER, where it went through that socket and has no answer yet. */
  unanswered(through: SocketName): RegisterRequest | null {
    const last = this.#sent.at(-1);
    return last === undefined || last.isAnswered || last.through !== through ? null : last.request;
  }

  /** Whether a REGISTER was ever answered with 2xx. */
  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** What the latest REGISTER that was not taken was answered. */
  get refusal(): Refusal | null {
    return this.#refusal;
  }

  /** The most contacts of somebody else that a 200 has listed: another phone is registered with this account. */
  get strangers(): number {
    return this.#strangers;
  }

  #boundIn(response: SipResponse): Contact[] {
    const found = contactsOf(response);
    // ejabberd lists what it has just removed, with expires=0.
    const listed = found === '*' ? [] : found.filter((one) => one.params.get('expires') !== '0');
    const known = listed.map(({ uri }) => contactOfUri(this.#setup.sockets, uri) ?? this.#elsewhere(uri));
    this.#strangers = Math.max(this.#strangers, known.filter((one) => one === null).length);
    return known.filter((one) => one !== null);
  }

  /** The contact of the side that is somebody else's software, if there is one: who else would register a test account? */
  #elsewhere(uri: Uri): Contact | null {
    const { sockets } = this.#setup;
    const elsewhere = contacts.find((name) => sockets[name].takes !== undefined);
    if (elsewhere === undefined || !isSipUri(uri)) return null;
    sockets[elsewhere].takes?.(uri);
    return elsewhere;
  }

  #build(message: RegisterRequest, via: string): Uint8Array {
    const { account } = this.#setup;
    const uri = `sip:${account.domain}`;
    const aor = addressOfRecord(account);
    this.#sequence++;
    const headers: Header[] = [
      { name: 'Via', value: via },
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `<${aor}>;tag=${this.#tag}` },
      { name: 'To', value: `<${aor}>` },
      { name: 'Call-ID', value: this.#callId },
      { name: 'CSeq', value: `${this.#sequence} REGISTER` },
      { name: 'Contact', value: this.#contacts(message).join(', ') },
      { name: 'Expires', value: String(this.#seconds(message)) },
      { name: 'User-Agent', value: agents[ownerOf(message.contact)] },
      ...(message.authorization ? this.#credentials.for('REGISTER', uri) : []),
    ];
    return serialise({ kind: 'request', method: 'REGISTER', uri, headers, body: noBody });
  }

  #seconds({ expires }: RegisterRequest): number {
    if (expires === 'zero') return 0;
    const { askedExpires } = this.#setup;
    return expires === 'minimum' ? Math.max(this.#minimumExpires ?? askedExpires, askedExpires) : askedExpires;
  }

  /** The contact itself and those that the request removes, in the order that the mode wants (RFC 3261 10.2.2). */
  #contacts({ contact, instance, swap, prid }: RegisterRequest): string[] {
    const { account, sockets, instance: urn, pushParameters } = this.#setup;
    const token = prid === undefined ? '' : (pushParameters?.(prid) ?? '');
    const outbound = instance === 'shared' ? `;+sip.instance="<${urn}>";reg-id=1` : '';
    const own = `<${contactUri(account, sockets[ownContact(contact)])}${token}>${outbound}`;
    const removed = (swap?.removes ?? []).map((one) => `<${contactUri(account, sockets[ownContact(one)])}>;expires=0`);
    return swap?.order === 'oldFirst' ? [...removed, own] : [own, ...removed];
  }
}
