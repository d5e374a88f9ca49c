import type { AnyProperty } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import type { Exploring, Progress } from '../engine/exploring.ts';
import { randomWalk } from '../engine/randomWalk.ts';
import { Situations } from '../engine/situations.ts';
import type { Firing } from '../engine/stateClasses.ts';
import { type Counterexample, counterexampleOf } from '../explain/counterexample.ts';
import type { FaultBudget } from '../system/faultBudget.ts';
import { WorldSystem } from '../system/worldSystem.ts';

const walks = 4_000;
/** Walks that share a table of situations: with more of them the table only grows. */
const walksAtATime = 50;

/** A path to a violation, and its table of situations. */
interface Found {
  readonly path: readonly Firing[];
  readonly situations: Situations;
}

/**
 * Violations found by random walks, by the place of the property: the shortest path of each. Ends early once every
 * property has one, or where it is told not to go on. `progress`: how far the exploration is that they help.
 */
export function* violationsOnWalks(
  definition: WorldDefinition,
  properties: readonly AnyProperty[],
  budget: FaultBudget,
  progress: () => Progress,
): Exploring<Map<number, Counterexample>> {
  const system = new WorldSystem(definition, properties, budget);
  const shortest = new Map<number, Found>();
  let situations = new Situations(system);
  for (let seed = 0; seed < walks; seed++) {
    if (seed % walksAtATime === 0) {
      if (!(yield progress()) || shortest.size === properties.length) break;
      situations = new Situations(system);
    }
    let violated = 0;
    const path = randomWalk(situations, seed, (situation) => {
      violated = system.violatedIn(situations, situation);
      return violated !== 0;
    });
    for (let index = 0; index < properties.length; index++) {
      if ((violated & (1 << index)) === 0) continue;
      const known = shortest.get(index);
      if (known === undefined || path.length < known.path.length) shortest.set(index, { path, situations });
    }
  }
  return new Map(
    [...shortest].map(([index, found]) => [
      index,
      counterexampleOf(system, found.situations, found.path, index, 'any'),
    ]),
  );
}
