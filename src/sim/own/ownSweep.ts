import { type Tally, tallyOf } from '../sweep/tally.ts';
import { wilsonInterval } from '../sweep/wilson.ts';
import { refuseNumbers } from './refuseNumbers.ts';
import { type Runnable, worldOf } from './runnable.ts';

export interface SweepSettings {
  /** How many runs; default 100. Their seeds are `firstSeed` (default 1) and those that follow. */
  readonly runs?: number;
  readonly firstSeed?: number;
  /** Called after each run; false ends the sweep with what is known by then. */
  readonly onRun?: (runs: number) => boolean;
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
export const sweptOf = ({ runs, callsMade, callsLost, losingSeed, properties }: Tally): Swept => ({
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

/**
 * Makes many runs with seeds and counts: calls lost of calls made, and for each property the runs that violate it. Throws an
 * InputError for machines that do not fit, and for numbers of runs and seeds that are none.
 *
 * @example
 * ```ts
 * import { defineScenario, sweep } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * console.log(sweep(scenario, { runs: 50 }));
 * ```
 */
export function sweep(what: Runnable, { runs = 100, firstSeed = 1, onRun = () => true }: SweepSettings = {}): Swept {
  refuseNumbers('sweep', { runs: [runs, 1, 1_000_000_000], firstSeed: [firstSeed, 0, 4_294_967_295] });
  let isStopped = false;
  const tally = tallyOf(worldOf(what), { firstSeed, runs, isStopped: () => isStopped });
  for (let made = 1; ; made++) {
    const step = tally.next();
    if (step.done) return sweptOf(step.value);
    isStopped = !onRun(made);
  }
}
