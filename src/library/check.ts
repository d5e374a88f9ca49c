import type { Progress } from '../sim/check/engine/exploring.ts';
import { type CheckedProperty, type Question, refuseSettings } from '../sim/own/judging.ts';
import { asking, type LongSettings } from './asking.ts';
import type { Checkable } from './subjects.ts';

/** How a check is made. What is not decided where it is ended is inconclusive. */
export interface CheckSettings extends Question, LongSettings<Progress> {}

/**
 * Decides the properties for every order of events and every delay within the windows. Rejects with an InputError for
 * settings, files, properties and machines that do not fit.
 *
 * What can be sent to a worker is explored there: a file, a hand-over without machines and properties of your own, a scenario
 * that is resolved. A value with machines or properties holds functions: it is explored in the calling thread, which has a turn
 * about ten times a second, so that `signal` and `onProgress` work and timers go on. Put it in a module of its own and give
 * the file where a thread is wanted for it.
 *
 * @example
 * ```ts
 * import { check, defineScenario } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * const [judged] = await check(scenario, { properties: ['noInviteLost'], signal: AbortSignal.timeout(60_000) });
 * console.log(judged?.verdict, judged?.sentence);
 * ```
 */
export async function check(what: Checkable, settings: CheckSettings = {}): Promise<CheckedProperty[]> {
  refuseSettings(settings);
  const { workers: _, signal: __, onProgress: ___, ...question } = settings;
  return asking('check', what, question, settings);
}
