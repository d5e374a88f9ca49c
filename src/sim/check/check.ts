import { properties as allProperties } from '../properties/properties.ts';
import type { AnyProperty } from '../properties/property.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { defineWorld, type WorldDefinition } from '../world/definition.ts';
import type { CheckOptions, CheckResult, Decision, Extent } from './decision.ts';
import { noFaults } from './faultBudget.ts';
import { localStatesOf } from './inertMessages.ts';
import type { LocalStates } from './localStates.ts';
import { inWholeWorld, otherCallsLast } from './otherCallsLast.ts';
import { partsOf } from './parts.ts';
import { Piece } from './piece.ts';

const usualJointSituations = 50_000;

/**
 * Decides the properties of a scenario for every order of events and every delay within the windows.
 *
 * First with the hulls of the classes of each situation: what they do not violate holds, and it is quickly known. What
 * they do violate is then looked for among the exact classes, along those situations from which the hulls can reach it.
 */
export function check(scenario: Scenario | WorldDefinition, options: CheckOptions = {}): CheckResult {
  const definition = 'parties' in scenario ? scenario : defineWorld(scenario);
  const { scenario: resolved } = definition;
  const claimed = (options.properties ?? allProperties).filter(({ appliesTo }) => appliesTo(resolved));
  const parts = claimed.map((property) => partsOf(property, resolved));
  const isOnePiece = claimed.length === 1 && parts[0]?.length === 1 && parts[0][0] === claimed[0];
  const most = isOnePiece ? null : (options.jointSituations ?? usualJointSituations);
  const together = decided(definition, claimed, options, most);
  const extents = [together.extent];
  const decisions = together.decisions.map((decision, index) => {
    if (decision !== null) return decision;
    const apart = (parts[index] ?? []).map((part) => alone(definition, part, options));
    extents.push(...apart.map(({ extent }) => extent));
    return conjunction(apart.map(({ decision }) => decision));
  });
  return { scenario: definition.scenario, budget: options.budget ?? noFaults, decisions, extent: extents.reduce(sum) };
}

/** Decides properties in one piece, or as many of them as can be within that many situations. */
function decided(
  definition: WorldDefinition,
  properties: readonly AnyProperty[],
  options: CheckOptions,
  mostSituations: number | null,
  seen: readonly LocalStates[] = localStatesOf(definition),
): { decisions: (Decision | null)[]; extent: Extent } {
  const one = new Piece(definition, properties, options, seen);
  return { decisions: one.result(mostSituations), extent: one.extent };
}

/**
 * Decides one property to the end. First in smaller worlds, for what is violated there is violated: with the other calls
 * as late as they can be, as far as a glimpse goes, and without the faults of the budget.
 */
function alone(
  definition: WorldDefinition,
  property: AnyProperty,
  options: CheckOptions,
): { decision: Decision; extent: Extent } {
  const seen = localStatesOf(definition);
  const narrow = property.call === undefined || options.fastest ? null : otherCallsLast(definition, property.call);
  if (narrow) {
    const { decisions, extent } = decided(narrow, [property], { ...options, budget: noFaults }, usualJointSituations);
    const counterexample = decisions[0]?.counterexample;
    if (decisions[0] && counterexample) {
      const decision = { ...decisions[0], counterexample: inWholeWorld(counterexample, narrow, definition) };
      return { decision, extent };
    }
  }
  const { losses, duplicates } = options.budget ?? noFaults;
  if (losses + duplicates > 0 && !options.fastest) {
    const faultless = decided(definition, [property], { ...options, budget: noFaults }, null, seen);
    const [decision] = faultless.decisions;
    const counterexample = decision?.counterexample;
    if (decision && counterexample) {
      return {
        decision: { ...decision, counterexample: { ...counterexample, kind: 'any' } },
        extent: faultless.extent,
      };
    }
  }
  const { decisions, extent } = decided(definition, [property], options, null, seen);
  const [decision] = decisions;
  if (!decision) throw new Error(`${property.name} has been left undecided`);
  return { decision, extent };
}

/** What the verdicts on the parts of a property say of the whole. */
function conjunction(parts: readonly Decision[]): Decision {
  const worst = (['violated', 'inconclusive'] as const).flatMap((verdict) =>
    parts.filter((part) => part.verdict === verdict),
  );
  const [first] = [...worst, ...parts];
  if (first === undefined) throw new Error('a property has no parts');
  return { ...first, witnessed: parts.some(({ witnessed }) => witnessed) };
}

const sum = (one: Extent, other: Extent): Extent => ({
  classes: one.classes + other.classes,
  edges: one.edges + other.edges,
  situations: one.situations + other.situations,
  bytes: Math.max(one.bytes, other.bytes),
  ending: one.ending === 'complete' || one.ending === 'stopped' ? other.ending : one.ending,
});
