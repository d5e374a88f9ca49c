import type { PropertyTable } from '../../system/property.ts';
import type { Situations } from '../engine/situations.ts';
import type { Firing } from '../engine/stateClasses.ts';
import { tiesAlong } from '../engine/ties.ts';
import { type Instance, type KeepsOrder, type Timeline, timelineOf } from '../engine/timeline.ts';
import type { WorldSystem } from '../system/worldSystem.ts';
import { orderOf } from './independence.ts';

/**
 * A path that violates a property, up to the order of independent steps: those may change places, and every run that
 * remains violates the property as well (Mazurkiewicz traces).
 */
export interface Violation {
  readonly property: string;
  /** Without the deadlines of other properties. */
  readonly timeline: Timeline;
  readonly keepsOrder: KeepsOrder;
  /** Per step the party to which it happens: -1 for a link, null for what is no event of the world. */
  readonly parties: readonly (number | null)[];
}

/** The violation at the end of a path. `property` is the place of the property in the system. */
export function violationOn(
  system: WorldSystem,
  situations: Situations,
  path: readonly Firing[],
  property: number,
): Violation {
  const timeline = timelineThrough(system, situations, path);
  const parties = timeline.fired.map((instance) => (instance ? partyOf(system, instance) : null));
  return {
    property: (system.observers.tables[property] as PropertyTable).property.name,
    timeline: { ...timeline, instances: timeline.instances.filter((one) => concerns(system, one, property)) },
    keepsOrder: orderOf(system, situations, path, property),
    parties,
  };
}

/** The timeline of a path through the situations of a system. */
export function timelineThrough(system: WorldSystem, situations: Situations, path: readonly Firing[]): Timeline {
  const start = situations.moveAt(situations.start());
  const types = [start, ...path.map(({ move }) => move)].map(({ target }) => [...situations.of(target).pending]);
  const leftOut = path.map((step) => leftOutBy(system, situations, step));
  const ties = tiesAlong(situations, path);
  const timeline = timelineOf(system, start.origins, types, path, { leftOut, ties });
  return { ...timeline, instances: timeline.instances.map((one) => inItsReceiversTime(system, timeline, one)) };
}

/** The messages under way after a step that the path does not follow because they have no effect. */
function leftOutBy(system: WorldSystem, situations: Situations, { situation, position, move }: Firing) {
  const whole = system.fireWhole(situations.of(situation), position).find(({ choice }) => choice === move.choice);
  return (whole?.pending ?? []).filter(({ origin }) => !move.origins.includes(origin));
}

/** A message without effect from the start is inert since the last step of its receiver, whenever it was sent. */
function inItsReceiversTime(system: WorldSystem, { fired }: Timeline, instance: Instance): Instance {
  if (instance.how !== 'inert' || instance.ended !== instance.created) return instance;
  const receiver = partyOf(system, instance);
  const isAtReceiver = (one: Instance | null) => one !== null && partyOf(system, one) === receiver;
  return { ...instance, ended: Math.max(0, fired.slice(0, instance.created + 1).findLastIndex(isAtReceiver)) };
}

/** The deadlines of other properties say nothing about this one. */
function concerns(system: WorldSystem, { type }: Instance, property: number): boolean {
  const value = system.typeOf(type);
  return value.is !== 'deadline' || value.property === property;
}

function partyOf(system: WorldSystem, { type }: Instance): number | null {
  const value = system.typeOf(type);
  return value.is === 'pending' ? value.pending.party : null;
}
