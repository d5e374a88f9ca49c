import type { Progress } from '../sim/check/engine/exploring.ts';
import { refuseSettings } from '../sim/own/judging.ts';
import type { Envelope, EnvelopeQuestion } from '../sim/own/ownEnvelope.ts';
import { asking, type LongSettings } from './asking.ts';
import type { Checkable } from './subjects.ts';

/** What is asked about a delay, and how. `onProgress` tells of the check that is under way. */
export interface EnvelopeSettings extends EnvelopeQuestion, LongSettings<Progress> {}

/**
 * For which values of one delay a property holds, exact to the millisecond, all other delays ranging over their windows. `delay`:
 * `LINK.latency`, `PARTY.DELAY`, or `step.1`, `step.2`, … for the dates of steps. Takes as long as about 15 checks. What can be sent
 * to a worker is explored there, as by `check`. Rejects with an InputError for machines that do not fit, and for a property or a
 * delay that is none.
 *
 * @example
 * ```ts
 * import { defineScenario, envelope } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * const { isDecided, safeUpToMs } = await envelope(scenario, 'noInviteLost', 'appSip.latency');
 * console.log(isDecided ? safeUpToMs : `at least ${safeUpToMs}`);
 * ```
 */
export async function envelope(
  what: Checkable,
  property: string,
  delay: string,
  settings: EnvelopeSettings = {},
): Promise<Envelope> {
  refuseSettings(settings, ['losses', 'duplicates', 'maximumBytes']);
  const { workers: _, signal: __, onProgress: ___, ...question } = settings;
  return asking('envelope', what, { ...question, property, delay }, settings);
}
