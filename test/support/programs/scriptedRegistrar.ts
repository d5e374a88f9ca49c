import { callIdOf, contactExpires, contactsOf, cseqOf, toOf } from '../../../src/sip/message/headers.ts';
import type { Header, SipRequest } from '../../../src/sip/message/message.ts';
import { type NameAddress, nameAddressText, parseNameAddress } from '../../../src/sip/message/nameAddress.ts';
import { isSipUri, uriText } from '../../../src/sip/message/uri.ts';

/** What a registrar of the tests does, each thing an odd one; absent is what RFC 3261 10.3 says, without a limit. */
export interface RegistrarPolicy {
  readonly capacity?: number;
  /** What one binding too many meets: a status (0 for silence), or who has to go. */
  readonly whenFull?: number | 'all' | 'oldest' | 'newest' | 'soonest';
  readonly matchesBy?: 'contact' | 'callId';
  /** Status for a REGISTER with two Contacts, or the only one that is carried out. */
  readonly twoContacts?: number | 'firstOnly';
  readonly checksSequence?: boolean;
  /** An un-REGISTER is answered 200 and does nothing. */
  readonly keepsRemoved?: boolean;
  /** An un-REGISTER removes every binding of the user. */
  readonly removesAll?: boolean;
  /** Whom a 200 lists: all, the contacts of the request, or nobody. */
  readonly lists?: 'all' | 'own' | 'none';
  /** Every so-manieth REGISTER is answered 503. */
  readonly busyEvery?: number;
}

export interface ScriptedBinding {
  readonly user: string;
  readonly contact: NameAddress;
  readonly uri: string;
  readonly callId: string;
  readonly sequence: number;
  readonly expiresSeconds: number;
}

/** Answer to a REGISTER; null for silence. */
export type RegisterAnswer = { readonly status: number; readonly headers: readonly Header[] } | null;

const userIn = (address: NameAddress | undefined): string =>
  address !== undefined && isSipUri(address.uri) ? (address.uri.user ?? '') : '';

/** A registrar in memory. Bindings do not expire: no test lasts that long. */
export class ScriptedRegistrar {
  bindings: readonly ScriptedBinding[] = [];
  readonly #policy: RegistrarPolicy;
  #heard = 0;

  constructor(policy: RegistrarPolicy) {
    this.#policy = policy;
  }

  of(user: string): readonly ScriptedBinding[] {
    return this.bindings.filter((one) => one.user === user);
  }

  /** A phone registers without anybody hearing of it. */
  put(user: string, uri: string): void {
    const contact = parseNameAddress(`<${uri}>`);
    if (contact === undefined) throw new Error(`${uri} is no contact`);
    const others = this.bindings.filter((one) => one.uri !== uri);
    const binding = { user, contact, uri, callId: `call of ${uri}`, sequence: 1, expiresSeconds: 600 };
    this.bindings = [...others, binding];
  }

  register(request: SipRequest): RegisterAnswer {
    const { busyEvery, twoContacts } = this.#policy;
    this.#heard++;
    if (busyEvery !== undefined && this.#heard % busyEvery === 0) return { status: 503, headers: [] };
    const user = userIn(toOf(request));
    const listed = contactsOf(request);
    const contacts = listed === '*' ? this.of(user).map(({ contact }) => contact) : listed;
    if (contacts.length > 1 && typeof twoContacts === 'number') return { status: twoContacts, headers: [] };
    const carriedOut = twoContacts === 'firstOnly' ? contacts.slice(0, 1) : contacts;
    const before = this.bindings;
    for (const contact of carriedOut) {
      const status = this.#store(request, user, contact);
      if (status === undefined) continue;
      // RFC 3261 10.3 step 7: all or nothing.
      this.bindings = before;
      return status === 0 ? null : { status, headers: [] };
    }
    return { status: 200, headers: this.#listing(user, carriedOut) };
  }

  #listing(user: string, own: readonly NameAddress[]): readonly Header[] {
    const { lists = 'all' } = this.#policy;
    const named = new Set(own.map(({ uri }) => uriText(uri)));
    return this.of(user)
      .filter(({ uri }) => lists === 'all' || (lists === 'own' && named.has(uri)))
      .map(({ contact: { uri }, expiresSeconds }) => ({
        name: 'Contact',
        value: nameAddressText({ uri, params: new Map([['expires', String(expiresSeconds)]]) }),
      }));
  }

  /** Carries out one Contact; undefined, or the status with which it is refused. */
  #store(request: SipRequest, user: string, contact: NameAddress): number | undefined {
    const { matchesBy = 'contact', checksSequence = true, keepsRemoved, removesAll } = this.#policy;
    const uri = uriText(contact.uri);
    const callId = callIdOf(request) ?? '';
    const sequence = cseqOf(request)?.number ?? 0;
    const same = (one: ScriptedBinding) =>
      one.user === user && one.uri === uri && (matchesBy === 'contact' || one.callId === callId);
    const old = this.bindings.find(same);
    if (checksSequence && old?.callId === callId && sequence <= old.sequence) return 500;
    const expiresSeconds = contactExpires(request, contact) ?? 3_600;
    if (expiresSeconds > 0) return this.#bind({ user, contact, uri, callId, sequence, expiresSeconds }, same);
    if (keepsRemoved) return undefined;
    this.bindings = this.bindings.filter((one) => !(removesAll ? one.user === user : same(one)));
    return undefined;
  }

  #bind(binding: ScriptedBinding, same: (one: ScriptedBinding) => boolean): number | undefined {
    const { capacity = Number.POSITIVE_INFINITY, whenFull = 403 } = this.#policy;
    const others = this.of(binding.user).filter((one) => !same(one));
    if (others.length >= capacity && typeof whenFull === 'number') return whenFull;
    const gone = others.length < capacity ? [] : this.#victims(others);
    this.bindings = [...this.bindings.filter((one) => !same(one) && !gone.includes(one)), binding];
    return undefined;
  }

  #victims(others: readonly ScriptedBinding[]): readonly ScriptedBinding[] {
    const byExpiry = [...others].sort((one, other) => one.expiresSeconds - other.expiresSeconds);
    switch (this.#policy.whenFull) {
      case 'oldest':
        return others.slice(0, 1);
      case 'newest':
        return others.slice(-1);
      case 'soonest':
        return byExpiry.slice(0, 1);
      default:
        return others;
    }
  }
}
