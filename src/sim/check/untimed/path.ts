import type { WorldDefinition } from '../../world/definition.ts';
import type { Fate, Pending } from '../../world/pending.ts';
import { World } from '../../world/world.ts';
import type { UntimedEvent } from './expansion.ts';
import { mostEqualMessages } from './messages.ts';

/** What to fire next in a world: the arguments of `World.fire`. */
export interface WorldFiring {
  readonly position: number;
  readonly fate: Fate;
}

const isSame = (one: Pending, event: UntimedEvent): boolean => {
  if (event.kind === 'message')
    return one.kind === 'message' && one.from === event.from && one.link === event.link && one.event === event.event;
  return one.kind === event.kind && one.index === event.index && (event.kind === 'step' || one.party === event.party);
};

/** The copies of messages that are under way already, of which the untimed world knows nothing. */
function surplus(pending: readonly Pending[], known: ReadonlySet<number>): number[] {
  const counts = new Map<string, number>();
  const bySerial = pending.filter(({ kind, serial }) => kind === 'message' && !known.has(serial));
  bySerial.sort((one, other) => one.serial - other.serial);
  return bySerial.flatMap(({ from, link, event, serial }) => {
    const key = `${from} ${link} ${event}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count > mostEqualMessages ? [serial] : [];
  });
}

/** The codes that lead a world through those events, from its start. */
export function firingsFor(definition: WorldDefinition, events: readonly UntimedEvent[]): WorldFiring[] {
  const { world } = World.start(definition);
  const ignored = new Set<number>();
  return events.map((event) => {
    for (const serial of surplus(world.pending, ignored)) ignored.add(serial);
    const position = world.pending.findIndex((one) => !ignored.has(one.serial) && isSame(one, event));
    if (position < 0) throw new Error(`no ${event.kind} of the path is pending in the world`);
    world.fire(position, event.fate);
    return { position, fate: event.fate };
  });
}
