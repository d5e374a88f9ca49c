import { callIdOf, contactExpires, contactsOf, cseqOf, toOf } from '../../../src/sip/message/headers.ts';
import type { Header, SipRequest } from '../../../src/sip/message/message.ts';
import { type NameAddress, nameAddressText, parseNameAddress } from '../../../src/sip/message/nameAddress.ts';
import { isSipUri, uriText } from '../../../src/sip/message/uri.ts';

/** What a registrar of the tests does, each thing an odd one; absent is what RFC 3261 10.3 says, without a limit. */
export interface RegistrarPolicy {
  readonly capacity?: number;
  /**
   * What one binding too many meets: a status (0 for silence, 200 for a promise that is not kept), or who has to go.
   * `oldest` and `newest` go by the last REGISTER of each, `firstMade` by the first one, `any` by chance.
   */
  readonly whenFull?: number | 'all' | 'oldest' | 'newest' | 'soonest' | 'firstMade' | 'any';
  /** `callId`: Contact and Call-ID; `callIdAlone`: whatever the Contact, which stays as it was. */
  readonly matchesBy?: 'contact' | 'callId' | 'callIdAlone' | 'instance' | 'user';
  /**
   * What a REGISTER with two Contacts meets: a status; only the first or the last is carried out; each in its turn, so
   * that a removal makes room for what comes after it (`inOrder`); or such that it makes none (`noRoom`).
   */
  readonly twoContacts?: number | 'firstOnly' | 'lastOnly' | 'inOrder' | 'noRoom';
  /** Whether an outdated CSeq is rejected; `used`: only one that has been used. */
  readonly checksSequence?: boolean | 'used';
  /** An un-REGISTER is answered 200 and does nothing. */
  readonly keepsRemoved?: boolean;
  /** An un-REGISTER removes every binding of the user; `ofBound`: only if the contact that it names is bound. */
  readonly removesAll?: boolean | 'ofBound';
  /** The Contacts of each REGISTER are all that is bound after it, so that a query removes everything (Net::SIP). */
  readonly replacesAll?: boolean;
  /** Whom a 200 lists: all, the contacts of the request, or nobody. */
  readonly lists?: 'all' | 'own' | 'none';
  /** Every so-manieth REGISTER is answered 503. */
  readonly busyEvery?: number;
  /** Once, when so many are bound, every REGISTER from the next one on is answered 503 for that time. */
  readonly busyOnce?: { readonly bound: number; readonly ms: number };
  /** So many REGISTERs are served in so many milliseconds; the others are answered 503. */
  readonly rate?: { readonly requests: number; readonly perMs: number };
}

export interface ScriptedBinding {
  readonly user: string;
  readonly contact: NameAddress;
  readonly uri: string;
  readonly callId: string;
  readonly sequence: number;
  readonly expiresSeconds: number;
  /** Lower for one that was made earlier, however often it was refreshed. */
  readonly made: number;
}

/** Answer to a REGISTER; null for silence. */
export type RegisterAnswer = { readonly status: number; readonly headers: readonly Header[] } | null;

/** Time and chance. */
export interface Surroundings {
  now(): number;
  /** From 0 to 1. */
  random(): number;
}

const userIn = (address: NameAddress | undefined): string =>
  address !== undefined && isSipUri(address.uri) ? (address.uri.user ?? '') : '';

const instanceOf = ({ params }: NameAddress): string | undefined => params.get('+sip.instance') ?? undefined;

const carriedOut = (contacts: readonly NameAddress[], { twoContacts }: RegistrarPolicy): readonly NameAddress[] => {
  if (twoContacts === 'firstOnly') return contacts.slice(0, 1);
  return twoContacts === 'lastOnly' ? contacts.slice(-1) : contacts;
};

type Candidate = Omit<ScriptedBinding, 'made'>;

/** A registrar in memory. Bindings do not expire: no test lasts that long. */
export class ScriptedRegistrar {
  /** In the order of the last REGISTER of each. */
  bindings: readonly ScriptedBinding[] = [];
  readonly #policy: RegistrarPolicy;
  readonly #surroundings: Surroundings;
  #heard = 0;
  #made = 0;
  #servedAtMs: number[] = [];
  #busyUntilMs: number | undefined;
  readonly #numbers = new Set<string>();
  #isCopy = false;

  constructor(
    policy: RegistrarPolicy,
    surroundings: Surroundings = { now: () => performance.now(), random: Math.random },
  ) {
    this.#policy = policy;
    this.#surroundings = surroundings;
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
    this.bindings = [...others, { ...binding, made: this.#made++ }];
  }

  register(request: SipRequest): RegisterAnswer {
    if (this.#isBusy()) return { status: 503, headers: [] };
    const user = userIn(toOf(request));
    const listed = contactsOf(request);
    const named = listed === '*' ? this.of(user).map(({ contact }) => contact) : listed;
    const { twoContacts, replacesAll } = this.#policy;
    if (named.length > 1 && typeof twoContacts === 'number') return { status: twoContacts, headers: [] };
    const contacts = carriedOut(named, this.#policy);
    this.#isCopy = this.#isUsed(`${callIdOf(request)} ${cseqOf(request)?.number}`);
    if (replacesAll) this.bindings = this.bindings.filter((one) => one.user !== user);
    const status = this.#storeAll(request, user, contacts);
    if (status === 0) return null;
    return { status, headers: status === 200 ? this.#listing(user, contacts) : [] };
  }

  #isBusy(): boolean {
    const { busyEvery, busyOnce, rate } = this.#policy;
    const nowMs = this.#surroundings.now();
    this.#heard++;
    if (busyEvery !== undefined && this.#heard % busyEvery === 0) return true;
    if (busyOnce !== undefined && this.bindings.length >= busyOnce.bound) this.#busyUntilMs ??= nowMs + busyOnce.ms;
    if (this.#busyUntilMs !== undefined && nowMs < this.#busyUntilMs) return true;
    if (rate === undefined) return false;
    this.#servedAtMs = this.#servedAtMs.filter((atMs) => nowMs - atMs < rate.perMs);
    if (this.#servedAtMs.length >= rate.requests) return true;
    this.#servedAtMs.push(nowMs);
    return false;
  }

  /** RFC 3261 10.3 step 7: all or nothing, and only the outcome must fit. */
  #storeAll(request: SipRequest, user: string, contacts: readonly NameAddress[]): number {
    const { twoContacts } = this.#policy;
    const removals = contacts.filter((contact) => contactExpires(request, contact) === 0);
    const others = contacts.filter((contact) => !removals.includes(contact));
    const inTurn = {
      inOrder: contacts,
      // What is to be removed still counts while the others come; it goes whether they are taken or not.
      noRoom: [...others, ...removals],
    };
    const isNoRoom = twoContacts === 'noRoom';
    const order = twoContacts === 'inOrder' || isNoRoom ? inTurn[twoContacts] : [...removals, ...others];
    const before = this.bindings;
    const statuses = order.map((contact) => this.#store(request, user, contact));
    const refusal = statuses.find((status) => status !== 200);
    if (refusal === undefined) return 200;
    if (!isNoRoom) this.bindings = before;
    return refusal;
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

  /** Whether a REGISTER for this one is about that binding. */
  #isSame(one: ScriptedBinding, { user, uri, callId, contact }: Candidate): boolean {
    if (one.user !== user) return false;
    switch (this.#policy.matchesBy) {
      case 'user':
        return true;
      case 'callId':
        return one.uri === uri && one.callId === callId;
      case 'callIdAlone':
        return one.callId === callId;
      case 'instance':
        return (
          one.uri === uri || (instanceOf(contact) !== undefined && instanceOf(contact) === instanceOf(one.contact))
        );
      default:
        return one.uri === uri;
    }
  }

  /** Carries out one Contact: 200, or the status with which it is refused. */
  #store(request: SipRequest, user: string, contact: NameAddress): number {
    const { checksSequence = true, keepsRemoved, removesAll } = this.#policy;
    const callId = callIdOf(request) ?? '';
    const sequence = cseqOf(request)?.number ?? 0;
    const expiresSeconds = contactExpires(request, contact) ?? 3_600;
    const candidate = { user, contact, uri: uriText(contact.uri), callId, sequence, expiresSeconds };
    const old = this.bindings.find((one) => this.#isSame(one, candidate));
    const isOutdated = old?.callId === callId && sequence <= old.sequence;
    if (checksSequence === true && isOutdated) return 500;
    if (checksSequence === 'used' && this.#isCopy) return 500;
    if (expiresSeconds > 0) return this.#bind(candidate, old);
    if (keepsRemoved) return 200;
    const removesOthers = removesAll === true || (removesAll === 'ofBound' && old !== undefined);
    this.bindings = this.bindings.filter((one) => (removesOthers ? one.user !== user : one !== old));
    return 200;
  }

  /** Whether that number was used before under that Call-ID. */
  #isUsed(number: string): boolean {
    const isUsed = this.#numbers.has(number);
    this.#numbers.add(number);
    return isUsed;
  }

  #bind(candidate: Candidate, old: ScriptedBinding | undefined): number {
    const { capacity = Number.POSITIVE_INFINITY, whenFull = 403, matchesBy } = this.#policy;
    const others = this.of(candidate.user).filter((one) => one !== old);
    if (others.length >= capacity && typeof whenFull === 'number') return whenFull;
    const gone = others.length < capacity ? [] : this.#victims(others);
    const kept = matchesBy === 'callIdAlone' && old !== undefined ? { contact: old.contact, uri: old.uri } : {};
    const binding = { ...candidate, ...kept, made: old?.made ?? this.#made++ };
    this.bindings = [...this.bindings.filter((one) => one !== old && !gone.includes(one)), binding];
    return 200;
  }

  #victims(others: readonly ScriptedBinding[]): readonly ScriptedBinding[] {
    const by = (rank: (one: ScriptedBinding) => number) => [...others].sort((one, other) => rank(one) - rank(other));
    switch (this.#policy.whenFull) {
      case 'oldest':
        return others.slice(0, 1);
      case 'newest':
        return others.slice(-1);
      case 'soonest':
        return by(({ expiresSeconds }) => expiresSeconds).slice(0, 1);
      case 'firstMade':
        return by(({ made }) => made).slice(0, 1);
      case 'any':
        return by(() => this.#surroundings.random()).slice(0, 1);
      default:
        return others;
    }
  }
}
