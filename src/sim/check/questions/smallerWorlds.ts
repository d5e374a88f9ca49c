import type { Call } from '../../../machines/messages.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { noFaults } from '../system/faultBudget.ts';
import type { CheckOptions } from './decision.ts';
import { otherCallsLast } from './otherCallsLast.ts';
import { dialledCalls } from './parts.ts';

/** Situations explored of a smaller world, or of a whole world with all properties, before it counts as large. */
export const fewSituations = 50_000;

/**
 * Worlds without the budget of faults whose every run is a run of the whole world: for each call that the properties
 * judge, a few situations of the world with the other calls dialled as late as possible; then all calls. The earliest
 * violation is known only in the whole world.
 */
export function* smallerWorlds(
  definition: WorldDefinition,
  properties: readonly AnyProperty[],
  { budget = noFaults }: CheckOptions,
): Generator<{ world: WorldDefinition; most: number | null }> {
  for (const call of dialledCalls(definition.scenario).filter((one) => properties.some(judges(one)))) {
    const late = otherCallsLast(definition, call);
    if (late) yield { world: late, most: fewSituations };
  }
  if (budget.losses + budget.duplicates > 0) yield { world: definition, most: null };
}

/** Whether a violation of a property may be one of that call alone. */
const judges =
  (one: Call) =>
  ({ call, judgesEachCall }: AnyProperty): boolean =>
    judgesEachCall === true && (call ?? one) === one;
