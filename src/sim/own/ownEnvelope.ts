import type { Exploring } from '../check/engine/exploring.ts';
import { type Envelope, findingEnvelope } from '../check/questions/envelope.ts';
import { worldParameterNamed, worldParameterNames } from '../check/questions/worldParameter.ts';
import { InputError } from '../input/inputError.ts';
import { unknownWord } from '../input/unknownWord.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { refuseLongRun } from './judging.ts';
import { refuseUnknown } from './runnable.ts';

export type { Envelope };

/** What is asked about a delay, beside its name. Plain data. */
export interface EnvelopeQuestion {
  /** How many messages may be lost, and how many may arrive twice, besides the scenario's own faults, 0 to 5; default 0. */
  readonly losses?: number;
  readonly duplicates?: number;
  /** Bytes that an exploration may hold; default 1 GiB. */
  readonly maximumBytes?: number;
}

/** Finds the envelope of a delay of a world, in steps. Throws an InputError for a property or a delay that is none. */
export function* measuring(
  world: WorldDefinition,
  property: string,
  delay: string,
  { losses = 0, duplicates = 0, maximumBytes }: EnvelopeQuestion,
): Exploring<Envelope> {
  const { name: file, untilMs } = world.scenario;
  refuseLongRun(file, untilMs);
  refuseUnknown([property], world);
  const judged = world.properties.find(({ name }) => name === property);
  const parameter = worldParameterNamed(world, delay);
  if (parameter === null || judged === undefined)
    throw new InputError({ file, problems: [unknownWord(delay, 'for delay', worldParameterNames(world))] });
  const options = { budget: { losses, duplicates }, ...(maximumBytes !== undefined && { maximumBytes }) };
  return yield* findingEnvelope(parameter, untilMs, judged, options);
}
