import { contactExpires, contactsOf, expiresOf } from '../sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import type { NameAddress } from '../sip/message/nameAddress.ts';
import { contactName } from './addresses.ts';
import { doublesAt, gapsAt, type LostSide, openGap } from './gaps.ts';
import { HandOvers } from './handOvers.ts';
import { placeInVia, renamedIn } from './listedContacts.ts';
import type { ObservedMessage } from './observedMessage.ts';
import { acceptAtLast, refused } from './refusals.ts';
import { type Attempt, attemptKey, attemptOf, type Headed, isChallenge, unansweredAfterMs } from './registerAttempt.ts';
import type { Binding, DoubleRegistration, Gap, LossOfBinding, Moment, Refusal } from './registrations.ts';
import type { Side, Sides } from './sides.ts';
import { grown, nothing, RecentSet, SmallMap } from './smallMap.ts';

/** Contacts that are known again; a phone on the move has a new one every minute. */
const mostSeen = 1_000;
/** What a registrar grants where neither side says anything (RFC 3261 10.3). */
const defaultExpiresSeconds = 3_600;

/** Whether a registrar's 200 lists all bindings (RFC 3261 10.3), or as some do only what was just sent. */
export interface Registrar {
  /** Null where nobody has registered yet. */
  readonly host: string | null;
  lists: 'unknown' | 'all' | 'own';
}

/** How many REGISTERs of which kind were accepted. */
export interface RegisterCounts {
  bound: number;
  refreshed: number;
  removed: number;
}

/** What the registrar made of the contacts of a REGISTER. */
interface Answer {
  readonly at: Moment;
  readonly side: Side;
  readonly removed: readonly string[] | '*';
  readonly kept: readonly { readonly contact: string; readonly seconds: number }[];
  readonly listed: ReadonlyMap<string, NameAddress>;
}

/** Everything that the capture shows of the registrations of one address of record. */
export class AddressRecord {
  readonly aor: string;
  readonly sides: Sides;
  counts: RegisterCounts = { bound: 0, refreshed: 0, removed: 0 };
  gaps: Gap[] = nothing;
  doubles: DoubleRegistration[] = nothing;
  /** Times at which a second side may have been registered: the registrar listed only itself. */
  doubtful: Moment[] = nothing;
  handOvers = new HandOvers();
  refusals: Refusal[] = nothing;
  /** REGISTERs seen, retransmissions not counted. */
  registers = 0;
  /** Whether anything is known of who is registered. */
  isKnown = false;
  #bindings = new SmallMap<string, Binding>();
  /** Null while none is remembered, as of most addresses most of the time. */
  #attempts: SmallMap<number, Attempt> | null = null;
  /** Own names of contacts by those under which the registrar lists them: with the address that it saw, for one. */
  #ownNames: SmallMap<string, string> | null = null;
  /** Contacts that the capture has seen bound: of others it cannot say when they went. */
  #seen = new RecentSet();
  /** What was lost since bindings were last compared with gaps and double registrations. */
  #lost: LostSide | null = null;

  constructor(aor: string, sides: Sides) {
    this.aor = aor;
    this.sides = sides;
  }

  /** Everything it knows, from which it can be made again. */
  get state() {
    const { aor, sides, counts, gaps, doubles, doubtful, handOvers, refusals, registers, isKnown } = this;
    const open = { aor, sides, counts, gaps, doubles, doubtful, handOvers, refusals, registers, isKnown };
    return [open, this.#bindings, this.#attempts, this.#ownNames, this.#seen, this.#lost] as const;
  }

  static restored([open, bindings, attempts, ownNames, seen, lost]: AddressRecord['state']): AddressRecord {
    const record = Object.assign(new AddressRecord(open.aor, open.sides), open);
    record.#bindings = bindings;
    record.#attempts = attempts;
    record.#ownNames = ownNames;
    record.#seen = seen;
    record.#lost = lost;
    return record;
  }

  /** Who is registered, as far as the replies so far tell. */
  get bound(): Side[] {
    return [...new Set(this.#bindings.values().map(({ side }) => side))];
  }

  /** Contacts that are bound, and those that may have been replaced. */
  get bindings(): Iterable<Binding> {
    return this.#bindings.values();
  }

  request({ atMs, source }: ObservedMessage, request: SipRequest): Side | null {
    const key = attemptKey(request);
    if (key === null) return null;
    const known = this.#attempts?.get(key);
    if (known !== undefined) return known.side;
    const side = this.sides.of(request, source);
    this.#attempts ??= new SmallMap();
    this.#attempts.set(key, attemptOf(request, side, source, atMs));
    this.registers++;
    return side;
  }

  response({ atMs }: ObservedMessage, response: SipResponse, registrar: Registrar): void {
    const key = attemptKey(response);
    const attempt = key === null ? undefined : this.#attempts?.get(key);
    // The same answer comes again at the next hop, and to a retransmission.
    if (attempt === undefined || attempt.isAnswered || response.status < 200) return;
    const { request } = attempt;
    attempt.isAnswered = true;
    attempt.request = null;
    if (request === null) return;
    if (response.status < 300) this.#accept(attempt, request, response, atMs, registrar);
    else if (!isChallenge(request, response)) this.#refuse(attempt, response, atMs);
  }

  /** Lets bindings expire and REGISTERs fail until then, in the order of time: it is no matter how often this is called. */
  advance(nowMs: number): void {
    for (let due = this.#failedBefore(nowMs); due !== null; due = this.#failedBefore(nowMs)) {
      this.#expire(due.failsMs);
      this.#attempts?.delete(due.key);
      if (!due.attempt.isAnswered) this.#refuse(due.attempt, null, due.attempt.requestMs);
    }
    if (this.#attempts?.size === 0) this.#attempts = null;
    this.#expire(nowMs);
  }

  #failedBefore(nowMs: number): { key: number; attempt: Attempt; failsMs: number } | null {
    const oldest = this.#attempts?.oldest;
    if (oldest === undefined) return null;
    const [key, attempt] = oldest;
    const failsMs = attempt.requestMs + unansweredAfterMs;
    return failsMs > nowMs ? null : { key, attempt, failsMs };
  }

  #expire(nowMs: number): void {
    const bindings = this.#bindings.values();
    if (!bindings.some(({ expires }) => expires.replyMs <= nowMs)) return;
    const expired = bindings.filter(({ expires }) => expires.replyMs <= nowMs);
    for (const binding of expired.sort((one, other) => one.expires.replyMs - other.expires.replyMs)) {
      this.#remove(binding, 'expired', binding.expires);
      this.#settle(binding.expires);
    }
  }

  /** The name under which a contact was registered, of the one that the registrar may have given to it. */
  ownName(contact: string): string {
    return this.#ownNames?.get(contact) ?? contact;
  }

  /** An INVITE was sent to this contact: it is bound, whatever was thought. */
  reached(contact: string, registrar: Registrar): void {
    const binding = this.#bindings.get(contact);
    if (binding?.isDoubtful) {
      registrar.lists = 'own';
      binding.isDoubtful = false;
      this.#settle(binding.since);
    }
    // Bound before the capture began: what looked like a gap was none.
    const open = openGap(this.gaps);
    if (binding === undefined && !this.#seen.has(contact) && open !== null)
      this.gaps.splice(this.gaps.indexOf(open), 1);
  }

  /** INVITEs went to others but not to these contacts, which were doubtful: the registrar has replaced them. */
  passedOver(contacts: ReadonlySet<string>, atMs: number, registrar: Registrar): void {
    if (registrar.lists === 'unknown') registrar.lists = 'all';
    const replaced = this.#bindings.values().filter((one) => one.isDoubtful && contacts.has(one.contact));
    for (const binding of replaced) this.#remove(binding, 'replaced', { requestMs: atMs, replyMs: atMs });
    this.#lost = null;
  }

  #accept(attempt: Attempt, request: Headed, response: SipResponse, replyMs: number, registrar: Registrar): void {
    const answer = this.#readAnswer(attempt, request, response, replyMs);
    const { at, side, removed, kept, listed } = answer;
    const gone = this.#bindings.values().filter(({ contact }) => removed === '*' || removed.includes(contact));
    for (const binding of gone) this.#remove(binding, 'unregistered', at);
    if (removed === '*' || removed.length > 0) this.counts.removed++;
    if (removed !== '*') for (const contact of removed) this.#seen.add(contact, mostSeen);
    const removesOther = gone.some((binding) => binding.side !== side);
    for (const { contact, seconds } of kept) this.#bind(contact, seconds, answer, removesOther);
    this.#compareWithList(answer, registrar);
    this.isKnown ||= listed.size > 0 || kept.length > 0 || gone.length > 0;
    if (removed !== '*' && removed.length > 0) this.#lost ??= { cause: 'unregistered', side };
    this.#settle(at);
    if (kept.length > 0) acceptAtLast(this.refusals, side, replyMs);
  }

  /** A phone on the move is listed under a new name every minute. */
  #rename(name: string, own: string): void {
    this.#ownNames ??= new SmallMap();
    const names = this.#ownNames;
    names.delete(name);
    names.set(name, own);
    if (names.size > 64) names.delete(names.keys()[0] as string);
  }

  /** What the registrar made of a REGISTER, all contacts by their own names. */
  #readAnswer({ side, source, requestMs }: Attempt, request: Headed, response: SipResponse, replyMs: number): Answer {
    const at = { requestMs, replyMs };
    const [sent, answered] = [contactsOf(request), contactsOf(response)];
    const named = new Map(
      (answered === '*' ? [] : answered)
        .filter(({ params }) => params.get('expires') !== '0')
        .map((address) => [contactName(address.uri), address]),
    );
    const isGone = (address: NameAddress) => contactExpires(request, address) === 0;
    const contacts = sent === '*' ? [] : sent.filter((address) => !isGone(address));
    const places = [source, placeInVia(request), placeInVia(response)].filter((place) => place !== null);
    const isKnown = (name: string) => this.#bindings.has(this.ownName(name));
    for (const [name, own] of renamedIn(named, { contacts, places }, isKnown)) this.#rename(name, own);
    const listed = new Map([...named].map(([name, address]) => [this.ownName(name), address]));
    if (sent === '*') return { at, side, removed: '*', kept: [], listed };
    const granted = ({ uri, params }: NameAddress) => {
      const listedAs = listed.get(contactName(uri))?.params.get('expires');
      const asked = contactExpires(request, { uri, params });
      return {
        contact: contactName(uri),
        seconds: Number(listedAs ?? expiresOf(response) ?? asked ?? defaultExpiresSeconds),
      };
    };
    const removed = sent.filter(isGone).map(({ uri }) => this.ownName(contactName(uri)));
    return { at, side, removed, kept: contacts.map(granted), listed };
  }

  #bind(contact: string, seconds: number, { at, side }: Answer, removesOther: boolean): void {
    const expires = { requestMs: at.requestMs + seconds * 1000, replyMs: at.replyMs + seconds * 1000 };
    const known = this.#bindings.get(contact);
    if (known !== undefined && known.side === side) {
      known.expires = expires;
      known.isDoubtful = false;
      this.counts.refreshed++;
      return;
    }
    const leaving = this.#unregisteringBefore(at.requestMs);
    const others = this.bound.filter((one) => one !== side && !leaving.has(one));
    // The same text again takes room again: there are very many addresses.
    const name = side.contacts.items.find((one) => one === contact) ?? contact;
    this.#bindings.set(name, { contact: name, side, since: at, expires, isDoubtful: false });
    this.#seen.add(name, mostSeen);
    this.counts.bound++;
    this.handOvers.bound({ side, at, others, removesOther });
  }

  /** Sides that had asked to be removed before that, and are waiting for the answer. */
  #unregisteringBefore(requestMs: number): Set<Side> {
    const earlier = (this.#attempts?.values() ?? []).filter((attempt) => attempt.requestMs < requestMs);
    return new Set(earlier.filter((attempt) => attempt.isRemoval).map(({ side }) => side));
  }

  /** Bindings that the registrar does not list any more are gone, if it is one that lists them all. */
  #compareWithList({ at, side, removed, kept, listed }: Answer, registrar: Registrar): void {
    const sent = new Set([...kept.map(({ contact }) => contact), ...(removed === '*' ? [] : removed)]);
    const foreign = [...listed].filter(([contact]) => !sent.has(contact));
    if (foreign.length > 0) registrar.lists = 'all';
    for (const [contact, address] of foreign) {
      if (!this.#bindings.has(contact)) this.#discover(contact, address, at);
    }
    for (const binding of this.#bindings.values()) {
      if (listed.has(binding.contact)) binding.isDoubtful = false;
      else if (sent.has(binding.contact) || registrar.lists === 'own') continue;
      else if (registrar.lists === 'all') this.#remove(binding, 'replaced', at);
      else if (!binding.isDoubtful) {
        binding.isDoubtful = true;
        if (binding.side !== side) this.doubtful = grown(this.doubtful, at);
      }
    }
  }

  /** A binding from before the capture. */
  #discover(contact: string, address: NameAddress, at: Moment): void {
    const seconds = Number(address.params.get('expires') ?? defaultExpiresSeconds);
    const expires = { requestMs: at.requestMs + seconds * 1000, replyMs: at.replyMs + seconds * 1000 };
    const side = this.sides.ofListed(address);
    this.#bindings.set(contact, { contact, side, since: at, expires, isDoubtful: false });
    this.#seen.add(contact, mostSeen);
  }

  #remove(binding: Binding, cause: LossOfBinding, at: Moment): void {
    this.#bindings.delete(binding.contact);
    this.#lost = { cause, side: binding.side };
    if (!this.bound.includes(binding.side)) this.handOvers.lost(binding.side, cause, at);
  }

  /** Compares who is registered now with the gaps and double registrations that are open. */
  #settle(at: Moment): void {
    const lost = this.#lost;
    this.#lost = null;
    const bindings = this.#bindings.values();
    this.gaps = gapsAt(this.gaps, at, lost, bindings);
    this.doubles = doublesAt(this.doubles, at, bindings);
  }

  #refuse(attempt: Attempt, response: SipResponse | null, atMs: number): void {
    this.refusals = refused(this.refusals, attempt, response, atMs, this.bound);
  }
}
