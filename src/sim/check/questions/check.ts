import { properties as allProperties } from '../../properties/properties.ts';
import type { AnyProperty } from '../../properties/property.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { defineWorld, type WorldDefinition } from '../../world/definition.ts';
import { noFaults } from '../system/faultBudget.ts';
import type { CheckOptions, CheckResult, Decision, Extent } from './decision.ts';
import { inWholeWorld } from './otherCallsLast.ts';
import { partsOf } from './parts.ts';
import { Piece } from './piece.ts';
import { glimpse, smallerWorlds } from './smallerWorlds.ts';

/**
 * Decides the properties of a scenario for every order of events and every delay within the windows.
 *
 * First with the hulls of the classes of each situation: what they do not violate holds, and it is quickly known. What
 * they do violate is then looked for among the exact classes, along those situations from which the hulls can reach it.
 *
 * In a large world a property of calls that are soon settled is decided by itself, call by call, for that is far less of
 * the world. All others need the whole of it, so they are decided together.
 */
export function check(scenario: Scenario | WorldDefinition, options: CheckOptions = {}): CheckResult {
  const definition = 'parties' in scenario ? scenario : defineWorld(scenario);
  const claimed = (options.properties ?? allProperties).filter(({ appliesTo }) => appliesTo(definition.scenario));
  const isOnePiece = claimed.length === 1 && claimed.every((property) => !isSplit(property, definition));
  const together = new Piece(definition, claimed, options);
  const known = together.result(isOnePiece ? null : (options.jointSituations ?? glimpse));
  const open = claimed.filter((property) => known.get(property) === null);
  const extents: Extent[] = [];
  for (const property of open.filter((one) => isSplit(one, definition))) {
    const parts = partsOf(property, definition.scenario).map((part) => {
      const whole = new Piece(definition, [part], options);
      const { decisions, extent } = toTheEnd(definition, [part], options, whole);
      extents.push(extent, whole.extent);
      return decisions.get(part) as Decision;
    });
    known.set(property, conjunction(parts));
  }
  const others = open.filter((property) => !isSplit(property, definition));
  if (others.length > 0) {
    const { decisions, extent } = toTheEnd(definition, others, options, together);
    extents.push(extent);
    for (const [property, decision] of decisions) known.set(property, decision);
  }
  return {
    scenario: definition.scenario,
    budget: options.budget ?? noFaults,
    decisions: claimed.map((property) => known.get(property) as Decision),
    extent: [...extents, together.extent].reduce(sum),
  };
}

/** Whether a property is decided call by call: what one call settles need not be followed any further. */
const isSplit = (property: AnyProperty, { scenario }: WorldDefinition): boolean =>
  property.settled !== undefined && partsOf(property, scenario).every((part) => part !== property);

/**
 * Decides properties together, to the end: first in smaller worlds, for what is violated there is violated; then in the
 * whole one. The extent is that of the smaller ones.
 */
function toTheEnd(
  definition: WorldDefinition,
  properties: readonly AnyProperty[],
  options: CheckOptions,
  whole: Piece,
): { decisions: Map<AnyProperty, Decision>; extent: Extent } {
  const known = new Map<AnyProperty, Decision>();
  const openNow = () => properties.filter((property) => !known.has(property));
  let extent = nothing;
  for (const { world, most } of smallerWorlds(definition, properties, options)) {
    const open = openNow();
    if (open.length === 0) break;
    const smaller = new Piece(world, open, { ...options, budget: noFaults, fastest: false });
    for (const [property, decision] of smaller.result(most)) {
      if (!decision?.counterexample) continue;
      const counterexample = inWholeWorld(decision.counterexample, world, definition);
      const fastest = options.fastest ? whole.fastest(property) : null;
      known.set(property, { ...decision, counterexample, fastest });
    }
    extent = sum(extent, smaller.extent);
  }
  if (openNow().length > 0) {
    const decisions = whole.result(null);
    for (const property of openNow()) known.set(property, decisions.get(property) as Decision);
  }
  return { decisions: known, extent };
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

const nothing: Extent = { classes: 0, edges: 0, situations: 0, bytes: 0, ending: 'complete' };
