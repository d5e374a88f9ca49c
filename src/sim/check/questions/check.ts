import type { Scenario } from '../../scenario/scenario.ts';
import { defineWorld } from '../../sipWorld/definition.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { type Exploring, explored } from '../engine/exploring.ts';
import { noFaults } from '../system/faultBudget.ts';
import { conjunction } from './conjunction.ts';
import { type CheckOptions, type CheckResult, type Decision, type Extent, longestRunMs } from './decision.ts';
import { JointCheck } from './jointCheck.ts';
import { inWholeWorld } from './otherCallsLast.ts';
import { partsOf } from './parts.ts';
import { fewSituations, smallerWorlds } from './smallerWorlds.ts';

/**
 * Decides the properties of a scenario for every order of events and every delay within the windows.
 *
 * First by convex hulls: what they do not violate holds. What they do violate is then searched for among the exact
 * classes, along the situations from which the hulls reach a violation.
 *
 * In a large world a property that judges calls one by one is decided call by call, each in an exploration that ends
 * where its call is settled. All other properties need the whole world and are decided together.
 */
export function check(scenario: Scenario | WorldDefinition, options: CheckOptions = {}): CheckResult {
  return explored(checking(scenario, options), options.onProgress);
}

/** The same in steps; `onProgress` is for whoever takes them. */
export function* checking(
  scenario: Scenario | WorldDefinition,
  options: Omit<CheckOptions, 'onProgress'> = {},
): Exploring<CheckResult> {
  const definition = 'parties' in scenario ? scenario : defineWorld(scenario);
  const { untilMs } = definition.scenario;
  if (untilMs > longestRunMs)
    throw new RangeError(`a run of ${untilMs} ms, more than the ${longestRunMs} that are explored`);
  const claimed = (options.properties ?? definition.properties).filter(definition.claims);
  const isOnePiece = claimed.length === 1 && claimed.every((property) => !isSplit(property, definition));
  const together = new JointCheck(definition, claimed, options);
  const known = yield* together.deciding(isOnePiece ? null : (options.jointSituations ?? fewSituations));
  const open = claimed.filter((property) => known.get(property) === null);
  const extents: Extent[] = [];
  for (const property of open.filter((one) => isSplit(one, definition))) {
    const parts: Decision[] = [];
    for (const part of partsOf(property, definition.scenario)) {
      const whole = new JointCheck(definition, [part], options, () => together.bytes);
      const { decisions, extent } = yield* toTheEnd(definition, [part], options, whole, () => together.bytes);
      extents.push(extent, whole.extent);
      parts.push(decisions.get(part) as Decision);
    }
    known.set(property, conjunction(parts));
  }
  const others = open.filter((property) => !isSplit(property, definition));
  if (others.length > 0) {
    const { decisions, extent } = yield* toTheEnd(definition, others, options, together, () => 0);
    extents.push(extent);
    for (const [property, decision] of decisions) known.set(property, decision);
  }
  const decisions = claimed.map((property) => known.get(property) as Decision);
  return {
    scenario: definition.scenario as Scenario,
    budget: options.budget ?? noFaults,
    decisions,
    extent: [...extents, together.extent].reduce(sum),
    idleFaults: claimed.every(({ settled }) => settled !== undefined) ? [] : idleIn(definition, together),
  };
}

/** The faults that happen in no run. Where all properties can be settled, an exploration ends before its runs do. */
function idleIn({ scenario }: WorldDefinition, { happenedFaults, extent }: JointCheck): number[] {
  if (extent.ending !== 'complete') return [];
  return scenario.faults.flatMap((_, index) => (happenedFaults.has(index) ? [] : [index]));
}

/** Whether a property is decided call by call, since successors of a settled call need not be explored. */
const isSplit = (property: AnyProperty, { scenario }: WorldDefinition): boolean =>
  property.settled !== undefined && partsOf(property, scenario).every((part) => part !== property);

/**
 * Decides properties together, to the end: first in smaller worlds, whose violations are violations of the whole world;
 * then in the whole one. The extent is that of the smaller worlds. `heldBytes`: what others than these hold.
 */
function* toTheEnd(
  definition: WorldDefinition,
  properties: readonly AnyProperty[],
  options: CheckOptions,
  whole: JointCheck,
  heldBytes: () => number,
): Exploring<{ decisions: Map<AnyProperty, Decision>; extent: Extent }> {
  const known = new Map<AnyProperty, Decision>();
  const openNow = () => properties.filter((property) => !known.has(property));
  let extent = nothing;
  for (const { world, budget, most } of smallerWorlds(definition, properties, options)) {
    const open = openNow();
    if (open.length === 0) break;
    const own = { ...options, budget, fastest: false };
    const smaller = new JointCheck(world, open, own, () => heldBytes() + whole.bytes);
    for (const [property, decision] of yield* smaller.deciding(most)) {
      if (!decision?.counterexample) continue;
      const counterexample = inWholeWorld(decision.counterexample, world, definition);
      const fastest = options.fastest ? yield* whole.fastest(property) : null;
      known.set(property, { ...decision, counterexample, fastest });
    }
    extent = sum(extent, smaller.extent);
  }
  if (openNow().length > 0) {
    const decisions = yield* whole.deciding(null);
    for (const property of openNow()) known.set(property, decisions.get(property) as Decision);
  }
  return { decisions: known, extent };
}

const sum = (one: Extent, other: Extent): Extent => ({
  classes: one.classes + other.classes,
  edges: one.edges + other.edges,
  situations: one.situations + other.situations,
  bytes: Math.max(one.bytes, other.bytes),
  ending: one.ending === 'complete' || one.ending === 'stopped' ? other.ending : one.ending,
});

const nothing: Extent = { classes: 0, edges: 0, situations: 0, bytes: 0, ending: 'complete' };
