import type { Call } from '../../../machines/messages.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { type FaultBudget, noFaults } from '../system/faultBudget.ts';
import type { CheckOptions } from './decision.ts';
import { otherCallsLast } from './otherCallsLast.ts';
import { dialledCalls } from './parts.ts';

/** Situations explored of a smaller world, or of a whole world with all properties, before it counts as large. */
export const fewSituations = 50_000;

/** A world of which every run is one of the whole world, with the faults that it may have, and how far it is explored. */
interface SmallerWorld {
  readonly world: WorldDefinition;
  readonly budget: FaultBudget;
  readonly most: number | null;
}

/**
 * For each call that the properties judge, a few situations of the world with the other calls dialled as late as possible,
 * without the budget of faults and with it; then all calls without it. The earliest violation is known only in the whole world.
 */
export function* smallerWorlds(
  definition: WorldDefinition,
  properties: readonly AnyProperty[],
  { budget: whole = noFaults }: CheckOptions,
): Generator<SmallerWorld> {
  const isFaulty = whole.losses + whole.duplicates > 0;
  const calls = dialledCalls(definition.scenario).filter((one) => properties.some(judges(one)));
  for (const budget of isFaulty ? [noFaults, whole] : [noFaults]) {
    for (const call of calls) {
      const world = otherCallsLast(definition, call);
      if (world) yield { world, budget, most: fewSituations };
    }
  }
  if (isFaulty) yield { world: definition, budget: noFaults, most: null };
}

/** Whether a violation of a property may be one of that call alone. */
const judges =
  (one: Call) =>
  ({ call, judgesEachCall }: AnyProperty): boolean =>
    judgesEachCall === true && (call ?? one) === one;
