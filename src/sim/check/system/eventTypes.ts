import { assert } from '../../data/assert.ts';
import { Interned } from '../../data/interned.ts';
import type { Window } from '../../data/window.ts';
import type { PropertyObligation } from '../../system/observers.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import type { Fate, Pending } from '../../world/pending.ts';

/** What can be pending: an event of the world, the end of an obligation's time, the end of the run. */
export type EventType =
  | { readonly is: 'pending'; readonly pending: Pending; readonly windowMs: Window; readonly fate: Fate }
  | ({ readonly is: 'deadline' } & PropertyObligation)
  | { readonly is: 'end' };

/** A number for every type of pending event of a world: what it does, when, and to whom. */
export class EventTypes {
  readonly #definition: WorldDefinition;
  readonly #types = new Interned<EventType>(keyOf);
  readonly #groups: number[] = [];
  readonly #groupNames = new Interned<string>((name) => name);
  /** A cache of `idOfPending` per window (one object per delay of the definition), without texts. */
  readonly #quick = new Map<Window, Map<number, number>>();
  /** Per type and serial, the event of the world. */
  readonly #numbered: Pending[][] = [];

  constructor(definition: WorldDefinition) {
    this.#definition = definition;
  }

  /** The number of a type. It does not depend on the serial and the date of an event. */
  idOf(type: EventType): number {
    const id = this.#types.idOf(type.is === 'pending' ? { ...type, pending: anonymous(type.pending) } : type);
    this.#groups[id] ??= this.#groupNames.idOf(this.#groupNameOf(type) ?? `type ${id}`);
    return id;
  }

  /** The type of an event of the world. */
  idOfPending(pending: Pending, windowMs: Window, fate: Fate): number {
    const quick = this.#quick.get(windowMs) ?? new Map<number, number>();
    this.#quick.set(windowMs, quick);
    const key = numberOf(pending) * fates.length + fates.indexOf(fate);
    const known = quick.get(key);
    if (known !== undefined) return known;
    const id = this.idOf({ is: 'pending', pending, windowMs, fate });
    quick.set(key, id);
    return id;
  }

  /** The type of an event that stays pending: another one where the world has changed it. */
  idOfStanding(id: number, pending: Pending): number {
    const type = this.of(id);
    if (type.is !== 'pending' || type.pending.event === pending.event) return id;
    return this.idOf({ ...type, pending });
  }

  of(id: number): EventType {
    return this.#types.of(id);
  }

  /** The event of the world for a type, with a serial. */
  numbered(id: number, serial: number): Pending {
    this.#numbered[id] ??= [];
    const row = this.#numbered[id] as Pending[];
    const type = this.of(id);
    if (row[serial] === undefined && type.is === 'pending') row[serial] = { ...type.pending, serial, sent: serial };
    return row[serial] as Pending;
  }

  windowOf(id: number): Window {
    const type = this.of(id);
    if (type.is === 'pending') return type.windowMs;
    // An event at the last moment still meets an obligation: it is missed one millisecond later.
    if (type.is === 'deadline') return [type.limitMs + 1, type.limitMs + 1];
    return [this.#definition.scenario.untilMs, this.#definition.scenario.untilMs];
  }

  groupOf(id: number): number {
    return this.#groups[id] as number;
  }

  isOrdered(id: number): boolean {
    const type = this.of(id);
    return type.is === 'pending' && (this.#definition.links[type.pending.link]?.ordered ?? false);
  }

  #groupNameOf(type: EventType): string | null {
    if (type.is !== 'pending' || type.pending.kind !== 'message') return null;
    const { link, from, event } = type.pending;
    const { links, rules } = this.#definition;
    // Each connection has an order of its own.
    if (links[link]?.ordered) return `link ${link} from ${from} connection ${rules.connectionOf(event)}`;
    return rules.outdates(event, link) ? `outdating from ${from} over ${link}` : null;
  }
}

const fates: readonly Fate[] = ['happen', 'lose', 'duplicate'];

/** More than there are parties, links, and timers of a party or steps: each has a digit of its own in `numberOf`. */
const [parties, links, timers] = [16, 32, 4_096];

/** One number for everything about an event that matters, except its window. */
function numberOf({ kind, party, event, from, link, index, isCopy }: Pending): number {
  const hasRoom = party + 1 < parties && from + 1 < parties && link + 1 < links && index + 1 < timers;
  assert(hasRoom, () => `no room for a ${kind} of party ${party} from ${from} over link ${link} with index ${index}`);
  const number =
    ((((event * parties + party + 1) * parties + from + 1) * links + link + 1) * timers + index + 1) * 6 +
    (isCopy ? 3 : 0) +
    (kind === 'message' ? 0 : kind === 'timer' ? 1 : 2);
  assert(number <= Number.MAX_SAFE_INTEGER / fates.length, () => `event ${event} has too large a number`);
  return number;
}

/** One text for each type: everything that matters for what it does and when. */
function keyOf(type: EventType): string {
  if (type.is !== 'pending') return type.is === 'end' ? 'end' : `deadline ${type.property} ${type.limitMs} ${type.key}`;
  const { kind, party, event, from, link, index, isCopy } = type.pending;
  return `${kind} ${party} ${event} ${from} ${link} ${index} ${isCopy} ${type.windowMs} ${type.fate}`;
}

/** A pending event without its identity: serial, date and order. */
const anonymous = (pending: Pending): Pending => ({
  ...pending,
  serial: -1,
  sent: -1,
  dueMs: 0,
  order: 0,
  fate: 'happen',
});
