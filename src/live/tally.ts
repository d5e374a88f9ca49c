import { callStories } from '../sim/report/callStory.ts';
import type { Trace } from '../sim/trace/trace.ts';
import { userCallIn } from './userCallStory.ts';

/** What became of the calls that users made. */
export interface UserCalls {
  readonly calls: number;
  /** Calls whose user got no final answer before the run was over. */
  readonly undecided: number;
  /** Of those that are decided: failed, or answered by another phone than the one that was called. */
  readonly lost: number;
}

/** What became of the calls and hand-overs of some runs. Times in milliseconds. */
export interface Tally {
  readonly runs: number;
  readonly calls: number;
  /** Calls whose caller got no final answer before the run was over: neither lost nor fine. */
  readonly undecided: number;
  /** Of those that are decided. */
  readonly lost: number;
  /** Alerted, but later after the dialling than is acceptable. */
  readonly late: number;
  readonly rungTwice: number;
  readonly byUser: UserCalls;
  /** From dialling to alerting, of every call that alerted, ascending. */
  readonly alertingMs: readonly number[];
  /** How long nobody was registered between two owners, as the server saw it, ascending. */
  readonly gapsMs: readonly number[];
}

const callsOf = ({ verdicts }: Trace, property: string): readonly number[] =>
  verdicts.find((one) => one.property === property)?.violation?.calls ?? [];

/** The calls of a run whose caller got no final answer, and did not give up either; the user's own has no number. */
export const undecidedIn = (trace: Trace): readonly (number | 'byUser')[] => [
  ...undecidedToUser(trace),
  ...(userCallIn(trace) === 'undecided' ? ['byUser' as const] : []),
];

const undecidedToUser = (trace: Trace): readonly number[] =>
  callStories(trace)
    .filter(({ end }) => end === null)
    .map(({ call }) => call);

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

/** Counts over runs, one after the other, without keeping them. */
export class Counter {
  readonly #lateAfterMs: number;
  readonly #counts = { runs: 0, calls: 0, undecided: 0, lost: 0, late: 0, rungTwice: 0 };
  readonly #byUser = { calls: 0, undecided: 0, lost: 0 };
  readonly #alertingMs: number[] = [];
  readonly #gapsMs: number[] = [];

  /** A call that alerts later than that after it was dialled is late. */
  constructor(lateAfterMs: number) {
    this.#lateAfterMs = lateAfterMs;
  }

  add(trace: Trace): void {
    const stories = callStories(trace);
    const alertingMs = stories.flatMap(({ placedAtMs, alertedMs }) =>
      alertedMs === null ? [] : alertedMs - placedAtMs,
    );
    this.#counts.runs++;
    this.#counts.calls += stories.length;
    this.#counts.undecided += undecidedToUser(trace).length;
    this.#counts.lost += callsOf(trace, 'noInviteLost').length;
    this.#counts.late += alertingMs.filter((ms) => ms > this.#lateAfterMs).length;
    this.#counts.rungTwice += callsOf(trace, 'ringsOnce').length;
    const byUser = userCallIn(trace);
    if (byUser !== null) this.#byUser.calls++;
    if (byUser === 'undecided' || byUser === 'lost') this.#byUser[byUser]++;
    this.#alertingMs.push(...alertingMs);
    this.#gapsMs.push(...gapsOf(trace));
  }

  tally(): Tally {
    return {
      ...this.#counts,
      byUser: { ...this.#byUser },
      alertingMs: ascending(this.#alertingMs),
      gapsMs: ascending(this.#gapsMs),
    };
  }
}
