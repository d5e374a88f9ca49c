import { refuseSettings } from '../sim/own/judging.ts';
import { type RunsProgress, refuseSweep, type SweepQuestion, type Swept } from '../sim/own/ownSweep.ts';
import { asking, type LongSettings } from './asking.ts';
import type { Checkable } from './subjects.ts';

/** Which runs are made, and how. */
export interface SweepSettings extends SweepQuestion, LongSettings<RunsProgress> {}

/**
 * Makes many runs with seeds and counts: calls lost of calls made, and for each property the runs that violate it. What can be sent
 * to a worker is run there, as by `check`. With a `precision` it makes as many runs as that takes. Rejects with an InputError for
 * machines that do not fit, and for numbers of runs, seeds and shares that are none.
 *
 * @example
 * ```ts
 * import { defineScenario, sweep } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * const { runs, isComplete, calls } = await sweep(scenario, { runs: 50, signal: AbortSignal.timeout(60_000) });
 * console.log(isComplete ? 'all' : `the first ${runs}`, calls?.lost);
 * ```
 */
export async function sweep(what: Checkable, settings: SweepSettings = {}): Promise<Swept> {
  refuseSettings(settings, ['runs', 'firstSeed', 'precision', 'confidence']);
  refuseSweep(settings);
  const { workers: _, signal: __, onProgress: ___, ...question } = settings;
  return asking('sweep', what, question, settings);
}
