import type { AnyProperty } from '../properties/property.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { CheckOptions } from './decision.ts';
import { noFaults } from './faultBudget.ts';
import { otherCallsLast } from './otherCallsLast.ts';

/** So many situations are looked at where they may be enough. */
export const glimpse = 50_000;

/**
 * Worlds without the budget of faults of which every run is one of the whole world: a glimpse of the one with the other
 * calls as late as they can be, then all. None of them knows the earliest violation.
 */
export function* smallerWorlds(
  definition: WorldDefinition,
  { call }: AnyProperty,
  { budget = noFaults }: CheckOptions,
): Generator<{ world: WorldDefinition; most: number | null }> {
  const late = call === undefined ? null : otherCallsLast(definition, call);
  if (late) yield { world: late, most: glimpse };
  if (budget.losses + budget.duplicates > 0) yield { world: definition, most: null };
}
