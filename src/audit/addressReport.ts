import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import type { Audited } from './audited.ts';
import type { AddressReport, GapReport, LossReport } from './auditReport.ts';
import type { Outcome } from './call.ts';
import { type AlertedCall, CallLedger, type Loss } from './callLedger.ts';
import { lossStory, outcomeStories, resultOf } from './lossStory.ts';
import { modeSeen } from './modeSeen.ts';
import { type DoubleRegistration, durationOf, type Gap } from './registrations.ts';
import { eliminate, type Side, sideName } from './sides.ts';

/** The gap in which an INVITE came, if nobody may have been registered then. */
function gapAt(gaps: readonly Gap[], atMs: number): Gap | null {
  return (
    gaps.find(({ from, until }) => from.requestMs <= atMs && atMs <= (until?.replyMs ?? Number.POSITIVE_INFINITY)) ??
    null
  );
}

/** Two sides of which both are known to be the same one are none: a phone with a new address, or a second one. */
const areTwo = ({ sides }: DoubleRegistration): boolean => {
  const [first, ...others] = sides;
  return others.some(({ role }) => role === null || role !== first?.role);
};

/** What of an address of record the report is about. */
export interface ReportLimits {
  /** When the capture ended. */
  readonly endMs: number;
  /** Whether SIP may have passed that could not be read. */
  readonly isPartlyHidden: boolean;
  /** Only what happened between them. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Only certain calls: then it is no matter who was registered at once. */
  readonly areCallsAsked: boolean;
  /** Lost calls that are reported one by one. */
  readonly maxLosses: number;
}

type Lasting = Pick<Gap, 'from' | 'until'>;

/** Everything that was found about one address of record. Names its sides once and for all. */
export function addressReport({ record, ledger: calls, registrar }: Audited, limits: ReportLimits): AddressReport {
  const ledger = calls ?? new CallLedger();
  const { endMs, isPartlyHidden, fromMs, untilMs, areCallsAsked, maxLosses } = limits;
  const isWithin = ({ from, until }: Lasting) =>
    from.requestMs <= untilMs && (until?.replyMs ?? Number.POSITIVE_INFINITY) >= fromMs;
  const isThen = (atMs: number) => fromMs <= atMs && atMs <= untilMs;
  const sides = record.sides.all;
  eliminate(sides);
  settleUnseen(ledger, record.gaps);
  const nameAt = (endpoint: Endpoint) => {
    const side = record.sides.at(endpoint);
    return side === undefined ? endpointText(endpoint) : sideName(side);
  };
  const lostIn = new Map<Gap, number>();
  const losses: LossReport[] = [];
  const undecided: LossReport[] = [];
  let undecidedCalls = 0;
  for (const loss of ledger.losses) {
    const gap = gapAt(record.gaps, loss.invitedAtMs);
    if (gap !== null) lostIn.set(gap, (lostIn.get(gap) ?? 0) + 1);
    const isOpen = isPartlyHidden && mayBeHidden(loss, gap, sides);
    if (isOpen) undecidedCalls++;
    const list = isOpen ? undecided : losses;
    if (list.length < maxLosses) list.push(lossReport(loss, 'lost', lossStory(loss, gap, sides)));
  }
  const alerted = ({ callId, invitedAtMs, alerts }: AlertedCall) => ({
    callId,
    invitedAtMs,
    by: alerts.map(({ from }) => nameAt(from)),
    afterMs: (alerts[0]?.atMs ?? invitedAtMs) - invitedAtMs,
  });
  return {
    aor: record.aor,
    sides: sides.map(sideReport),
    registers: { seen: record.registers, ...record.counts },
    refusals: record.refusals
      .filter(({ atMs }) => isThen(atMs))
      .map(({ side, bound, acceptedMs, ...refusal }) => ({
        ...refusal,
        side: sideName(side),
        bound: bound.map(sideName),
        acceptedAfterMs: acceptedMs === null ? null : acceptedMs - refusal.atMs,
      })),
    handOvers: record.handOvers.all
      .filter(({ at }) => isThen(at.requestMs))
      .map(({ from, to, at, order }) => ({
        from: sideName(from),
        to: sideName(to),
        atMs: at.requestMs,
        order,
      })),
    gaps: record.gaps.filter(isWithin).map((gap) => gapReport(gap, endMs, lostIn.get(gap) ?? 0)),
    doubles: record.doubles
      .filter((one) => !areCallsAsked && areTwo(one) && isWithin(one))
      .map(({ from, until, sides: both }) => ({
        fromMs: from.requestMs,
        untilMs: until?.replyMs ?? null,
        duration: durationOf(from, until, endMs),
        sides: both.map(sideName),
        areKnown: both.every(({ role }) => role !== null),
      })),
    doubtfulDoubles: registrar.lists === 'unknown' && !areCallsAsked ? record.doubtful.length : 0,
    calls: {
      ...ledger.counts,
      lost: ledger.counts.lost - undecidedCalls,
      undecided: undecidedCalls,
    },
    losses,
    undecided,
    asked: ledger.asked.map((call) => lossReport(call, call.outcome, outcomeStories[call.outcome])),
    byServer: ledger.byServer.map(({ callId, invitedAtMs }) => ({ callId, invitedAtMs })),
    redirectedByServer: ledger.redirectedByServer,
    lateAlerts: ledger.late.map(alerted).map(({ by, ...rest }) => ({ ...rest, by: by[0] ?? '' })),
    doublyAlerted: ledger.doubly.map(alerted).map(({ afterMs: _, ...rest }) => rest),
    mode: modeSeen(sides, record.handOvers.all, record.counts),
  };
}

/**
 * Whether what cannot be read may explain a loss: nobody is seen to come, or the only one who is seen goes and comes again.
 * The other one may be there and hidden.
 */
const mayBeHidden = ({ called, boundThen }: Loss, gap: Gap | null, sides: readonly Side[]): boolean =>
  called.length === 0 &&
  (gap === null ? boundThen === null || boundThen.length === 0 : gap.after === null || sides.length < 2);

/** Of calls for a number that was not known then it shows only now whether anybody was registered. */
function settleUnseen({ unseen, byServer, counts }: CallLedger, gaps: readonly Gap[]): void {
  for (const call of unseen.splice(0)) {
    if (gapAt(gaps, call.invitedAtMs) === null) {
      unseen.push(call);
      continue;
    }
    counts[call.outcome]--;
    counts.byServer++;
    byServer.push(call);
  }
}

const sideReport = (side: Side) => ({
  id: side.id,
  name: sideName(side),
  role: side.role,
  why: side.why,
  endpoints: side.endpoints.items,
  userAgent: side.userAgent,
  contacts: side.contacts.items,
});

const gapReport = ({ from, until, cause, before, after }: Gap, endMs: number, callsLost: number): GapReport => ({
  fromMs: from.requestMs,
  untilMs: until?.replyMs ?? null,
  duration: durationOf(from, until, endMs),
  cause,
  before: sideName(before),
  after: after === null ? null : sideName(after),
  callsLost,
});

function lossReport(loss: Loss, outcome: Outcome, why: string): LossReport {
  const { callId, caller, server, invitedAtMs, endedAtMs, file, frame, ending, entries } = loss;
  return {
    outcome,
    callId,
    caller: endpointText(caller),
    file,
    frame,
    invitedAtMs,
    endedAtMs,
    result: resultOf(ending),
    why,
    ladder: entries === null ? null : { caller: endpointText(caller), server: endpointText(server), entries },
  };
}
