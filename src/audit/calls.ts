import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import { callIdOf, cseqOf, toOf, topVia } from '../sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import { tagOf } from '../sip/message/nameAddress.ts';
import { parseUri } from '../sip/message/uri.ts';
import { contactName, hostOf } from './addresses.ts';
import { type Call, type LadderEntry, noAnswerAfterMs, outcomeOf } from './call.ts';
import type { ObservedMessage } from './observedMessage.ts';

/** What is known of an address of record when a call for it begins. */
export interface Standing {
  readonly bound: readonly number[] | null;
  readonly doubtful: ReadonlySet<string>;
}

/** What the calls need to know of the registrations, and whom they tell what happens. */
export interface CallContext {
  /** Whom an INVITE is for, and whether it is already addressed to a contact; null where it is for nobody. */
  target(request: SipRequest): { readonly aor: string; readonly isContact: boolean } | null;
  standing(aor: string): Standing;
  entry(aor: string, observed: ObservedMessage, isRetransmission: boolean): LadderEntry;
  /** An INVITE went on to this contact. */
  reached(aor: string, contact: string): void;
  /** A call has failed without alerting: what surrounds it is worth keeping. */
  failed(call: Call): void;
  /** Nothing more is to come of it. */
  ended(call: Call, atMs: number): void;
}

/** Retransmissions of a final answer have died down by then (64 T1), and an un-REGISTER under way is answered. */
const lingerMs = 32_000;
/** A call that neither ends nor alerts is given up by then: Timer C is a little more than three minutes. */
const endlessMs = 300_000;
/** A ladder with more arrows than that says no more. */
const mostEntries = 60;

const sameHost = (one: Endpoint, other: Endpoint): boolean => hostOf(one) === hostOf(other);

/** The calls that are under way. One is dropped shortly after its end, so that a long capture needs no more than a short one. */
export class Calls {
  readonly #context: CallContext;
  readonly #open = new Set<Call>();
  readonly #byId = new Map<string, Call>();
  /** Calls without a final answer by the address of record that they are for: another Call-ID may be the same call behind a B2BUA. */
  readonly #byAor = new Map<string, Set<Call>>();
  #sweptAtMs = 0;

  constructor(context: CallContext) {
    this.#context = context;
  }

  observe(observed: ObservedMessage): void {
    const { message, atMs } = observed;
    this.#sweep(atMs);
    const callId = callIdOf(message);
    if (callId === undefined) return;
    const call = this.#byId.get(callId) ?? this.#begin(observed, callId);
    if (call === null) return;
    const isRetransmission = this.#note(call, observed);
    if (isRetransmission) return;
    if (message.kind === 'response') this.#response(call, observed, message);
    else this.#request(call, observed, message);
  }

  /** Judges what is under way when the capture ends. */
  end(endMs: number): void {
    for (const call of [...this.#open]) this.#drop(call, endMs);
  }

  /** The call that an INVITE outside of a dialog begins, or to which it belongs as a leg of a B2BUA; null for all else. */
  #begin({ message, atMs, source, destination }: ObservedMessage, callId: string): Call | null {
    if (message.kind !== 'request' || message.method !== 'INVITE' || tagOf(toOf(message)) !== undefined) return null;
    const target = this.#context.target(message);
    if (target === null) return null;
    const { aor, isContact } = target;
    const behind = this.#behindB2bua(aor, source);
    if (behind !== null) {
      this.#byId.set(callId, behind);
      behind.callIds.add(callId);
      return behind;
    }
    const { bound, doubtful } = this.#context.standing(aor);
    const call: Call = {
      aor,
      callId,
      callIds: new Set([callId]),
      invitedAtMs: atMs,
      caller: source,
      server: destination,
      contacts: new Set(),
      called: new Set(),
      alerts: new Map(),
      doubtful,
      boundThen: bound,
      isTried: false,
      cancelledAtMs: null,
      challenge: null,
      isRefusedByDevice: isContact,
      end: null,
      entries: [],
      transactions: new Set(),
    };
    this.#open.add(call);
    this.#byId.set(callId, call);
    const others = this.#byAor.get(aor) ?? new Set();
    this.#byAor.set(aor, others.add(call));
    return call;
  }

  /** An INVITE for the same address of record from where an earlier one went to: its next leg, with a Call-ID of its own. */
  #behindB2bua(aor: string, source: Endpoint): Call | null {
    const from = [...(this.#byAor.get(aor) ?? [])].filter((call) => {
      const isFromServer = sameHost(call.server, source) && !sameHost(call.caller, source);
      return isFromServer || call.called.has(endpointText(source));
    });
    return from.find(({ called }) => called.size === 0) ?? from.at(-1) ?? null;
  }

  /** Keeps a message for the ladder. Returns whether it was seen before: a retransmission, or a copy of the capture's. */
  #note(call: Call, observed: ObservedMessage): boolean {
    const { source, destination, message } = observed;
    const branch = topVia(message)?.params.get('branch') ?? '';
    const cseq = cseqOf(message);
    const what = message.kind === 'request' ? message.method : `${message.status} ${tagOf(toOf(message))}`;
    const key = `${endpointText(source)} ${endpointText(destination)} ${branch} ${cseq?.number} ${cseq?.method} ${what}`;
    const isRetransmission = call.transactions.has(key);
    call.transactions.add(key);
    if (call.entries.length < mostEntries) {
      call.entries.push(this.#context.entry(call.aor, observed, isRetransmission));
    }
    return isRetransmission;
  }

  #request(call: Call, { source, destination, atMs }: ObservedMessage, message: SipRequest): void {
    if (message.method === 'CANCEL' && isFirstHop(call, source)) call.cancelledAtMs ??= atMs;
    if (message.method !== 'INVITE' || tagOf(toOf(message)) !== undefined) return;
    if (isFirstHop(call, source) && sameHost(call.server, destination)) {
      call.challenge = null;
      return;
    }
    const uri = parseUri(message.uri);
    if (uri !== undefined) {
      call.contacts.add(contactName(uri));
      this.#context.reached(call.aor, contactName(uri));
    }
    call.called.add(endpointText(destination));
  }

  #response(call: Call, { source, destination, atMs }: ObservedMessage, message: SipResponse): void {
    if (cseqOf(message)?.method !== 'INVITE' || call.end !== null) return;
    const { status, reason } = message;
    call.isTried = true;
    const isToCaller = isFirstHop(call, destination) && sameHost(call.server, source);
    // 181 and 182 say that the call is forwarded or queued: nobody hears anything yet.
    if (status === 180 || status === 183) this.#alerted(call, message, source, atMs, !isToCaller);
    if (!isToCaller) {
      if (status >= 300) call.isRefusedByDevice = true;
      if (status >= 200 && status < 300) this.#alerted(call, message, source, atMs, true);
      return;
    }
    if (status < 200) return;
    if (status < 300) call.end = { how: 'answered', atMs };
    else if (status === 401 || status === 407) call.challenge = { atMs, status, reason };
    else if (status === 487 && call.cancelledAtMs !== null) call.end = { how: 'gaveUp', atMs };
    else call.end = { how: 'failed', atMs, status, reason };
    if (call.end !== null) this.#noMoreLegs(call);
    if (outcomeOf(call, atMs) === 'lost') this.#context.failed(call);
  }

  #alerted(call: Call, message: SipResponse, from: Endpoint, atMs: number, isBehindServer: boolean): void {
    const tag = tagOf(toOf(message)) ?? '';
    const known = call.alerts.get(tag);
    if (known?.isBehindServer || (known !== undefined && !isBehindServer)) return;
    call.alerts.set(tag, { atMs: known?.atMs ?? atMs, tag, from, isBehindServer });
  }

  /** Every second of the capture; a call has time until then. */
  #sweep(nowMs: number): void {
    if (nowMs < this.#sweptAtMs + 1_000) return;
    this.#sweptAtMs = nowMs;
    for (const call of this.#open) if (isOver(call, nowMs)) this.#drop(call, nowMs);
  }

  #noMoreLegs(call: Call): void {
    const others = this.#byAor.get(call.aor);
    others?.delete(call);
    if (others?.size === 0) this.#byAor.delete(call.aor);
  }

  #drop(call: Call, nowMs: number): void {
    if (call.end === null && call.cancelledAtMs !== null) call.end = { how: 'gaveUp', atMs: call.cancelledAtMs };
    this.#open.delete(call);
    this.#noMoreLegs(call);
    this.#context.ended(call, nowMs);
    for (const id of call.callIds) this.#byId.delete(id);
  }
}

const isFirstHop = (call: Call, source: Endpoint): boolean => sameHost(source, call.caller);

function isOver(call: Call, nowMs: number): boolean {
  const endMs = call.end?.atMs ?? call.cancelledAtMs ?? call.challenge?.atMs;
  if (endMs !== undefined) return nowMs > endMs + lingerMs;
  if (call.alerts.size > 0 || call.isTried) return nowMs > call.invitedAtMs + endlessMs;
  return nowMs > call.invitedAtMs + 2 * noAnswerAfterMs;
}
