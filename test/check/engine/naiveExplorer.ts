import { eventTable, sightingTable } from '../../../src/sim/system/eventTable.ts';
import type { PropertyTable } from '../../../src/sim/system/property.ts';
import type { WorldDefinition } from '../../../src/sim/world/definition.ts';
import type { Fate, Pending } from '../../../src/sim/world/pending.ts';
import { type Fired, World } from '../../../src/sim/world/world.ts';

interface NaiveState {
  readonly world: World;
  readonly done: readonly number[];
  readonly lossesLeft: number;
  readonly observers: readonly number[];
}

interface NaiveResult {
  readonly states: number;
  readonly transitions: number;
  /** Per violated property, how many steps at least lead to a violation. */
  readonly violated: Readonly<Record<string, number>>;
}

const environmentSighting = sightingTable.idOf({ type: 'environment' });
const bySerial = (one: Pending, other: Pending) => one.serial - other.serial;
const under = (one: Pending) => `${one.party} ${one.from} ${one.link} ${one.event}`;

/** Whether a message is one of these that has not been outdated. */
const isNew = (one: Pending, outdating: readonly string[]): boolean => {
  const event = eventTable.of(one.event) as { readonly type: string; readonly stale?: boolean };
  return outdating.includes(event.type) && event.stale !== true;
};

/** Sent once more while an equal one is under way: no effect. */
function withoutCopies(world: World): World {
  const seen = new Set<string>();
  const sorted = [...world.pending].sort(bySerial);
  world.pending = sorted.filter((one) => {
    if (one.kind !== 'message') return true;
    if (seen.has(under(one))) return false;
    seen.add(under(one));
    return true;
  });
  return world;
}

/** Messages whose order of sending matters, in that order; all else sorted. */
function keyOf({ world, done, lossesLeft, observers }: NaiveState, outdating: readonly string[]): string {
  const { links, parties } = world.definition;
  const inOrder = (one: Pending) => {
    return one.kind === 'message' && (links[one.link]?.ordered || isNew(one, outdating));
  };
  const sorted = [...world.pending].sort(bySerial);
  const directions = parties.flatMap((_, from) =>
    links.map((_, link) => sorted.filter((one) => inOrder(one) && one.link === link && one.from === from)),
  );
  const text = (one: Pending) => `${one.kind} ${under(one)} ${one.index}`;
  return JSON.stringify([
    world.locals,
    world.cutLinks,
    [...done].sort(),
    lossesLeft,
    observers,
    directions.map((direction) => direction.map(text)),
    sorted
      .filter((one) => !inOrder(one))
      .map(text)
      .sort(),
  ]);
}

/** Windows as sums, and who must come before whom: written once more, from the scenario. */
function mayHappen(definition: WorldDefinition, index: number, done: readonly number[]): boolean {
  const at: [number, number][] = [];
  for (const [step, { afterMs, from }] of definition.scenario.steps.entries()) {
    const [early, late] = (from === 'previous' && at[step - 1]) || [0, 0];
    at.push([early + afterMs[0], late + afterMs[1]]);
  }
  const earliestMs = at[index]?.[0] ?? 0;
  return at.every(([, latestMs], other) => latestMs >= earliestMs || done.includes(other));
}

function choices({ world, done, lossesLeft }: NaiveState): { position: number; fate: Fate }[] {
  const { definition, pending, cutLinks } = world;
  return pending.flatMap((one, position): { position: number; fate: Fate }[] => {
    if (one.kind === 'timer') return [{ position, fate: 'happen' }];
    if (one.kind === 'step') return mayHappen(definition, one.index, done) ? [{ position, fate: 'happen' }] : [];
    const link = definition.links[one.link];
    const isFirst = pending.every(
      (other) => other.link !== one.link || other.from !== one.from || other.serial >= one.serial,
    );
    if (link?.ordered && !isFirst) return [];
    const canLose = link?.lossy && lossesLeft > 0 && (cutLinks & (1 << one.link)) === 0;
    return [{ position, fate: 'happen' }, ...(canLose ? [{ position, fate: 'lose' as const }] : [])];
  });
}

function seen(
  tables: readonly PropertyTable[],
  observers: readonly number[],
  { fired, reaction }: Fired,
  isStep: boolean,
) {
  const sightings = [...(isStep && fired.kind === 'step' ? [environmentSighting] : []), ...(reaction?.sightings ?? [])];
  return observers.map((state, index) => {
    const table = tables[index] as PropertyTable;
    return sightings.reduce((at, one) => (table.violation(at) ? at : table.next(at, one)), state);
  });
}

/**
 * Explores the untimed world with `World` itself, a map of texts and no cleverness at all. `outdating`: the types of messages of
 * which a newer one outdates an older one.
 */
export function exploreNaively(
  definition: WorldDefinition,
  tables: readonly PropertyTable[],
  losses: number,
  outdating: readonly string[] = ['REGISTER'],
): NaiveResult {
  const { world, started } = World.start(definition);
  const atStart = started.reduce<readonly number[]>(
    (observers, one) => seen(tables, observers, one, false),
    tables.map(({ initial }) => initial),
  );
  const first: NaiveState = { world: withoutCopies(world), done: [], lossesLeft: losses, observers: atStart };
  const depths = new Map([[keyOf(first, outdating), 0]]);
  const queue = [first];
  const violated: Record<string, number> = {};
  let transitions = 0;
  for (const state of queue) {
    const depth = depths.get(keyOf(state, outdating)) as number;
    const open = choices(state);
    for (const [index, table] of tables.entries()) {
      const at = state.observers[index] as number;
      if (open.length === 0 ? table.unfinished(at) : table.violation(at)) violated[table.property.name] ??= depth;
    }
    for (const { position, fate } of open) {
      transitions++;
      const next = state.world.clone();
      const fired = next.fire(position, fate);
      const one: NaiveState = {
        world: withoutCopies(next),
        done: fired.fired.kind === 'step' ? [...state.done, fired.fired.index] : state.done,
        lossesLeft: state.lossesLeft - (fate === 'lose' ? 1 : 0),
        observers: seen(tables, state.observers, fired, true),
      };
      const key = keyOf(one, outdating);
      if (depths.has(key)) continue;
      depths.set(key, depth + 1);
      queue.push(one);
    }
  }
  return { states: depths.size, transitions, violated };
}
