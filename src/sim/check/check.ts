import { properties as allProperties } from '../properties/properties.ts';
import type { AnyProperty } from '../properties/property.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { defineWorld, type WorldDefinition } from '../world/definition.ts';
import type { CheckOptions, CheckResult, Decision, Extent } from './decision.ts';
import { noFaults } from './faultBudget.ts';
import { localStatesOf } from './inertMessages.ts';
import type { LocalStates } from './localStates.ts';
import { inWholeWorld } from './otherCallsLast.ts';
import { partsOf } from './parts.ts';
import { Piece } from './piece.ts';
import { glimpse, smallerWorlds } from './smallerWorlds.ts';

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
  const most = isOnePiece ? null : (options.jointSituations ?? glimpse);
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

/** Decides one property to the end: first in smaller worlds, for what is violated there is violated. */
function alone(
  definition: WorldDefinition,
  property: AnyProperty,
  options: CheckOptions,
): { decision: Decision; extent: Extent } {
  const seen = localStatesOf(definition);
  for (const { world, most } of smallerWorlds(definition, property, options)) {
    const faultless = { ...options, budget: noFaults, fastest: false };
    const { decisions, extent } = decided(world, [property], faultless, most, world === definition ? seen : undefined);
    const [decision] = decisions;
    if (!decision?.counterexample) continue;
    const counterexample = inWholeWorld(decision.counterexample, world, definition);
    const fastest = options.fastest ? new Piece(definition, [property], options, seen).fastest(0) : null;
    return { decision: { ...decision, counterexample, fastest }, extent };
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
