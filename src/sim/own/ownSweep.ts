import { doubling, sharingError, trialsAtWorst, trialsWithoutHit } from '../statistics/looks.ts';
import { meanInterval } from '../statistics/mean.ts';
import { farthest, type Interval, shareInterval } from '../statistics/share.ts';
import type { RunWorlds } from '../sweep/runWorlds.ts';
import { RunTally, type Tally } from '../sweep/tally.ts';
import { refuseNumbers, refuseShares } from './refuseNumbers.ts';

/** Which runs are made. Plain data. */
export interface SweepQuestion {
  /**
   * How many runs; default 100. With a `precision` at most so many, and by default as many as it takes. Their seeds are `firstSeed`
   * (default 1) and those that follow.
   */
  readonly runs?: number;
  readonly firstSeed?: number;
  /** Runs are made until no end of an interval is farther from its share than that, from 0.000001 to 0.5. */
  readonly precision?: number;
  /** How sure each interval is to be, from 0.5 to 0.999999; default 0.95. */
  readonly confidence?: number;
}

/** How far many runs are. */
export interface RunsProgress {
  /** Runs that have been made. */
  readonly runs: number;
}

/** In how many runs a property was violated. */
export interface SweptProperty {
  readonly property: string;
  readonly violatedRuns: number;
  /** What covers the share of such runs, from 0 to 1 (Clopper and Pearson). */
  readonly interval: readonly [low: number, high: number];
  /** The first seed that violates it: `simulate` shows its run. */
  readonly firstSeed: number | null;
  /** Whether some run gave the property something to judge. */
  readonly witnessed: boolean;
}

/** What many runs have come to. */
export interface Swept {
  readonly runs: number;
  /** False where it was ended before all runs were made that were asked for, or before it knew as precisely as that. */
  readonly isComplete: boolean;
  /**
   * Calls of a hand-over; null where there are none. The interval is that of the share of calls that are lost: calls that were not
   * decided when their run ended count as saved at its lower end, as lost at its upper end.
   */
  readonly calls: {
    readonly made: number;
    readonly lost: number;
    readonly undecided: number;
    readonly interval: readonly [low: number, high: number];
    readonly firstSeed: number | null;
  } | null;
  readonly properties: readonly SweptProperty[];
}

/** A tally with its intervals, each with that confidence. */
export function sweptOf(tally: Tally, isOfDays: boolean, confidence: number): Omit<Swept, 'isComplete'> {
  return {
    runs: tally.runs,
    calls: callsOf(tally, isOfDays, confidence),
    properties: tally.properties.map(({ property, violated, firstSeed, witnessed }) => ({
      property,
      violatedRuns: violated,
      interval: shareInterval(violated, tally.runs, confidence),
      firstSeed,
      witnessed,
    })),
  };
}

function callsOf({ calls, runs }: Tally, isOfDays: boolean, confidence: number): Swept['calls'] {
  if (calls === null || calls.most === 0) return null;
  const { most, measured } = calls;
  const { made, lost, undecided } = measured.calls;
  const [low] = meanInterval(calls.lost, most, confidence);
  const [, high] = meanInterval(calls.open, most, confidence);
  // A day has a drawn number of calls.
  const scale = isOfDays ? (most * runs) / made : 1;
  return { made, lost, undecided, interval: [low * scale, Math.min(1, high * scale)], firstSeed: calls.losingSeed };
}

/** Throws an InputError for numbers of runs, seeds and shares that are none. */
export const refuseSweep = ({ runs = 100, firstSeed = 1, precision, confidence }: SweepQuestion): void => {
  refuseNumbers('sweep', { runs: [runs, 1, 1_000_000_000], firstSeed: [firstSeed, 0, 4_294_967_295] });
  refuseShares('sweep', { precision: [precision, 0.000001, 0.5], confidence: [confidence, 0.5, 0.999999] });
};

/** After how many runs a sweep is looked at, and how sure each look's intervals must be. */
export function sweepLooks({ runs, precision, confidence = 0.95 }: Omit<SweepQuestion, 'firstSeed'>) {
  if (precision === undefined) return { looks: [runs ?? 100], confidence };
  const most = runs ?? Number.POSITIVE_INFINITY;
  return sharingError(confidence, (each) => {
    const last = Math.min(trialsAtWorst(precision, each), most);
    return doubling(Math.min(trialsWithoutHit(precision, each), last), last);
  });
}

/** Whether the calls that are lost, or where there are none the runs that violate each property, are known as precisely as that. */
export function isKnown(
  { runs, calls, properties }: Omit<Swept, 'isComplete'>,
  precision: number | undefined,
): boolean {
  if (precision === undefined) return false;
  const isNear = (interval: Interval, share: number) => farthest(interval, share) <= precision;
  if (calls !== null) return isNear(calls.interval, calls.made === 0 ? 0 : calls.lost / calls.made);
  return properties.every(({ violatedRuns, interval }) => isNear(interval, violatedRuns / runs));
}

/** Makes runs with seeds, one a step. Told to stop, it ends with those that were made. */
export function* sweeping(worlds: RunWorlds, question: SweepQuestion): Generator<RunsProgress, Swept, boolean> {
  const { firstSeed = 1, precision } = question;
  const { looks, confidence } = sweepLooks(question);
  const tally = new RunTally(worlds);
  const swept = () => sweptOf(tally.tally(), worlds.isOfDays, confidence);
  for (const size of looks) {
    while (tally.runs < size) {
      tally.make(firstSeed + tally.runs);
      const isStopped = !(yield { runs: tally.runs });
      if (isStopped && tally.runs < size) return { ...swept(), isComplete: false };
    }
    const known = swept();
    if (isKnown(known, precision)) return { ...known, isComplete: true };
  }
  return { ...swept(), isComplete: precision === undefined };
}
