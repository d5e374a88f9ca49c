import { callStories } from '../sim/report/callStory.ts';
import type { Trace } from '../sim/trace/trace.ts';

/** What became of the calls and hand-overs of some runs. Times in milliseconds. */
export interface Tally {
  readonly runs: number;
  readonly calls: number;
  readonly lost: number;
  /** Alerted, but later after the dialling than is acceptable. */
  readonly late: number;
  readonly rungTwice: number;
  /** From dialling to alerting, of every call that alerted, ascending. */
  readonly alertingMs: readonly number[];
  /** How long nobody was registered between two owners, as the server saw it, ascending. */
  readonly gapsMs: readonly number[];
}

const callsOf = ({ verdicts }: Trace, property: string): readonly number[] =>
  verdicts.find((one) => one.property === property)?.violation?.calls ?? [];

function gapsOf({ records }: Trace): number[] {
  const gaps: number[] = [];
  let emptySinceMs: number | null = null;
  let wasBound = false;
  for (const { atMs, observations } of records) {
    for (const one of observations) {
      if (one.type !== 'bindings') continue;
      const isBound = one.contacts.length > 0;
      if (isBound && emptySinceMs !== null) gaps.push(atMs - emptySinceMs);
      emptySinceMs = !isBound && wasBound ? (emptySinceMs ?? atMs) : null;
      wasBound = wasBound || isBound;
    }
  }
  return gaps;
}

const ascending = (values: readonly number[]): number[] => [...values].sort((one, other) => one - other);

/** Counts over runs. A call that alerts later than `lateAfterMs` after it was dialled is late. */
export function tallyOf(traces: readonly Trace[], lateAfterMs: number): Tally {
  const stories = traces.flatMap(callStories);
  const alertingMs = stories.flatMap(({ placedAtMs, alertedMs }) => (alertedMs === null ? [] : alertedMs - placedAtMs));
  const counted = (property: string) => traces.reduce((sum, trace) => sum + callsOf(trace, property).length, 0);
  return {
    runs: traces.length,
    calls: stories.length,
    lost: counted('noInviteLost'),
    late: alertingMs.filter((ms) => ms > lateAfterMs).length,
    rungTwice: counted('ringsOnce'),
    alertingMs: ascending(alertingMs),
    gapsMs: ascending(traces.flatMap(gapsOf)),
  };
}
