import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import { contactsOf, cseqOf, toOf } from '../sip/message/headers.ts';
import type { SipMessage, SipRequest } from '../sip/message/message.ts';
import { parseUri, type Uri } from '../sip/message/uri.ts';
import { AddressBook } from './addressBook.ts';
import { calledBy, contactName, endpointOf, hostOf } from './addresses.ts';
import type { Registrar } from './addressRecord.ts';
import { addressReport, type ReportLimits } from './addressReport.ts';
import { type Alias, Aliases } from './aliases.ts';
import type { Audited } from './audited.ts';
import type { AddressReport, AuditReport } from './auditReport.ts';
import type { Answerer, Call, LadderEntry, Outcome } from './call.ts';
import { CallLedger } from './callLedger.ts';
import { type CallContext, Calls, type Standing, type Target } from './calls.ts';
import { HeadlessCalls } from './headless.ts';
import { labelOf } from './label.ts';
import type { ObservedMessage } from './observedMessage.ts';
import { OtherCallsCount } from './otherCalls.ts';
import { GapTimes } from './registrations.ts';
import type { KnownHosts, Side } from './sides.ts';
import { nothing } from './smallMap.ts';
import { TextNumbers } from './textHash.ts';
import { isProblem, Verdict } from './verdict.ts';

/** Contacts and hosts that are remembered at least; those that no REGISTER has named for longest go. */
const mostContacts = 500_000;
/** Addresses whose names are kept for a user who has mistyped one. */
const mostNames = 1_000;

export interface AuditOptions {
  /** Who is who, as far as the user says. */
  readonly known?: KnownHosts;
  /** The only address of record to be judged, as `aorIn` gives it. */
  readonly aor?: string;
  /** What other names addresses of record are called by. */
  readonly aliases?: readonly Alias[];
  /** Failures whose ladders are kept. */
  readonly maxLadders?: number;
  /** Lost calls of one address that are reported one by one; its counts have all of them. */
  readonly maxLosses?: number;
  /** Addresses without and with problems of which a report is kept; all others are in its totals only. */
  readonly maxFine?: number;
  readonly maxProblems?: number;
  /** Only calls of these Call-IDs. */
  readonly callIds?: readonly string[];
  /** Only what happened between these times. */
  readonly from?: Instant;
  readonly until?: Instant;
}

/** A time since 1970, or since the first SIP message of the capture. */
export interface Instant {
  readonly isRelative: boolean;
  readonly ms: number;
}

/** What is known of the capture besides its messages. */
export interface CaptureLimits {
  /** What of it could not be read, in words. */
  readonly missing: readonly string[];
  /** Whether SIP may have passed that could not be read. */
  readonly isPartlyHidden: boolean;
}

const nobody: ReadonlySet<string> = new Set();

/** Lists of one, which most are: every lost call has one. */
const alone: (readonly number[])[] = [];

function idsOf(sides: readonly Side[]): readonly number[] {
  const [first, second] = sides;
  if (first === undefined) return nothing;
  if (second !== undefined) return sides.map(({ id }) => id);
  alone[first.id] ??= [first.id];
  return alone[first.id] ?? nothing;
}

/**
 * Judges SIP traffic as it comes, in the order of the capture: pure, no clock and no I/O. What is over is dropped, so that
 * memory grows with what is found and not with what is looked at.
 */
export class Auditor implements CallContext {
  readonly #options: AuditOptions;
  readonly #aliases: Aliases;
  readonly #addresses: AddressBook;
  readonly #registrars = new Map<string, Registrar>();
  /** The number of the address of record of each contact that a REGISTER has named. */
  readonly #aorByContact = new TextNumbers(mostContacts);
  readonly #calls = new Calls(this);
  readonly #headless = new HeadlessCalls();
  readonly #names = new Set<string>();
  readonly #callIds = new Set<string>();
  /** Hosts from which REGISTERs came: a call from there is one that a user makes. */
  readonly #deviceHosts = new TextNumbers(mostContacts);
  #ladders = 0;
  #startMs: number | null = null;
  #endMs = 0;
  #ordinal = 0;
  #requests = 0;
  #responses = 0;

  constructor(options: AuditOptions = {}) {
    this.#options = options;
    this.#addresses = new AddressBook(options.known ?? {}, (host) => this.#registrarAt(host));
    this.#aliases = new Aliases(options.aliases ?? [], (number) => this.#addresses.aorOf(number));
  }

  observe(observed: ObservedMessage): void {
    const { message, atMs } = observed;
    this.#addresses.tidy();
    this.#startMs ??= atMs;
    this.#endMs = Math.max(this.#endMs, atMs);
    if (message.kind === 'request') this.#requests++;
    else this.#responses++;
    const method = message.kind === 'request' ? message.method : cseqOf(message)?.method;
    if (method === 'REGISTER') this.#register(observed);
    else if (method === 'INVITE' || method === 'CANCEL' || method === 'ACK') this.#calls.observe(observed);
    if (method === 'INVITE') this.#headless.observe(observed);
  }

  /** Addresses that were registered or called, for a user who has mistyped one. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  /** Call-IDs that were seen, for a user who has mistyped one. */
  get callIds(): ReadonlySet<string> {
    return this.#callIds;
  }

  /** Everything found. To be called once. */
  finish(limits: CaptureLimits = { missing: [], isPartlyHidden: false }): AuditReport {
    this.#calls.end(this.#endMs);
    return this.#report(limits, true);
  }

  /** What was found up to now; calls that are under way are in none of its counts. */
  report(limits: CaptureLimits): AuditReport {
    return this.#report(limits, false);
  }

  #report({ missing, isPartlyHidden }: CaptureLimits, isOver: boolean): AuditReport {
    this.#mergeNames();
    const verdict = new Verdict();
    const addresses: AddressReport[] = [];
    const others = new OtherCallsCount((host) => this.#deviceHosts.get(host) >= 0 && !this.#registrars.has(host));
    const gaps = new GapTimes();
    const room = { fine: this.#options.maxFine, problems: this.#options.maxProblems };
    for (const [aor, audited] of this.#addresses.all()) {
      const { record } = audited;
      record.advance(this.#endMs);
      if (isOver) record.handOvers.end(this.#endMs);
      if (!this.#isJudged(audited)) others.add(audited);
      else if (this.#isAsked(aor)) {
        const address = addressReport(audited, this.#limits(isPartlyHidden));
        const kind = isProblem(address) ? 'problems' : 'fine';
        verdict.add(address);
        for (const gap of record.gaps) gaps.add(gap);
        if ((room[kind] ?? 1) > 0) addresses.push(address);
        if (room[kind] !== undefined) room[kind]--;
      }
    }
    const notJudged = others.of(gaps);
    return {
      startMs: this.#startMs ?? 0,
      endMs: this.#endMs,
      ...verdict.of(
        [...missing, ...this.#oneSided(), ...this.#withoutInvite()],
        notJudged,
        this.#options.aor !== undefined,
      ),
      addresses,
      totals: verdict.totals,
      notJudged,
      learntAliases: Object.fromEntries(this.#aliases.learnt),
    };
  }

  #isJudged({ record, ledger }: Audited): boolean {
    if (this.#options.callIds !== undefined) return (ledger?.counts.made ?? 0) > 0;
    return record.aor === this.#options.aor || record.registers > 0;
  }

  target(request: SipRequest, destination: Endpoint): Target | null {
    const uri = parseUri(request.uri);
    const called = calledBy(uri);
    const owner = uri === undefined ? undefined : this.#ownerOf(contactName(uri));
    const isContact = owner !== undefined && !this.#isRegistered(called);
    const found = isContact ? owner : this.#named(called, calledBy(toOf(request)?.uri), destination);
    if (found === null) return null;
    this.#remember(found);
    const isRegistered = this.#isRegistered(found);
    return isRegistered && !this.#isAsked(found) ? null : { aor: found, isContact, isRegistered };
  }

  /** For whom the call is by the Request-URI, or by To where that says nothing: it has no user, or names the server. */
  #named(called: string | null, to: string | null, { address: server }: Endpoint): string | null {
    const isServer = (address: string) => address === server || this.#registrars.has(address);
    const [one, other] = [called, to].map((name) => (name === null ? null : this.#aliases.resolve(name, isServer)));
    return [one, other].find((name) => this.#isRegistered(name ?? null)) ?? one ?? other ?? null;
  }

  standing(aor: string, atMs: number): Standing {
    const record = this.#addresses.get(aor)?.record;
    if (record === undefined || !record.isKnown) return { bound: null, doubtful: nobody };
    record.advance(atMs);
    const doubtful = [...record.bindings].filter(({ isDoubtful }) => isDoubtful).map(({ contact }) => contact);
    return { bound: idsOf(record.bound), doubtful: doubtful.length === 0 ? nobody : new Set(doubtful) };
  }

  answererAt({ aor }: Call, contact: Uri): Answerer {
    const place = endpointOf(contact);
    const { record } = this.#addresses.have(aor);
    const isOwn = this.#ownerOf(contactName(contact)) === aor;
    const isAtSide =
      place !== null &&
      record.sides.all.some(({ endpoints }) =>
        endpoints.items.some((one) => one === endpointText(place) || one.startsWith(`${hostOf(place)}:`)),
      );
    return isOwn || isAtSide ? 'device' : 'server';
  }

  entry(aor: string, observed: ObservedMessage, isRetransmission: boolean): LadderEntry {
    const { atMs, source, destination, message, file, frame } = observed;
    const { bound } = this.standing(aor, atMs);
    const ordinal = this.#ordinal++;
    return { atMs, source, destination, label: labelOf(message), bound, isRetransmission, ordinal, file, frame };
  }

  reached(aor: string, contact: string): string {
    const audited = this.#addresses.get(aor);
    if (audited === undefined) return contact;
    const own = audited.record.ownName(contact);
    audited.record.reached(own, audited.registrar);
    return own;
  }

  isFor(call: Call, aor: string): void {
    if (!this.#isRegistered(call.aor)) this.#aliases.learn(call.aor, aor);
  }

  failed(call: Call): void {
    if (this.#ladders >= (this.#options.maxLadders ?? Number.POSITIVE_INFINITY)) return;
    this.#ladders++;
    this.#addresses.have(call.aor).recent.keepFor(call);
  }

  ended(call: Call, outcome: Outcome, atMs: number): void {
    // At the end of the capture all that were under way come here, one after the other.
    this.#addresses.tidy();
    const audited = this.#addresses.have(call.aor);
    const { record, recent, registrar } = audited;
    record.advance(atMs);
    const { attempt } = call;
    const isWanted = this.#isWanted(call);
    const isAsked = isWanted && this.#options.callIds !== undefined;
    if ((isAsked || (isWanted && outcome === 'lost')) && !recent.isKept(call)) this.failed(call);
    const isPassedOver =
      attempt.called.size > 0 && ![...attempt.contacts].some((contact) => attempt.doubtful.has(contact));
    if (attempt.doubtful.size > 0 && isPassedOver) record.passedOver(attempt.doubtful, attempt.atMs, registrar);
    const entries = recent.takeFor(call);
    if (!isWanted) return;
    audited.ledger ??= new CallLedger();
    audited.ledger.add(call, outcome, entries, isAsked);
  }

  resumed(call: Call, outcome: Outcome): void {
    if (this.#isWanted(call)) this.#addresses.get(call.aor)?.ledger?.retract(call, outcome);
  }

  #isWanted({ callIds, invitedAtMs }: Call): boolean {
    const { callIds: asked } = this.#options;
    const { fromMs, untilMs } = this.#window;
    if (asked !== undefined) for (const callId of callIds) this.#rememberCall(callId);
    return (
      (asked === undefined || asked.some((one) => callIds.has(one))) && fromMs <= invitedAtMs && invitedAtMs <= untilMs
    );
  }

  #rememberCall(callId: string): void {
    if (this.#callIds.size < mostNames || this.#options.callIds?.includes(callId)) this.#callIds.add(callId);
  }

  get #window(): { readonly fromMs: number; readonly untilMs: number } {
    const at = (instant: Instant | undefined, otherwise: number) =>
      instant === undefined ? otherwise : instant.ms + (instant.isRelative ? (this.#startMs ?? 0) : 0);
    const { from, until } = this.#options;
    return { fromMs: at(from, Number.NEGATIVE_INFINITY), untilMs: at(until, Number.POSITIVE_INFINITY) };
  }

  #limits(isPartlyHidden: boolean): ReportLimits {
    const areCallsAsked = this.#options.callIds !== undefined;
    const { maxLosses = Number.POSITIVE_INFINITY } = this.#options;
    return { endMs: this.#endMs, isPartlyHidden, areCallsAsked, maxLosses, ...this.#window };
  }

  #register(observed: ObservedMessage): void {
    const { message, atMs, source, destination } = observed;
    const aor = calledBy(toOf(message)?.uri);
    if (aor === null) return;
    this.#remember(aor);
    if (!this.#isAsked(aor)) return;
    const audited = this.#addresses.have(aor);
    const { record, recent } = audited;
    record.advance(atMs);
    if (message.kind === 'request') {
      this.#registrarAt(hostOf(destination));
      this.#deviceHosts.set(hostOf(source), 0);
      record.request(observed, message);
      if (record.registers > 0 && !this.#addresses.isRegistered(aor)) {
        this.#addresses.registered(aor);
        this.#aliases.registered(aor, this.#addresses.numberOf(aor));
      }
      this.#learnContacts(message, aor);
    } else {
      audited.registrar = this.#registrarAt(hostOf(source));
      record.response(observed, message, audited.registrar);
      if (message.status < 300) this.#learnContacts(message, aor);
    }
    recent.add(this.entry(aor, observed, false), this.#calls.isUnderWay(aor));
  }

  #learnContacts(message: SipMessage, aor: string): void {
    const contacts = contactsOf(message);
    const number = this.#addresses.numberOf(aor);
    for (const { uri } of contacts === '*' ? [] : contacts) this.#aorByContact.set(contactName(uri), number);
  }

  /** The address of record for which that contact was registered. */
  #ownerOf(contact: string): string | undefined {
    return this.#addresses.aorOf(this.#aorByContact.get(contact));
  }

  /** Calls for a number that turned out later to be somebody's are that somebody's. */
  #mergeNames(): void {
    const isServer = (address: string) => this.#registrars.has(address);
    for (const name of this.#addresses.names()) {
      const aor = this.#isRegistered(name) ? name : this.#aliases.resolve(name, isServer);
      if (aor === name || !this.#isAsked(aor)) continue;
      this.#addresses.tidy();
      const [named, target] = [this.#addresses.have(name), this.#addresses.have(aor)];
      target.ledger ??= new CallLedger();
      if (named.ledger !== null) target.ledger.absorb(named.ledger);
      this.#addresses.delete(name);
    }
  }

  #registrarAt(host: string): Registrar {
    const registrar = this.#registrars.get(host) ?? { host, lists: 'unknown' };
    this.#registrars.set(host, registrar);
    return registrar;
  }

  #isRegistered(aor: string | null): aor is string {
    return aor !== null && this.#addresses.isRegistered(aor);
  }

  #isAsked(aor: string): boolean {
    return this.#options.aor === undefined || this.#options.aor === aor;
  }

  #remember(name: string): void {
    if (this.#names.size < mostNames) this.#names.add(name);
  }

  /** Calls for somebody who is judged, or perhaps is, that failed and whose INVITE is missing. */
  #withoutInvite(): string[] {
    const { aor: asked, callIds } = this.#options;
    const { fromMs, untilMs } = this.#window;
    if (this.#requests === 0) return [];
    const isServer = (address: string) => this.#registrars.has(address);
    return this.#headless.said(({ aor: named, caller, callId, atMs }) => {
      if (named === null || isServer(caller) || atMs < fromMs || atMs > untilMs) return false;
      const aor = this.#aliases.resolve(named, isServer);
      if (asked !== undefined && aor !== asked) return false;
      if (callIds !== undefined && !callIds.includes(callId)) return false;
      return this.#isRegistered(aor) || this.#deviceHosts.get(caller) < 0;
    });
  }

  /** Half of a conversation says nothing about its outcome. */
  #oneSided(): string[] {
    if (this.#requests + this.#responses === 0) return ['there is no SIP message in it that can be read'];
    if (this.#responses === 0) return ['it has requests only: the other direction was not captured'];
    return this.#requests === 0 ? ['it has responses only: the other direction was not captured'] : [];
  }
}
