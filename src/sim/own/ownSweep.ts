import { type Tally, tallyOf } from '../sweep/tally.ts';
import { wilsonInterval } from '../sweep/wilson.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { refuseNumbers } from './refuseNumbers.ts';

/** Which runs are made. Plain data. */
export interface SweepQuestion {
  /** How many runs; default 100. Their seeds are `firstSeed` (default 1) and those that follow. */
  readonly runs?: number;
  readonly firstSeed?: number;
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
  /** The share of such runs, from 0 to 1: the interval that covers it in 95 of 100 sweeps (Wilson). */
  readonly interval: readonly [low: number, high: number];
  /** The first seed that violates it: `simulate` shows its run. */
  readonly firstSeed: number | null;
  /** Whether some run gave the property something to judge. */
  readonly witnessed: boolean;
}

/** What many runs have come to. */
export interface Swept {
  readonly runs: number;
  /** False where it was ended before all runs were made that were asked for. */
  readonly isComplete: boolean;
  /** Calls of a hand-over; null where there are none. The interval is that of the share of calls that are lost. */
  readonly calls: {
    readonly made: number;
    readonly lost: number;
    readonly interval: readonly [low: number, high: number];
    readonly firstSeed: number | null;
  } | null;
  readonly properties: readonly SweptProperty[];
}

/** A tally with its intervals. */
export const sweptOf = ({ runs, callsMade, callsLost, losingSeed, properties }: Tally): Omit<Swept, 'isComplete'> => ({
  runs,
  calls:
    callsMade === 0
      ? null
      : { made: callsMade, lost: callsLost, interval: wilsonInterval(callsLost, callsMade), firstSeed: losingSeed },
  properties: properties.map(({ property, violated, firstSeed, witnessed }) => ({
    property,
    violatedRuns: violated,
    interval: wilsonInterval(violated, runs),
    firstSeed,
    witnessed,
  })),
});

/** Throws an InputError for numbers of runs and seeds that are none. */
export const refuseSweep = ({ runs = 100, firstSeed = 1 }: SweepQuestion): void =>
  refuseNumbers('sweep', { runs: [runs, 1, 1_000_000_000], firstSeed: [firstSeed, 0, 4_294_967_295] });

/** Makes runs of a world with seeds, one a step. Told to stop, it ends with those that were made. */
export function* sweeping(
  world: WorldDefinition,
  { runs = 100, firstSeed = 1 }: SweepQuestion,
): Generator<RunsProgress, Swept, boolean> {
  let isStopped = false;
  const tally = tallyOf(world, { firstSeed, runs, isStopped: () => isStopped });
  for (let made = 1; ; made++) {
    const step = tally.next();
    if (step.done) return { ...sweptOf(step.value), isComplete: step.value.runs === runs };
    isStopped = !(yield { runs: made });
  }
}
