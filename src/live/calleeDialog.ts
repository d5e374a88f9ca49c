import { type Account, addressOfRecord } from '../sip/account.ts';
import { addressesOf, contactsOf, headerValue } from '../sip/message/headers.ts';
import { type Header, noBody, type SipRequest } from '../sip/message/message.ts';
import { serialise } from '../sip/message/serialise.ts';
import { uriText } from '../sip/message/uri.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import { sessionDescription } from './sessionDescription.ts';
import { type SessionTimers, sessionHeaders } from './sessionHeaders.ts';
import { contactUri, type SipSocket, viaOf } from './sipSocket.ts';

type Method = 'BYE' | 'INVITE' | 'ACK' | 'UPDATE';

/** A request as it was first sent: its copies are the same, and an ACK repeats the number of its INVITE. */
interface Sent {
  readonly sequence: number;
  readonly branch: string;
  readonly bytes: Uint8Array;
}

/**
 * The dialog that an INVITE made, from the side that was called (RFC 3261 12.1.1, 12.2.1.1): its own requests, with From and
 * To the other way round and the routes as the INVITE recorded them.
 */
export class CalleeDialog {
  readonly #invite: SipRequest;
  readonly #tag: string;
  readonly #account: Account;
  readonly #identifiers: Identifiers;
  readonly #sent = new Map<string, Sent>();
  #sequence = 0;

  constructor(invite: SipRequest, tag: string, account: Account, identifiers: Identifiers) {
    this.#invite = invite;
    this.#tag = tag;
    this.#account = account;
    this.#identifiers = identifiers;
  }

  /** Whether this side has sent a request in it. */
  get hasSent(): boolean {
    return this.#sent.size > 0;
  }

  /** The BYE that ends it (15.1.1), from that socket. */
  bye(through: SipSocket): Uint8Array {
    return this.#request('BYE', through, []).bytes;
  }

  /** The INVITE that tells the other end that this one can be reached at another socket now (14.1). */
  reInvite(through: SipSocket): Uint8Array {
    return this.#request('INVITE', through, this.#session(through), sessionDescription(through.host)).bytes;
  }

  /** The refresh of its session (RFC 4028 7.4, RFC 3311), from that socket. */
  update(through: SipSocket, timers: SessionTimers | undefined): Uint8Array {
    const contact = { name: 'Contact', value: `<${contactUri(this.#account, through)}>` };
    return this.#request('UPDATE', through, [contact, ...sessionHeaders(timers)]).bytes;
  }

  /** It has been answered: the next one is another request. */
  updated(): void {
    for (const key of this.#sent.keys()) if (key.startsWith('UPDATE ')) this.#sent.delete(key);
  }

  /** The ACK of the 2xx to the latest re-INVITE from that socket (13.2.2.4). */
  acknowledge(through: SipSocket): Uint8Array | null {
    const invite = this.#sent.get(`INVITE ${through.name}`);
    return invite === undefined ? null : this.#build('ACK', through, invite.sequence, this.#identifiers.branch(), []);
  }

  #session(through: SipSocket): Header[] {
    return [
      { name: 'Contact', value: `<${contactUri(this.#account, through)}>` },
      { name: 'Content-Type', value: 'application/sdp' },
    ];
  }

  #request(method: Method, through: SipSocket, more: readonly Header[], body: Uint8Array = noBody): Sent {
    const key = `${method} ${through.name}`;
    const known = this.#sent.get(key);
    if (known !== undefined) return known;
    const [sequence, branch] = [++this.#sequence, this.#identifiers.branch()];
    const sent = { sequence, branch, bytes: this.#build(method, through, sequence, branch, more, body) };
    this.#sent.set(key, sent);
    return sent;
  }

  #build(
    method: Method,
    through: SipSocket,
    sequence: number,
    branch: string,
    more: readonly Header[],
    body: Uint8Array = noBody,
  ): Uint8Array {
    const own = `${headerValue(this.#invite, 'To')}`;
    const listed = contactsOf(this.#invite);
    const [target] = listed === '*' ? [] : listed;
    const headers: Header[] = [
      { name: 'Via', value: viaOf(through, branch) },
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: /;\s*tag=/i.test(own) ? own : `${own};tag=${this.#tag}` },
      { name: 'To', value: `${headerValue(this.#invite, 'From')}` },
      { name: 'Call-ID', value: `${headerValue(this.#invite, 'Call-ID')}` },
      { name: 'CSeq', value: `${sequence} ${method}` },
      ...addressesOf(this.#invite, 'Record-Route').map(({ uri }) => ({ name: 'Route', value: `<${uriText(uri)}>` })),
      ...more,
    ];
    const uri = target === undefined ? addressOfRecord(this.#account) : uriText(target.uri);
    return serialise({ kind: 'request', method, uri, headers, body });
  }
}
