import type { Endpoint } from '../capture/endpoint.ts';
import { contactsOf, cseqOf, toOf } from '../sip/message/headers.ts';
import type { SipRequest } from '../sip/message/message.ts';
import { parseUri } from '../sip/message/uri.ts';
import { aorOf, contactName, hostOf } from './addresses.ts';
import { AddressRecord, type Registrar } from './addressRecord.ts';
import { addressReport } from './addressReport.ts';
import type { Audited } from './audited.ts';
import type { AddressReport, AuditReport } from './auditReport.ts';
import { type Call, type LadderEntry, outcomeOf } from './call.ts';
import { CallLedger } from './callLedger.ts';
import { type CallContext, Calls, type Standing } from './calls.ts';
import { labelOf } from './label.ts';
import type { ObservedMessage } from './observedMessage.ts';
import { RecentEntries } from './recentEntries.ts';
import type { KnownHosts } from './sides.ts';

/** Contacts that are remembered; those that no REGISTER has named for longest go. */
const mostContacts = 100_000;

export interface AuditOptions {
  /** Who is who, as far as the user says. */
  readonly known?: KnownHosts;
  /** The only address of record to be judged, as `aorIn` gives it. */
  readonly aor?: string;
  /** Failures whose ladders are kept. */
  readonly maxLadders?: number;
}

/**
 * Judges SIP traffic as it comes, in the order of the capture: pure, no clock and no I/O. What is over is dropped, so that
 * memory grows with what is found and not with what is looked at.
 */
export class Auditor implements CallContext {
  readonly #options: AuditOptions;
  readonly #addresses = new Map<string, Audited>();
  readonly #registrars = new Map<string, Registrar>();
  /** The address of record of each contact that a REGISTER has named. */
  readonly #aorByContact = new Map<string, string>();
  readonly #calls = new Calls(this);
  #ladders = 0;
  #startMs: number | null = null;
  #endMs = 0;
  #ordinal = 0;
  #requests = 0;
  #responses = 0;

  constructor(options: AuditOptions = {}) {
    this.#options = options;
  }

  observe(observed: ObservedMessage): void {
    const { message, atMs } = observed;
    this.#startMs ??= atMs;
    this.#endMs = Math.max(this.#endMs, atMs);
    if (message.kind === 'request') this.#requests++;
    else this.#responses++;
    const method = message.kind === 'request' ? message.method : cseqOf(message)?.method;
    if (method === 'REGISTER') this.#register(observed);
    else if (method === 'INVITE' || method === 'CANCEL' || method === 'ACK') this.#calls.observe(observed);
  }

  /**
   * Everything found. To be called once.
   * @param missing what of the capture could not be read, in words
   */
  finish(missing: readonly string[] = []): AuditReport {
    this.#calls.end(this.#endMs);
    for (const { record } of this.#addresses.values()) {
      record.advance(this.#endMs);
      record.handOvers.end(this.#endMs);
    }
    const judged = [...this.#addresses.values()].filter(
      ({ record }) => this.#options.aor !== undefined || record.registers > 0,
    );
    const addresses = judged.map((audited) => addressReport(audited, this.#endMs));
    const others = [...this.#addresses.values()].filter((one) => !judged.includes(one));
    const incomplete = [...missing, ...this.#oneSided(), ...addresses.flatMap(openQuestions)];
    return {
      startMs: this.#startMs ?? 0,
      endMs: this.#endMs,
      verdict: addresses.some(hasFailed) ? 'lossesFound' : incomplete.length > 0 ? 'cannotTell' : 'nothingLost',
      incomplete,
      addresses,
      notJudged: { addresses: others.length, calls: others.reduce((sum, { ledger }) => sum + ledger.counts.made, 0) },
    };
  }

  target(request: SipRequest): { aor: string; isContact: boolean } | null {
    const uri = parseUri(request.uri);
    const [called, to] = [aorOf(uri), aorOf(toOf(request)?.uri)];
    const isRegistered = (aor: string | null): aor is string => aor !== null && this.#addresses.has(aor);
    const owner = uri === undefined ? undefined : this.#aorByContact.get(contactName(uri));
    const found = isRegistered(called) ? called : (owner ?? (isRegistered(to) ? to : called));
    if (found === null || !this.#isAsked(found)) return null;
    return { aor: found, isContact: owner !== undefined && found !== called };
  }

  standing(aor: string): Standing {
    const record = this.#addresses.get(aor)?.record;
    if (record === undefined || !record.isKnown) return { bound: null, doubtful: new Set() };
    const doubtful = [...record.bindings].filter(({ isDoubtful }) => isDoubtful).map(({ contact }) => contact);
    return { bound: record.bound.map(({ id }) => id), doubtful: new Set(doubtful) };
  }

  entry(aor: string, { atMs, source, destination, message }: ObservedMessage, isRetransmission: boolean): LadderEntry {
    const { bound } = this.standing(aor);
    const ordinal = this.#ordinal++;
    return { atMs, source, destination, label: labelOf(message), bound, isRetransmission, ordinal };
  }

  reached(aor: string, contact: string): void {
    const audited = this.#addresses.get(aor);
    audited?.record.reached(contact, audited.registrar);
  }

  failed(call: Call): void {
    if (this.#ladders >= (this.#options.maxLadders ?? Number.POSITIVE_INFINITY)) return;
    this.#ladders++;
    this.#audited(call.aor).recent.keepFor(call);
  }

  ended(call: Call, atMs: number): void {
    const { record, ledger, recent, registrar } = this.#audited(call.aor);
    record.advance(atMs);
    const outcome = outcomeOf(call, atMs);
    if (outcome === 'lost' && !recent.isKept(call)) this.failed(call);
    const isPassedOver = call.called.size > 0 && ![...call.contacts].some((contact) => call.doubtful.has(contact));
    if (call.doubtful.size > 0 && isPassedOver) record.passedOver(call.doubtful, call.invitedAtMs, registrar);
    ledger.add(call, outcome, recent.takeFor(call));
  }

  #register(observed: ObservedMessage): void {
    const { message, atMs, source } = observed;
    const aor = aorOf(toOf(message)?.uri);
    if (aor === null || !this.#isAsked(aor)) return;
    const audited = this.#audited(aor);
    const { record, recent } = audited;
    record.advance(atMs);
    if (message.kind === 'request') {
      record.request(observed, message);
      this.#learnContacts(message, aor);
    } else {
      audited.registrar = this.#registrarAt(source);
      record.response(observed, message, audited.registrar);
    }
    recent.add(this.entry(aor, observed, false));
  }

  #learnContacts(request: SipRequest, aor: string): void {
    const contacts = contactsOf(request);
    for (const { uri } of contacts === '*' ? [] : contacts) {
      const name = contactName(uri);
      this.#aorByContact.delete(name);
      this.#aorByContact.set(name, aor);
    }
    for (const name of this.#aorByContact.keys()) {
      if (this.#aorByContact.size <= mostContacts) break;
      this.#aorByContact.delete(name);
    }
  }

  #registrarAt(endpoint: Endpoint): Registrar {
    const host = hostOf(endpoint);
    const registrar = this.#registrars.get(host) ?? { lists: 'unknown' };
    this.#registrars.set(host, registrar);
    return registrar;
  }

  #isAsked(aor: string): boolean {
    return this.#options.aor === undefined || this.#options.aor === aor;
  }

  #audited(aor: string): Audited {
    const known = this.#addresses.get(aor);
    if (known !== undefined) return known;
    const audited: Audited = {
      record: new AddressRecord(aor, this.#options.known ?? {}),
      ledger: new CallLedger(),
      recent: new RecentEntries(),
      registrar: { lists: 'unknown' },
    };
    this.#addresses.set(aor, audited);
    return audited;
  }

  /** Half of a conversation says nothing about its outcome. */
  #oneSided(): string[] {
    if (this.#requests + this.#responses === 0) return ['there is no SIP message in it that can be read'];
    if (this.#responses === 0) return ['it has requests only: the other direction was not captured'];
    return this.#requests === 0 ? ['it has responses only: the other direction was not captured'] : [];
  }
}

/** In Standard mode the new side registers before the old one goes, so for a moment both are. */
const overlapsByDesign = ({ mode }: AddressReport): boolean => mode.mode === 'standard';

const hasFailed = (address: AddressReport): boolean =>
  address.calls.lost > 0 || (address.doubles.length > 0 && !overlapsByDesign(address));

function openQuestions(address: AddressReport): string[] {
  const { aor, calls, doubtfulDoubles } = address;
  const open = calls.open === 1 ? '1 call was' : `${calls.open} calls were`;
  return [
    ...(calls.open > 0 ? [`${aor}: ${open} still under way without alerting when the capture ended`] : []),
    ...(doubtfulDoubles > 0 && !overlapsByDesign(address)
      ? [
          `${aor}: whether the old binding was replaced or remained is not to be seen (the registrar lists only what was sent)`,
        ]
      : []),
  ];
}
