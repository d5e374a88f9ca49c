import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import { callIdOf, contactsOf, cseqOf, fromOf, toOf, topVia } from '../sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import { tagOf } from '../sip/message/nameAddress.ts';
import { isSipUri, parseUri, type Uri, unescaped } from '../sip/message/uri.ts';
import { contactName, hostOf, numberIn, sameNumberAs } from './addresses.ts';
import {
  type Answerer,
  type Attempt,
  type Call,
  type LadderEntry,
  noAnswerAfterMs,
  type Outcome,
  outcomeOf,
} from './call.ts';
import type { ObservedMessage } from './observedMessage.ts';
import { SmallMap, SmallSet } from './smallMap.ts';
import { textHash } from './textHash.ts';
import { ownText, Texts } from './texts.ts';

/** What is known of an address of record when a call for it begins. */
export interface Standing {
  readonly bound: readonly number[] | null;
  readonly doubtful: ReadonlySet<string>;
}

/** Whom an INVITE is for. */
export interface Target {
  readonly aor: string;
  /** Whether it is already addressed to a contact. */
  readonly isContact: boolean;
  /** Whether the capture has a REGISTER of it. */
  readonly isRegistered: boolean;
}

/** What the calls need to know of the registrations, and whom they tell what happens. */
export interface CallContext {
  /** Whom an INVITE is for; null where it is for nobody who is of interest. */
  target(request: SipRequest, destination: Endpoint): Target | null;
  standing(aor: string, atMs: number): Standing;
  /** Who is at the address of a Contact. */
  answererAt(call: Call, contact: Uri): Answerer;
  entry(aor: string, observed: ObservedMessage, isRetransmission: boolean): LadderEntry;
  /** An INVITE went on to this contact. Returns the name under which it was registered. */
  reached(aor: string, contact: string): string;
  /** What the call was for is another name of this address of record. */
  isFor(call: Call, aor: string): void;
  /** A call has failed without alerting: what surrounds it is worth keeping. */
  failed(call: Call): void;
  /** Nothing more is to come of it, as far as one can tell. */
  ended(call: Call, outcome: Outcome, atMs: number): void;
  /** It goes on after all: the caller comes with credentials, or from where it was redirected to. */
  resumed(call: Call, outcome: Outcome): void;
}

/** Retransmissions of a final answer have died down by then (64 T1), and an un-REGISTER under way is answered. */
const lingerMs = 32_000;
/** A call that neither ends nor alerts is given up by then: Timer C is a little more than three minutes. */
const endlessMs = 300_000;
/** A ladder with more arrows than that says no more. */
const mostEntries = 60;
/** Calls that are over and whose caller may go on with the same Call-ID: with credentials, or elsewhere (RFC 3261 8.1.3.4, 22.2). */
const mostEnded = 10_000;
/** A person may have to type a password, or agree to be sent elsewhere. */
const againWithinMs = 300_000;
/**
 * Failures after which a caller tries again with the same Call-ID (RFC 3261 8.1.3.5), or another server does (RFC 3263 4.3).
 * After all others the next INVITE is another call, whatever its Call-ID.
 */
const retried: ReadonlySet<number> = new Set([408, 413, 415, 416, 420, 421, 422, 430, 439, 494, 500, 502, 503, 504]);
/** A border controller passes an INVITE on at once; a person who dials again is not as fast. */
const passedOnWithinMs = 3_000;

const reasons = new Texts();

const sameHost = (one: Endpoint, other: Endpoint): boolean => hostOf(one) === hostOf(other);

/** The calls that are under way. One is dropped shortly after its end, so that a long capture needs no more than a short one. */
export class Calls {
  readonly #context: CallContext;
  readonly #open = new Set<Call>();
  readonly #byId = new Map<string, Call>();
  /** Calls without a final answer by the address of record that they are for: another Call-ID may be the same call behind a B2BUA. */
  readonly #byAor = new Map<string, Set<Call>>();
  /** The same by their callers: a border controller may give it another Request-URI as well. */
  readonly #byFrom = new Map<string, Set<Call>>();
  readonly #ended = new Map<string, { readonly call: Call; readonly outcome: Outcome; readonly untilMs: number }>();
  #sweptAtMs = 0;

  constructor(context: CallContext) {
    this.#context = context;
  }

  observe(observed: ObservedMessage): void {
    const { message, atMs } = observed;
    this.#sweep(atMs);
    const callId = callIdOf(message);
    if (callId === undefined) return;
    const before = this.#byId.get(callId);
    if (before !== undefined && isAnother(before, observed)) this.#drop(before, atMs);
    const call = this.#byId.get(callId) ?? this.#begin(observed, ownText(callId));
    if (call === null) return;
    const isRetransmission = this.#note(call, observed);
    if (isRetransmission) return;
    if (message.kind === 'response') this.#response(call, observed, message);
    else this.#request(call, observed, message);
  }

  /** Whether a call for that address has no final answer yet. */
  isUnderWay(aor: string): boolean {
    return this.#byAor.has(aor);
  }

  /** Judges what is under way when the capture ends. */
  end(endMs: number): void {
    for (const call of [...this.#open]) this.#drop(call, endMs);
  }

  /** The call that an INVITE outside of a dialog begins, or to which it belongs as a leg of a B2BUA; null for all else. */
  #begin(observed: ObservedMessage, callId: string): Call | null {
    const { message, atMs, source, destination } = observed;
    if (message.kind !== 'request' || message.method !== 'INVITE' || tagOf(toOf(message)) !== undefined) return null;
    const before = this.#ended.get(callId);
    if (before !== undefined && sameHost(before.call.caller, source) && atMs <= before.untilMs)
      return this.#resume(before.call, before.outcome);
    const target = this.#context.target(message, destination);
    if (target === null) return null;
    const behind = this.#behindB2bua(target, message, observed);
    if (behind !== null) {
      this.#byId.set(callId, behind);
      behind.callIds.add(callId);
      if (behind.aor !== target.aor && target.isRegistered) this.#becomes(behind, target.aor, atMs);
      return behind;
    }
    const call: Call = {
      aor: ownText(target.aor),
      callId,
      callIds: new SmallSet(),
      invitedAtMs: atMs,
      caller: source,
      server: destination,
      from: callerOf(message),
      attempt: this.#attempt(target.aor, observed, target.isContact),
    };
    call.callIds.add(callId);
    this.#follow(call);
    return call;
  }

  #attempt(aor: string, { message, atMs, file, frame }: ObservedMessage, isContact: boolean): Attempt {
    const { bound, doubtful } = this.#context.standing(aor, atMs);
    return {
      atMs,
      file,
      frame,
      sequence: cseqOf(message)?.number ?? 0,
      contacts: new SmallSet(),
      called: new SmallSet(),
      alerts: new SmallMap(),
      doubtful,
      boundThen: bound,
      isTried: false,
      hasProgress: false,
      devices: new SmallSet(),
      hasDeviceReplied: isContact,
      answeredBy: 'unknown',
      cancelledAtMs: null,
      challenge: null,
      isRefusedByDevice: isContact,
      end: null,
      entries: [],
      transactions: new SmallSet(),
    };
  }

  #follow(call: Call): void {
    this.#open.add(call);
    for (const callId of call.callIds) this.#byId.set(callId, call);
    addTo(this.#byAor, call.aor, call);
    if (call.from !== null) addTo(this.#byFrom, call.from, call);
  }

  #resume(call: Call, outcome: Outcome): Call {
    this.#ended.delete(call.callId);
    this.#context.resumed(call, outcome);
    this.#follow(call);
    return call;
  }

  /**
   * An INVITE for the same address of record from where an earlier one went to: its next leg, with a Call-ID of its own. A
   * border controller may send it from another address, and to a user where a number was called.
   */
  #behindB2bua({ aor, isRegistered }: Target, message: SipRequest, { source, atMs }: ObservedMessage): Call | null {
    const from = callerOf(message);
    const callId = callIdOf(message) ?? '';
    const isAlike = (call: Call) => isPartOf(call.callId, callId) || (from !== null && call.from === from);
    const passedOn = [...(this.#byAor.get(aor) ?? [])].filter((call) => {
      const isFromServer = sameHost(call.server, source) && !sameHost(call.caller, source);
      return isFromServer || call.attempt.called.has(endpointText(source));
    });
    const waiting = passedOn.filter(({ attempt }) => attempt.called.size === 0);
    const known = waiting.find(isAlike) ?? passedOn.find(isAlike) ?? waiting[0] ?? passedOn.at(-1);
    if (known !== undefined) return known;
    const ofCaller = from === null ? [] : [...(this.#byFrom.get(from) ?? [])];
    const isPassedOn = (call: Call) =>
      atMs - call.attempt.atMs <= passedOnWithinMs &&
      call.attempt.called.size === 0 &&
      !sameHost(call.caller, source) &&
      (call.aor === aor || (isRegistered && sameHost(call.server, source)));
    return ofCaller.find(isPassedOn) ?? null;
  }

  /** Keeps a message for the ladder. Returns whether it was seen before: a retransmission, or a copy of the capture's. */
  #note(call: Call, observed: ObservedMessage): boolean {
    const { entries, transactions } = call.attempt;
    const key = transactionKey(observed);
    const isRetransmission = transactions.has(key);
    transactions.add(key);
    if (entries.length < mostEntries) entries.push(this.#context.entry(call.aor, observed, isRetransmission));
    return isRetransmission;
  }

  #request(call: Call, observed: ObservedMessage, message: SipRequest): void {
    const { source, destination, atMs } = observed;
    const isFirst = isFirstHop(call, source);
    if (message.method === 'CANCEL' && isFirst) call.attempt.cancelledAtMs ??= atMs;
    if (message.method !== 'INVITE' || tagOf(toOf(message)) !== undefined) return;
    const { attempt } = call;
    const isOver = attempt.end !== null || attempt.challenge !== null;
    if (isFirst && (isOver || sameHost(call.server, destination))) {
      const isFurther = (cseqOf(message)?.number ?? 0) > attempt.sequence;
      if (isOver && isFurther) this.#tryAgain(call, observed, message);
      return;
    }
    const uri = parseUri(message.uri);
    if (uri !== undefined) {
      const target = this.#context.target(message, destination);
      if (target?.isContact && target.aor !== call.aor) this.#becomes(call, target.aor, atMs);
      if (target?.isContact || call.attempt.boundThen === null) call.attempt.devices.add(hostOf(destination));
      call.attempt.contacts.add(this.#context.reached(call.aor, contactName(uri)));
    }
    call.attempt.called.add(endpointText(destination));
  }

  /** The caller's next INVITE of the same call: how long it took the caller to send it is not the server's affair. */
  #tryAgain(call: Call, observed: ObservedMessage, message: SipRequest): void {
    const { entries, transactions } = call.attempt;
    const isContact = this.#context.target(message, observed.destination)?.isContact ?? false;
    call.attempt = { ...this.#attempt(call.aor, observed, isContact), entries, transactions };
    call.server = observed.destination;
    addTo(this.#byAor, call.aor, call);
    if (call.from !== null) addTo(this.#byFrom, call.from, call);
  }

  /** The server's own leg shows for whom the call is. */
  #becomes(call: Call, aor: string, atMs: number): void {
    this.#context.isFor(call, aor);
    removeFrom(this.#byAor, call.aor, call);
    call.aor = aor;
    addTo(this.#byAor, aor, call);
    const { bound, doubtful } = this.#context.standing(aor, atMs);
    call.attempt = { ...call.attempt, boundThen: bound, doubtful };
  }

  #response(call: Call, { source, destination, atMs }: ObservedMessage, message: SipResponse): void {
    const { attempt } = call;
    const cseq = cseqOf(message);
    if (cseq?.method !== 'INVITE' || attempt.end !== null) return;
    const { status } = message;
    const reason = reasons.of(message.reason);
    const isToCaller = isFirstHop(call, destination) && sameHost(call.server, source);
    // A late answer to the INVITE before.
    if (isToCaller && cseq.number < attempt.sequence) return;
    attempt.isTried = true;
    // 181 and 182 say that the call is forwarded or queued, 183 that there is something to hear: nobody is alerted yet.
    if (status === 183) attempt.hasProgress = true;
    if (status === 180) this.#alerted(attempt, message, source, atMs, !isToCaller);
    if (!isToCaller) {
      if (status > 100 && attempt.devices.has(hostOf(source))) attempt.hasDeviceReplied = true;
      if (status >= 300) attempt.isRefusedByDevice = true;
      if (status >= 200 && status < 300) this.#alerted(attempt, message, source, atMs, true);
      return;
    }
    if (status < 200) return;
    if (status < 300) {
      attempt.end = { how: 'answered', atMs };
      const contacts = contactsOf(message);
      const [contact] = contacts === '*' ? [] : contacts;
      if (contact !== undefined) attempt.answeredBy = this.#context.answererAt(call, contact.uri);
    } else if (status === 401 || status === 407) attempt.challenge = { atMs, status, reason };
    else if (status === 487 && attempt.cancelledAtMs !== null) attempt.end = { how: 'gaveUp', atMs };
    else attempt.end = { how: 'failed', atMs, status, reason };
    if (attempt.end !== null) this.#noMoreLegs(call);
    if (outcomeOf(call, atMs) === 'lost') this.#context.failed(call);
  }

  #alerted({ alerts }: Attempt, message: SipResponse, from: Endpoint, atMs: number, isBehindServer: boolean): void {
    const tag = ownText(tagOf(toOf(message)) ?? '');
    const known = alerts.get(tag);
    if (known?.isBehindServer || (known !== undefined && !isBehindServer)) return;
    alerts.set(tag, { atMs: known?.atMs ?? atMs, tag, from, isBehindServer });
  }

  /** Every second of the capture; a call has time until then. */
  #sweep(nowMs: number): void {
    if (nowMs < this.#sweptAtMs + 1_000) return;
    this.#sweptAtMs = nowMs;
    for (const call of this.#open) if (isOver(call, nowMs)) this.#drop(call, nowMs);
  }

  #noMoreLegs(call: Call): void {
    removeFrom(this.#byAor, call.aor, call);
    if (call.from !== null) removeFrom(this.#byFrom, call.from, call);
  }

  #drop(call: Call, nowMs: number): void {
    const { attempt } = call;
    if (attempt.end === null && attempt.cancelledAtMs !== null)
      attempt.end = { how: 'gaveUp', atMs: attempt.cancelledAtMs };
    this.#open.delete(call);
    this.#noMoreLegs(call);
    const outcome = outcomeOf(call, nowMs);
    this.#context.ended(call, outcome, nowMs);
    for (const id of call.callIds) this.#byId.delete(id);
    if (outcome === 'unauthorised' || outcome === 'redirected') this.#remember(call, outcome);
  }

  #remember(call: Call, outcome: Outcome): void {
    call.attempt.entries.length = 0;
    call.attempt.transactions.clear();
    const untilMs = (endMsOf(call) ?? call.attempt.atMs) + againWithinMs;
    this.#ended.set(call.callId, { call, outcome, untilMs });
    if (this.#ended.size > mostEnded) this.#ended.delete(this.#ended.keys().next().value as string);
  }
}

const isFirstHop = (call: Call, source: Endpoint): boolean => sameHost(source, call.caller);

/** Some border controllers make the Call-ID of the next leg of that of the one before. */
const isPartOf = (one: string, other: string): boolean =>
  one.length >= 8 && other.length >= 8 && (one.includes(other) || other.includes(one));

/** Who calls: the user part of From, of a number without what stands before its country code. */
function callerOf(message: SipRequest): string | null {
  const uri = fromOf(message)?.uri;
  const user = uri === undefined ? undefined : isSipUri(uri) ? uri.user : uri.opaque;
  if (user === undefined || /^(?:anonymous|restricted|unknown|unavailable)$/i.test(user)) return null;
  const number = numberIn(unescaped(user));
  return ownText(number === null ? unescaped(user) : sameNumberAs(number));
}

function addTo(index: Map<string, Set<Call>>, key: string, call: Call): void {
  const calls = index.get(key) ?? new Set();
  index.set(key, calls.add(call));
}

function removeFrom(index: Map<string, Set<Call>>, key: string, call: Call): void {
  const calls = index.get(key);
  calls?.delete(call);
  if (calls?.size === 0) index.delete(key);
}

/** By what a message is known again: a retransmission, or a copy of the capture's. */
function transactionKey({ source, destination, message }: ObservedMessage): number {
  const branch = topVia(message)?.params.get('branch') ?? '';
  const cseq = cseqOf(message);
  const what = message.kind === 'request' ? message.method : `${message.status} ${tagOf(toOf(message))}`;
  return textHash(
    `${endpointText(source)} ${endpointText(destination)} ${branch} ${cseq?.number} ${cseq?.method} ${what}`,
  );
}

/** Whether an INVITE is another call of the same caller with a Call-ID that it has used before: some have only one. */
function isAnother({ caller, attempt }: Call, observed: ObservedMessage): boolean {
  const { message, source } = observed;
  const { end, cancelledAtMs, transactions } = attempt;
  if (message.kind !== 'request' || message.method !== 'INVITE' || !sameHost(caller, source)) return false;
  const isFinal = end?.how === 'failed' ? end.status >= 400 && !retried.has(end.status) : end !== null;
  if (!isFinal && cancelledAtMs === null) return false;
  return tagOf(toOf(message)) === undefined && !transactions.has(transactionKey(observed));
}

/** When it came to its end; null while it is under way. */
const endMsOf = ({ attempt }: Call): number | null =>
  attempt.end?.atMs ?? attempt.cancelledAtMs ?? attempt.challenge?.atMs ?? null;

function isOver(call: Call, nowMs: number): boolean {
  const { attempt } = call;
  const endMs = endMsOf(call);
  if (endMs !== null) return nowMs > endMs + lingerMs;
  if (attempt.alerts.size > 0 || attempt.isTried) return nowMs > attempt.atMs + endlessMs;
  return nowMs > attempt.atMs + 2 * noAnswerAfterMs;
}
