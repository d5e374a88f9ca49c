import { type Envelope, envelopeWithin } from '../check/questions/envelope.ts';
import { worldParameterNamed, worldParameterNames } from '../check/questions/worldParameter.ts';
import { InputError } from '../input/inputError.ts';
import { unknownWord } from '../input/unknownWord.ts';
import { refuseLongRun } from './judging.ts';
import { refuseNumbers } from './refuseNumbers.ts';
import { type Runnable, refuseUnknown, worldOf } from './runnable.ts';

export type { Envelope };

export interface EnvelopeSettings {
  /** How many messages may be lost, and how many may arrive twice, besides the scenario's own faults, 0 to 5; default 0. */
  readonly losses?: number;
  readonly duplicates?: number;
  /** Bytes that an exploration may hold; default 1 GiB. */
  readonly maximumBytes?: number;
}

/**
 * For which values of one delay a property holds, exact to the millisecond, all other delays ranging over their windows. `delay`:
 * `LINK.latency`, `PARTY.DELAY`, or `step.1`, `step.2`, … for the dates of steps. Takes as long as about 15 checks. Throws an
 * InputError for machines that do not fit, and for a property or a delay that is none.
 *
 * @example
 * ```ts
 * import { defineScenario, envelope } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * console.log(envelope(scenario, 'noInviteLost', 'appSip.latency'));
 * ```
 */
export function envelope(
  what: Runnable,
  property: string,
  delay: string,
  { losses = 0, duplicates = 0, maximumBytes }: EnvelopeSettings = {},
): Envelope {
  refuseNumbers('envelope', { losses: [losses, 0, 5], duplicates: [duplicates, 0, 5] });
  const world = worldOf(what);
  const { name: file, untilMs } = world.scenario;
  refuseLongRun(file, untilMs);
  refuseUnknown([property], world);
  const judged = world.properties.find(({ name }) => name === property);
  const parameter = worldParameterNamed(world, delay);
  if (parameter === null || judged === undefined)
    throw new InputError({ file, problems: [unknownWord(delay, 'for delay', worldParameterNames(world))] });
  const options = { budget: { losses, duplicates }, ...(maximumBytes !== undefined && { maximumBytes }) };
  return envelopeWithin(parameter, untilMs, judged, options);
}
