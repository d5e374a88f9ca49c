import { sightingTable } from '../../src/sim/system/eventTable.ts';
import type { WorldDefinition } from '../../src/sim/world/definition.ts';
import { dueFault } from '../../src/sim/world/faults.ts';
import type { Pending } from '../../src/sim/world/pending.ts';
import { type Fired, World } from '../../src/sim/world/world.ts';

/** A run with a clock of whole milliseconds that may go on in any way. */
interface Moment {
  readonly world: World;
  readonly nowMs: number;
  /** Per serial, between which dates the event happens. */
  readonly due: ReadonlyMap<number, readonly [number, number]>;
  /** Those to which a fault of the system has happened. */
  readonly demanded: ReadonlySet<number>;
  /** Per fault of the system, how many messages it has counted. */
  readonly counted: readonly number[];
  readonly losses: number;
  readonly duplicates: number;
  readonly seen: readonly string[];
}

const textOf = (sighting: number): string => {
  const { type, ...fields } = sightingTable.of(sighting);
  return [type, ...Object.values(fields)].join(' ');
};

/** Whether something that was sent before it on a link that keeps its order is still under way. */
const isHeldBack = ({ pending, definition }: World, one: Pending): boolean =>
  one.kind === 'message' &&
  definition.links[one.link]?.ordered === true &&
  pending.some((other) => other.link === one.link && other.from === one.from && other.sent < one.sent);

/** Takes in what an event created: each message of a link with `udp` may be lost as soon as it is sent. */
function taken(before: Moment, world: World, fired: readonly Fired[], nowMs: number): Moment[] {
  const counted = [...before.counted];
  const due = new Map(before.due);
  const created = fired.flatMap((one) => one.created).sort((one, other) => one.serial - other.serial);
  const demanded = new Map(created.map((one) => [one.serial, dueFault(world.definition, counted, one)]));
  for (const { serial, windowMs } of created) {
    const [least, most] = demanded.get(serial)?.latencyMs ?? windowMs;
    due.set(serial, [nowMs + least, nowMs + most]);
  }
  const sightings = fired.flatMap(({ reaction }) => reaction?.sightings ?? []).map(textOf);
  const struck = created.filter(({ serial }) => demanded.get(serial) !== undefined).map(({ serial }) => serial);
  const all = new Set([...before.demanded, ...struck]);
  const first: Moment = { ...before, demanded: all, world, nowMs, due, counted, seen: [...before.seen, ...sightings] };
  const without = (one: Moment, serial: number): Moment => {
    const less = one.world.clone();
    less.pending = less.pending.filter((other) => other.serial !== serial);
    return { ...one, world: less };
  };
  return created.reduce<Moment[]>(
    (moments, { kind, serial, link, isCopy }) => {
      if (kind !== 'message' || isCopy || !world.definition.links[link]?.lossy) return moments;
      if (demanded.get(serial)?.do === 'lose') return moments.map((one) => without(one, serial));
      // What a fault is there for has no other one.
      if (demanded.get(serial) !== undefined) return moments;
      return moments.flatMap((one) =>
        one.losses > 0 ? [one, { ...without(one, serial), losses: one.losses - 1 }] : [one],
      );
    },
    [first],
  );
}

function* after(moment: Moment, untilMs: number): Generator<Moment> {
  const { world, due, nowMs } = moment;
  const dueOf = ({ serial }: Pending) => due.get(serial) as readonly [number, number];
  const free = world.pending.filter((one) => !isHeldBack(world, one));
  if (nowMs < untilMs && free.every((one) => dueOf(one)[1] > nowMs)) yield { ...moment, nowMs: nowMs + 1 };
  for (const one of free.filter((one) => dueOf(one)[0] <= nowMs)) {
    const isExposed =
      one.kind === 'message' &&
      !one.isCopy &&
      !moment.demanded.has(one.serial) &&
      world.definition.links[one.link]?.lossy === true;
    for (const fate of ['happen', ...(isExposed && moment.duplicates > 0 ? ['duplicate'] : [])] as const) {
      const next = world.clone();
      const fired = next.fire(
        next.pending.findIndex(({ serial }) => serial === one.serial),
        fate as 'happen' | 'duplicate',
      );
      const left = moment.duplicates - (fate === 'duplicate' ? 1 : 0);
      yield* taken({ ...moment, duplicates: left }, next, [fired], nowMs);
    }
  }
}

/** How the events of a moment stand to each other and to the clock. */
const keyOf = ({ world, due, demanded, nowMs, losses, duplicates, counted, seen }: Moment): string =>
  JSON.stringify([
    world.locals,
    world.cutLinks,
    nowMs,
    losses,
    duplicates,
    counted,
    seen,
    [...world.pending]
      .sort((one, other) => one.sent - other.sent || one.serial - other.serial)
      .map(({ kind, party, from, link, event, index, isCopy, serial }) => [
        [kind, party, from, link, event, index, isCopy].join(),
        due.get(serial),
        demanded.has(serial),
      ]),
  ]);

/** What an onlooker can see in a run, in all runs: each as one text. With `World`, a clock of milliseconds and no cleverness. */
export function everythingSeen(
  definition: WorldDefinition,
  { losses = 0, duplicates = 0 }: { readonly losses?: number; readonly duplicates?: number } = {},
): Set<string> {
  const { world, started } = World.start(definition);
  const steps = world.pending.filter(({ kind }) => kind === 'step');
  const counted = definition.scenario.faults.map(() => 0);
  const blank: Moment = { world, nowMs: 0, due: new Map(), demanded: new Set(), counted, losses, duplicates, seen: [] };
  const begun = { created: steps } as unknown as Fired;
  const queue = taken(blank, world, [begun, ...started], 0);
  const known = new Set(queue.map(keyOf));
  const found = new Set<string>();
  const { untilMs } = definition.scenario;
  for (const moment of queue) {
    if (moment.nowMs === untilMs) found.add(moment.seen.join());
    for (const next of after(moment, untilMs)) {
      const key = keyOf(next);
      if (known.has(key)) continue;
      known.add(key);
      queue.push(next);
    }
  }
  return found;
}
