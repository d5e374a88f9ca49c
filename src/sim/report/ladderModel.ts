import type { TraceBody, TraceRecord } from '../trace/trace.ts';
import { withFolds, withRepeats } from './folds.ts';
import { isOfSystem, type Standing, standingAfter, standingAtStart } from './lanes.ts';
import { arrivalOf, factsOf, missingOf, type RunFacts } from './messageRow.ts';
import { noteOf, phoneNotes } from './noteRow.ts';
import type { Hidden, Row } from './rows.ts';
import { systemRows } from './systemRows.ts';
import { isTimerOfInterest } from './timerLabel.ts';

/** Which part of the run is drawn, in milliseconds, and whether with everything in it. */
export interface LadderView {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly all?: boolean;
}

/** The rows of a run, and what of it they do not show. */
export interface LadderModel {
  readonly rows: readonly Row[];
  /** Within the view: too little interest. */
  readonly hidden: readonly Hidden[];
  /** Rows outside of the view. */
  readonly outside: { readonly before: number; readonly after: number };
}

/** A row to which how things stand has yet to be added. */
type Draft = Row extends infer One ? (One extends Row ? Omit<One, 'before' | 'after'> : never) : never;

/** Heartbeats, retransmission timers and timers that did nothing; whatever changes how things stand is drawn. */
function littleInterest(record: TraceRecord, changes: boolean): Hidden['what'] | null {
  const { kind, event, fate } = record;
  if (changes) return null;
  if (kind === 'message') return event.type === 'control.heartbeat' && fate === 'happen' ? 'heartbeat' : null;
  return kind === 'timer' && !isTimerOfInterest(record) ? 'timer' : null;
}

/** The rows that show what happened in a record. When the user reacts, the phone's note says it all. */
function draftsOf(record: TraceRecord, facts: RunFacts, isHidden: boolean): Draft[] {
  const { kind, event } = record;
  const phone = phoneNotes(record).map((note): Draft => ({ kind: 'note', ...note }));
  const saysItAll = phone.length > 0 && event.type.startsWith('xstate.after.userReaction.');
  if (kind === 'start' || isHidden || saysItAll) return phone;
  if (kind === 'message') return [{ kind, ...arrivalOf(record, facts) }, ...phone];
  return [{ kind: 'note', ...noteOf(record, facts) }, ...phone];
}

function violationDrafts(trace: TraceBody, isDue: (step: number | null, atMs: number | null) => boolean): Draft[] {
  return trace.verdicts.flatMap(({ property, violation, step, atMs }) =>
    violation !== null && isDue(step, atMs)
      ? [{ kind: 'violation' as const, atMs: atMs ?? trace.endMs, step: null, property, what: violation.what }]
      : [],
  );
}

/** The messages that a record made unreachable, which have no record of their own. */
function unreachableDrafts({ records }: TraceBody, { atMs, lostSerials }: TraceRecord, facts: RunFacts): Draft[] {
  if (lostSerials.length === 0) return [];
  const lost = records.flatMap(({ sent }) => sent.filter(({ serial }) => lostSerials.includes(serial)));
  return lost.map((message) => ({ kind: 'message', ...missingOf(message, 'lost', atMs, facts) }));
}

/** The messages that had not arrived when the run ended. */
function underWayDrafts({ records, endMs }: TraceBody, facts: RunFacts): Draft[] {
  const over = new Set(records.flatMap(({ serial, lostSerials }) => [serial, ...lostSerials]));
  const pending = records.flatMap(({ sent }) => sent.filter(({ serial }) => !over.has(serial)));
  return pending.map((message) => ({ kind: 'message', ...missingOf(message, 'underWay', endMs, facts) }));
}

/** Every row of a run from its start to its end, without folds, and what is hidden between them. */
function everything(trace: TraceBody, all: boolean): { rows: Row[]; hidden: Hidden[] } {
  const facts = factsOf(trace);
  const rows: Row[] = [];
  const hidden: Hidden[] = [];
  let standing = standingAtStart;
  const add = (drafts: readonly Draft[], after: Standing) => {
    for (const draft of drafts) {
      rows.push({ ...draft, before: standing, after } as Row);
      standing = after;
    }
  };
  for (const record of trace.records) {
    const { step: now, atMs: nowMs } = record;
    const after = standingAfter(standing, record);
    // The time of an obligation may have run out before this record.
    add(
      violationDrafts(trace, (step, atMs) => step === now && atMs !== null && atMs < nowMs),
      standing,
    );
    const what = all ? null : littleInterest(record, after !== standing);
    if (what !== null) hidden.push({ step: now, atMs: nowMs, what });
    add(draftsOf(record, facts, what !== null), after);
    add(unreachableDrafts(trace, record, facts), after);
    add(
      violationDrafts(trace, (step, atMs) => step === now && atMs === nowMs),
      after,
    );
  }
  const steps = trace.records.length;
  const late = violationDrafts(trace, (step) => step === null || step >= steps);
  add(
    late.toSorted((one, other) => one.atMs - other.atMs),
    standing,
  );
  add(underWayDrafts(trace, facts), standing);
  add([{ kind: 'end', atMs: trace.endMs, step: null }], standing);
  return { rows, hidden };
}

/** The rows that every ladder and diagram of this run draws. */
export function ladderModel(
  trace: TraceBody,
  { fromMs = 0, toMs = Number.POSITIVE_INFINITY, all = false }: LadderView = {},
): LadderModel {
  const { rows, hidden } = isOfSystem(trace)
    ? { rows: systemRows(trace) as readonly Row[], hidden: [] }
    : everything(trace, all);
  const isIn = ({ atMs }: { atMs: number }) => atMs >= fromMs && atMs <= toMs;
  const shown = rows.filter(isIn);
  return {
    rows: withFolds(all ? shown : withRepeats(shown), hidden),
    hidden: hidden.filter(isIn),
    outside: {
      before: rows.filter(({ atMs }) => atMs < fromMs).length,
      after: rows.filter(({ kind, atMs }) => kind !== 'end' && atMs > toMs).length,
    },
  };
}
