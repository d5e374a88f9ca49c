import type { Endpoint } from '../capture/endpoint.ts';
import {
  callIdOf,
  contactExpires,
  contactsOf,
  cseqOf,
  expiresOf,
  headerValue,
  headerValues,
  retryAfterOf,
} from '../sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import type { NameAddress } from '../sip/message/nameAddress.ts';
import { contactName } from './addresses.ts';
import { HandOvers } from './handOvers.ts';
import { placeInVia, renamedIn } from './listedContacts.ts';
import type { ObservedMessage } from './observedMessage.ts';
import type { Binding, DoubleRegistration, Gap, LossOfBinding, Moment, Refusal } from './registrations.ts';
import type { Side, Sides } from './sides.ts';
import { grown, nothing, RecentSet, SmallMap, Texts } from './smallMap.ts';
import { textHash } from './textHash.ts';

/** Timer F (RFC 3261 17.1.2.2): a REGISTER without an answer has failed by then. */
const unansweredAfterMs = 32_000;
/** Contacts that are known again; a phone on the move has a new one every minute. */
const mostSeen = 1_000;
/** Of refusals there are many, and of reasons few. */
const reasons = new Texts();
/** What a registrar grants where neither side says anything (RFC 3261 10.3). */
const defaultExpiresSeconds = 3_600;

/** A REGISTER, all its retransmissions and hops together. */
interface Attempt {
  readonly side: Side;
  /** Headers of the request that its answer is compared with; null once that has come. */
  request: Headed | null;
  readonly isRemoval: boolean;
  readonly source: Endpoint;
  readonly requestMs: number;
  isAnswered: boolean;
}

type Headed = Pick<SipRequest, 'headers'>;

const comparedHeaders: ReadonlySet<string> = new Set(['Contact', 'Expires', 'Via']);
const credentials: ReadonlySet<string> = new Set(['Authorization', 'Proxy-Authorization']);

/** What an answer is compared with. Of credentials it matters only that they are there. */
const comparedOf = ({ headers }: SipRequest): Headed => ({
  headers: headers.flatMap(({ name, value }) =>
    credentials.has(name) ? [{ name, value: '' }] : comparedHeaders.has(name) ? [{ name, value }] : [],
  ),
});

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
  #lost: { readonly cause: LossOfBinding; readonly side: Side } | null = null;

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
    this.#attempts.set(key, {
      side,
      request: comparedOf(request),
      isRemoval: isRemoval(request),
      source,
      requestMs: atMs,
      isAnswered: false,
    });
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
    for (const [key, attempt] of this.#attempts?.entries() ?? []) {
      const failsMs = attempt.requestMs + unansweredAfterMs;
      if (failsMs > nowMs) break;
      this.#expire(failsMs);
      this.#attempts?.delete(key);
      if (!attempt.isAnswered) this.#refuse(attempt, null, attempt.requestMs);
    }
    if (this.#attempts?.size === 0) this.#attempts = null;
    this.#expire(nowMs);
  }

  #expire(nowMs: number): void {
    if (!this.#bindings.values().some(({ expires }) => expires.replyMs <= nowMs)) return;
    const expired = this.#bindings.values().filter(({ expires }) => expires.replyMs <= nowMs);
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
    const open = this.#openGap;
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

  get #openGap(): Gap | null {
    const last = this.gaps.at(-1);
    return last?.until === null ? last : null;
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
    if (kept.length > 0) this.#acceptedAtLast(side, replyMs);
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
    const all = this.#bindings.values();
    const open = this.#openGap;
    if (all[0] === undefined && open === null && lost !== null) {
      this.gaps = grown(this.gaps, { from: at, until: null, cause: lost.cause, before: lost.side, after: null });
    } else if (all[0] !== undefined && open !== null) {
      open.until = at;
      open.after = all[0].side;
    } else if (lost?.cause === 'unregistered') this.#settleBlur(at, lost.side, all);
    this.#settleDouble(at, all);
  }

  /**
   * The un-REGISTER was under way when all others registered: which came first at the server is not to be seen. One REGISTER
   * that does both is one step (RFC 3261 10.3).
   */
  #settleBlur(at: Moment, before: Side, left: readonly Binding[]): void {
    const [first] = left;
    const covers = ({ since, side }: Binding) => side === before || since === at || since.replyMs <= at.requestMs;
    if (first === undefined || left.some(covers)) return;
    this.gaps = grown(this.gaps, { from: at, until: first.since, cause: 'unregistered', before, after: first.side });
  }

  #settleDouble(at: Moment, all: readonly Binding[]): void {
    const certain = all.filter(({ isDoubtful }) => !isDoubtful);
    const sides = [...new Set(certain.map(({ side }) => side))];
    const open = this.doubles.at(-1);
    const isOpen = open !== undefined && open.until === null;
    const latest = certain.reduce<Moment | null>(
      (one, { since }) => (one && one.replyMs > since.replyMs ? one : since),
      null,
    );
    if (sides.length > 1 && !isOpen && latest !== null)
      this.doubles = grown(this.doubles, { from: latest, until: null, sides });
    else if (sides.length < 2 && isOpen) open.until = at;
  }

  #refuse({ side, isRemoval: isRemoving }: Attempt, response: SipResponse | null, atMs: number): void {
    const last = this.refusals.findLast((one) => one.side === side);
    if (last !== undefined && last.acceptedMs === null && last.status === (response?.status ?? null)) {
      last.attempts++;
      return;
    }
    const error = response === null ? undefined : headerValue(response, 'P-Registrar-Error');
    const what = isRemoving ? 'un-REGISTER' : 'REGISTER';
    this.refusals = grown(this.refusals, {
      side,
      what,
      atMs,
      status: response?.status ?? null,
      reason: reasons.of(error ?? response?.reason ?? 'no answer'),
      retryAfterSeconds: response === null ? null : (retryAfterOf(response) ?? null),
      bound: this.bound,
      attempts: 1,
      acceptedMs: null,
    });
  }

  #acceptedAtLast(side: Side, atMs: number): void {
    for (let index = this.refusals.length - 1; index >= 0; index--) {
      const refusal = this.refusals[index];
      if (refusal?.side !== side) continue;
      if (refusal.acceptedMs !== null) return;
      refusal.acceptedMs = atMs;
    }
  }
}

function attemptKey(message: SipRequest | SipResponse): number | null {
  const [callId, cseq] = [callIdOf(message), cseqOf(message)];
  return callId === undefined || cseq === undefined ? null : textHash(`${cseq.number} ${callId}`);
}

/** A challenge is an answer to a question, not a refusal, unless the credentials were there and not just stale. */
function isChallenge(request: Headed, response: SipResponse): boolean {
  if (response.status !== 401 && response.status !== 407) return false;
  const [asked, given] =
    response.status === 401 ? ['WWW-Authenticate', 'Authorization'] : ['Proxy-Authenticate', 'Proxy-Authorization'];
  const isStale = headerValues(response, asked).some((value) => /stale\s*=\s*"?true/i.test(value));
  return isStale || headerValue(request, given) === undefined;
}

const isRemoval = (request: SipRequest): boolean => {
  const contacts = contactsOf(request);
  return contacts === '*' || (contacts.length > 0 && contacts.every((one) => contactExpires(request, one) === 0));
};
