import type { Call } from '../../../machines/messages.ts';
import type { AnyProperty } from '../../properties/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { noFaults } from '../system/faultBudget.ts';
import type { CheckOptions } from './decision.ts';
import { otherCallsLast } from './otherCallsLast.ts';
import { dialledCalls } from './parts.ts';

/** So many situations are looked at where they may be enough. */
export const glimpse = 50_000;

/**
 * Worlds without the budget of faults of which every run is one of the whole world: for each call that the properties
 * judge, a glimpse of the one with the other calls as late as they can be; then all. None of them knows the earliest
 * violation.
 */
export function* smallerWorlds(
  definition: WorldDefinition,
  properties: readonly AnyProperty[],
  { budget = noFaults }: CheckOptions,
): Generator<{ world: WorldDefinition; most: number | null }> {
  for (const call of dialledCalls(definition.scenario).filter((one) => properties.some(judges(one)))) {
    const late = otherCallsLast(definition, call);
    if (late) yield { world: late, most: glimpse };
  }
  if (budget.losses + budget.duplicates > 0) yield { world: definition, most: null };
}

/** Whether a violation of a property may be one of that call alone. */
const judges =
  (one: Call) =>
  ({ call, judgesEachCall }: AnyProperty): boolean =>
    judgesEachCall === true && (call ?? one) === one;
