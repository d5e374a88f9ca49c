import type { Call } from '../../machines/messages.ts';
import { callStories } from '../../sim/report/callStory.ts';
import { isOfSystem, type Lifecycle, type Registered, standingAfter, standingAtStart } from '../../sim/report/lanes.ts';
import { verdictSentences } from '../../sim/report/sentence.ts';
import { registeredText } from '../../sim/report/wording.ts';
import type { TraceBody } from '../../sim/trace/trace.ts';

/** A stretch of the run in which something stays as it is. */
export interface Stretch<Value> {
  readonly value: Value;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch with those who are registered in it, in words: of several phones these say which. */
export interface RegisteredStretch extends Stretch<Registered> {
  readonly words: string;
}

/** What became of a call, for the user of the phone. */
export interface CallMark {
  readonly call: Call;
  readonly placedAtMs: number;
  /** When it was lost, answered or otherwise over. */
  readonly atMs: number;
  readonly outcome: 'answered' | 'late' | 'alerted' | 'lost' | 'open';
  readonly text: string;
}

/** A run small enough to stand beside others. */
export interface Glance {
  readonly registered: readonly RegisteredStretch[];
  readonly lifecycle: readonly Stretch<Lifecycle>[];
  readonly calls: readonly CallMark[];
  /** When anything happens in the run of a system, which has none of these: as many dates as can be told apart. */
  readonly dates: readonly number[];
  readonly endMs: number;
  readonly violated: readonly string[];
  readonly sentence: string;
  /** When somebody was registered for the first time. */
  readonly firstMs: number;
  /** How long nobody was registered, counted from the first registration on. */
  readonly nobodyMs: number;
  readonly bothMs: number;
}

/** A caller who waits longer than this for the first ring thinks that nothing happens. */
const lateMs = 8_000;

const secondsOf = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function stretches<Value>(trace: TraceBody, read: (standing: typeof standingAtStart) => Value): Stretch<Value>[] {
  const result: { value: Value; fromMs: number; toMs: number }[] = [
    { value: read(standingAtStart), fromMs: 0, toMs: trace.endMs },
  ];
  let standing = standingAtStart;
  for (const record of trace.records) {
    standing = standingAfter(standing, record);
    const last = result.at(-1);
    const value = read(standing);
    if (last === undefined || last.value === value) continue;
    last.toMs = record.atMs;
    result.push({ value, fromMs: record.atMs, toMs: trace.endMs });
  }
  return result.filter(({ fromMs, toMs }) => toMs > fromMs);
}

function registeredStretches(trace: TraceBody): RegisteredStretch[] {
  const meaning = new Map<string, Registered>();
  const named = stretches(trace, (standing) => {
    const words = registeredText(standing);
    meaning.set(words, standing.registered);
    return words;
  });
  return named.map(({ value: words, ...dates }) => ({ ...dates, words, value: meaning.get(words) ?? 'unknown' }));
}

function callMarks(trace: TraceBody): CallMark[] {
  const lost = trace.verdicts.find(({ property }) => property === 'noInviteLost')?.violation?.calls ?? [];
  return callStories(trace).map(({ call, placedAtMs, alertedMs, answeredMs, end }) => {
    const endMs = end?.atMs ?? trace.endMs;
    if (lost.includes(call)) {
      const text = end?.how === 'failed' ? String(end.code) : end === null ? 'no answer' : 'caller gave up';
      return { call, placedAtMs, atMs: endMs, outcome: 'lost', text };
    }
    if (alertedMs === null) return { call, placedAtMs, atMs: endMs, outcome: 'open', text: 'never alerted' };
    const text = `after ${secondsOf(alertedMs - placedAtMs)}`;
    const inTime = alertedMs - placedAtMs <= lateMs;
    const outcome = inTime ? (answeredMs === null ? 'alerted' : 'answered') : 'late';
    return { call, placedAtMs, atMs: alertedMs, outcome, text };
  });
}

const lengthOf = (all: readonly Stretch<Registered>[], value: Registered): number =>
  all.reduce((sum, one) => (one.value === value ? sum + one.toMs - one.fromMs : sum), 0);

/** More dates than this cannot be told apart in a strip. */
const mostDates = 400;

function systemDates({ records }: TraceBody): number[] {
  const dates = [...new Set(records.flatMap(({ kind, atMs }) => (kind === 'start' ? [] : [atMs])))];
  const every = Math.ceil(dates.length / mostDates);
  return dates.filter((_, index) => index % every === 0);
}

/** What every run has. */
const plainGlance = (trace: TraceBody) => ({
  endMs: trace.endMs,
  violated: trace.verdicts.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property),
  sentence: verdictSentences(trace)[0] ?? '',
});

const systemGlance = (trace: TraceBody): Glance => ({
  ...plainGlance(trace),
  registered: [],
  lifecycle: [],
  calls: [],
  dates: systemDates(trace),
  firstMs: trace.endMs,
  nobodyMs: 0,
  bothMs: 0,
});

/** Looks at a run from afar. */
export function glanceAt(trace: TraceBody): Glance {
  if (isOfSystem(trace)) return systemGlance(trace);
  const registered = registeredStretches(trace);
  const first = registered.findIndex(({ value }) => value !== 'nobody');
  return {
    ...plainGlance(trace),
    registered,
    lifecycle: stretches(trace, (standing) => standing.lifecycle),
    calls: callMarks(trace),
    dates: [],
    firstMs: registered[first]?.fromMs ?? trace.endMs,
    nobodyMs: first < 0 ? trace.endMs : lengthOf(registered.slice(first), 'nobody'),
    bothMs: lengthOf(registered, 'both'),
  };
}

/** The dates by which the axis of some runs is folded: where something changes that they show. */
export const datesOf = (glances: readonly Glance[]): number[] =>
  glances.flatMap(({ registered, lifecycle, calls, dates }) => [
    ...dates,
    ...registered.map(({ fromMs }) => fromMs),
    ...lifecycle.map(({ fromMs }) => fromMs),
    ...calls.flatMap(({ placedAtMs, atMs }) => [placedAtMs, atMs]),
  ]);
