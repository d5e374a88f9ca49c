import { refuseSettings } from '../sim/own/judging.ts';
import { type FuzzQuestion, type FuzzResult, refuseFuzz } from '../sim/own/ownFuzz.ts';
import type { RunsProgress } from '../sim/own/ownSweep.ts';
import { asking, type LongSettings } from './asking.ts';
import type { Checkable } from './subjects.ts';

/** What is drawn and looked for, and how. */
export interface FuzzSettings extends FuzzQuestion, LongSettings<RunsProgress> {}

/**
 * Draws runs until one violates a property, and makes that one as simple as it can be: fewer late events, fewer faults. Of a
 * hand-over of your own it draws also steps and calls. What can be sent to a worker is run there, as by `check`; in the calling
 * thread others have their turn after a hundred runs, and once what was found is as simple as it can be. Rejects with an InputError
 * for machines that do not fit, unknown properties, and numbers that are none.
 *
 * @example
 * ```ts
 * import { defineScenario, fuzz } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * const { found, isComplete } = await fuzz(scenario, { runs: 20, onProgress: ({ runs }) => runs < 1_000 });
 * console.log(found?.sentence ?? (isComplete ? 'nothing was found' : 'nothing was found so far'));
 * ```
 */
export async function fuzz(what: Checkable, settings: FuzzSettings = {}): Promise<FuzzResult> {
  refuseSettings(settings, ['properties', 'runs', 'seed', 'losses', 'duplicates']);
  refuseFuzz(settings);
  const { workers: _, signal: __, onProgress: ___, ...question } = settings;
  return asking('fuzz', what, question, settings);
}
