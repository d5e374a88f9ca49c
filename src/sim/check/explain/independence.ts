import type { PropertyTable } from '../../system/property.ts';
import { matches } from '../../world/faults.ts';
import type { LinkRules } from '../../world/linkRules.ts';
import type { Fired } from '../../world/world.ts';
import type { Situations } from '../engine/situations.ts';
import type { Firing } from '../engine/stateClasses.ts';
import type { KeepsOrder } from '../engine/timeline.ts';
import { sightingsOf, type WorldSystem } from '../system/worldSystem.ts';

/**
 * Which steps of a path that violates a property must keep their order. Steps at different parties commute, unless
 *
 * - one of them cuts or repairs a link;
 * - the property sees both, so that it goes through the states of the path in every order that remains;
 * - both send messages that one fault of the scenario counts;
 * - one of them loses what the other sends, as the phone does where it leaves its network.
 *
 * The copy that a link makes of a message is as old as its original, so it commutes with what the sender does meanwhile.
 */
export function orderOf(
  system: WorldSystem,
  situations: Situations,
  path: readonly Firing[],
  property: number,
): KeepsOrder {
  const happened = path.map(({ situation, position }) => system.fireInWorld(situations.of(situation), position));
  // Step 0 is the start.
  const steps: readonly (Fired | null)[] = [null, ...happened];
  const keepsOrderSeen = orderSeenBy(system, situations, path, steps, property);
  const { faults } = system.definition.scenario;
  const counted = steps.map((step) =>
    faults.map((fault) => step?.created.some((one) => matches(system.definition, fault, one)) ?? false),
  );
  return (one, other) => {
    const [first, second] = [steps[one] ?? null, steps[other] ?? null];
    if (keepsOrderSeen(one, other)) return true;
    if (first === null || second === null) return false;
    const parties = [first.fired.party, second.fired.party];
    if (parties[0] === parties[1] || parties.includes(-1)) return true;
    if (counted[one]?.some((isCounted, fault) => isCounted && counted[other]?.[fault])) return true;
    const { isLostBy } = system.definition.rules;
    return loses(first, second, isLostBy) || loses(second, first, isLostBy);
  };
}

const loses = ({ fired }: Fired, { created }: Fired, isLostBy: LinkRules['isLostBy']): boolean =>
  fired.kind === 'step' &&
  created.some(({ kind, party, link }) => kind === 'message' && isLostBy(fired.event, party, link));

/**
 * Which steps the property keeps in order: those on which it changes its state, and any other one only where that would
 * become such a step on the far side of one of them.
 */
function orderSeenBy(
  system: WorldSystem,
  situations: Situations,
  path: readonly Firing[],
  steps: readonly (Fired | null)[],
  property: number,
): KeepsOrder {
  const table = system.observers.tables[property] as PropertyTable;
  const stateIn = (situation: number) => system.observers.stateOf(system.observersIn(situations, situation), property);
  // Step n leads from state n - 1 to state n.
  const states = [...path.map(({ situation }) => stateIn(situation)), stateIn(path.at(-1)?.move.target ?? 0)];
  const before = (step: number) => states[step - 1] as number;
  const after = (step: number) => states[step] as number;
  const isSeen = (step: number) => step > 0 && before(step) !== after(step);
  const changes = (step: number, state: number) => {
    const fired = steps[step] ?? null;
    // A property that has been violated sees nothing any more.
    return state >= 0 && fired !== null && sightingsOf(fired).some((one) => table.next(state, one) !== state);
  };
  return (one, other) => {
    if (isSeen(one)) return isSeen(other) || changes(other, before(one));
    return isSeen(other) && changes(one, after(other));
  };
}
