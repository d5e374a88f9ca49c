import { limits } from '../sim/certificate/certificate.ts';
import { deadlineName, endName, eventName, groupName } from '../sim/certificate/names.ts';
import { canonical } from '../sim/data/canonical.ts';
import type { Window } from '../sim/data/window.ts';
import { environmentSighting } from '../sim/system/eventTable.ts';
import type { PropertyTable } from '../sim/system/property.ts';
import type { AnyFault } from '../sim/system/settings.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { dueFault } from '../sim/world/faults.ts';
import type { Fate, Pending } from '../sim/world/pending.ts';
import { World } from '../sim/world/world.ts';

/** A pending event: one of the world, the moment at which an obligation is missed, or the end of the run. */
export interface Waiting {
  readonly is: Pending | { readonly property: number; readonly key: string } | 'end';
  /** Its serial in the world, else its name: what makes it the same one after another event. */
  readonly id: number | string;
  readonly text: string;
  /** Events of one group stand in the order of their age. */
  readonly group: string;
  readonly age: number;
  /** Whether it cannot overtake older ones of its group. */
  readonly isOrdered: boolean;
  readonly window: Window;
  readonly fate: Fate;
}

type Named = Pick<Waiting, 'text' | 'group' | 'isOrdered'>;

type Budget = readonly [losses: number, duplicates: number];

/** All that is discrete at one moment of a run. `states`: of each property's observer; `sent`: how many messages each fault has counted. */
export interface Moment {
  /** What is pending there and not among `events` is left out. */
  readonly world: World;
  readonly states: readonly number[];
  readonly left: Budget;
  readonly sent: readonly number[];
  readonly events: readonly Waiting[];
}

/** What an event leads to, and which one before it each of the pending events was (1 is the first, 0 for new ones). */
export interface Step {
  readonly moment: Moment;
  readonly origins: readonly number[];
}

/** What can happen, one event after another, whatever the dates: the world itself, beside the observers of properties. */
export class Moments {
  readonly #definition: WorldDefinition;
  readonly #tables: readonly PropertyTable[];
  readonly #isInert: (party: number, local: number, event: number) => boolean;
  readonly #named = new Map<Window, Map<number, Map<number, Named>>>();
  readonly #timers = new Map<string, number>();
  readonly #deadlinesIn: readonly Waiting[][][];
  readonly #end: Waiting;
  #standing: { readonly states: readonly number[]; readonly deadlines: readonly Waiting[] } | null = null;
  #placed: { readonly moment: Moment; readonly placeOf: ReadonlyMap<Waiting['id'], number> } | null = null;

  /** `isInert`: whether a message has no effect on a party from a local state on. */
  constructor(
    definition: WorldDefinition,
    tables: readonly PropertyTable[],
    isInert: (party: number, local: number, event: number) => boolean,
  ) {
    this.#definition = definition;
    this.#tables = tables;
    this.#isInert = isInert;
    this.#deadlinesIn = tables.map(() => []);
    this.#end = dated('end', endName, definition.scenario.untilMs);
  }

  begin(left: Budget): Step[] {
    const { world, started } = World.start(this.#definition);
    const states = this.#tables.map(({ initial }) => initial);
    const sent = this.#definition.scenario.faults.map(() => 0);
    const sightings = started.flatMap(({ reaction }) => reaction?.sightings ?? []);
    return this.#steps({ world, states, left, sent, events: [] }, world, world.pending, sightings);
  }

  /** What the event at a position leads to: a step for each choice of faults. */
  after(moment: Moment, at: number): Step[] {
    const { is, fate } = moment.events[at] as Waiting;
    if (is === 'end') return [];
    if ('key' in is) {
      const state = this.#tables[is.property]?.missed(moment.states[is.property] as number, is.key) as number;
      return this.#steps(moment, moment.world, [], [], moment.states.with(is.property, state));
    }
    const world = moment.world.clone();
    const placeOf = this.#placesIn(moment);
    world.pending = world.pending.filter(({ serial }) => placeOf.has(serial));
    const position = world.pending.findIndex(({ serial }) => serial === is.serial);
    const { reaction, created } = world.fire(position, fate);
    const sightings = [...(is.kind === 'step' ? [environmentSighting] : []), ...(reaction?.sightings ?? [])];
    return this.#steps(moment, world, created, sightings);
  }

  /** The moments after an event: one for each choice of faults for what it created. */
  #steps(
    before: Moment,
    world: World,
    created: readonly Pending[],
    sightings: readonly number[],
    missed = before.states,
  ): Step[] {
    const { states, begun } = this.#watch(before.states, missed, sightings);
    const counted = [...before.sent];
    const inOrder = [...created].sort((one, other) => one.serial - other.serial);
    const { faults } = this.#definition.scenario;
    const demanded = new Map<number, AnyFault | undefined>();
    for (const one of inOrder) demanded.set(one.serial, dueFault(this.#definition, counted, one));
    const sent = counted.map((count, fault) => Math.min(count, faults[fault]?.occurrence ?? 0));
    const placeOf = this.#placesIn(before);
    return this.#choices(inOrder, demanded, world, before.left).map(({ fates, left }) => {
      const events = [...this.#deadlines(states), this.#end];
      for (const one of world.pending) {
        const old = before.events[placeOf.get(one.serial) ?? -1];
        const window = old?.window ?? demanded.get(one.serial)?.latencyMs ?? one.windowMs;
        const fate = old?.fate ?? fates.get(one.serial) ?? 'happen';
        if (fate === 'lose' || this.#isLate(one, window) || this.#isLeftOut(one, window, world)) continue;
        events.push(old && (old.is as Pending).event === one.event ? old : this.#waiting(one, window, fate));
      }
      events.sort(byGroupAndAge);
      const origins = events.map(({ id }) => (begun.has(id) ? 0 : (placeOf.get(id) ?? -1) + 1));
      return { moment: { world, states, left, sent, events }, origins };
    });
  }

  /** Where each event of a moment stands. One moment is asked about many times in a row. */
  #placesIn(moment: Moment): ReadonlyMap<Waiting['id'], number> {
    if (this.#placed?.moment !== moment) {
      this.#placed = { moment, placeOf: new Map(moment.events.map(({ id }, at) => [id, at])) };
    }
    return this.#placed.placeOf;
  }

  /** The states after all that was seen, and the obligations whose time began then, even where it was running before. */
  #watch(before: readonly number[], missed: readonly number[], sightings: readonly number[]) {
    const begun = new Set<number | string>();
    let states = before;
    const goTo = (next: readonly number[]) => {
      if (next.every((state, at) => state === states[at])) return;
      const standing = new Set(this.#deadlines(states).map(({ id }) => id));
      for (const { id } of this.#deadlines(next)) if (!standing.has(id)) begun.add(id);
      states = next;
    };
    goTo(missed);
    for (const one of sightings) goTo(states.map((state, at) => (this.#tables[at] as PropertyTable).next(state, one)));
    return { states, begun };
  }

  /** The obligations that can be missed before the end: one millisecond after their time is over. */
  #deadlines(states: readonly number[]): readonly Waiting[] {
    // Few events change what a property waits for: the states are mostly those that were asked about before.
    if (this.#standing?.states !== states) {
      const deadlines = states.flatMap((state, property) => {
        const known = this.#deadlinesIn[property] as Waiting[][];
        known[state] ??= this.#deadlinesOf(property, state);
        return known[state];
      });
      this.#standing = { states, deadlines };
    }
    return this.#standing.deadlines;
  }

  #deadlinesOf(property: number, state: number): Waiting[] {
    const table = this.#tables[property] as PropertyTable;
    return table
      .obligations(state)
      .filter(({ limitMs }) => limitMs < this.#definition.scenario.untilMs)
      .map((one) => dated({ property, key: one.key }, deadlineName(table.property.name, one), one.limitMs + 1));
  }

  #choices(
    created: readonly Pending[],
    demanded: ReadonlyMap<number, AnyFault | undefined>,
    world: World,
    budget: Budget,
  ): { fates: ReadonlyMap<number, Fate>; left: Budget }[] {
    // Whatever has no fate of its own happens.
    if (budget[0] + budget[1] + this.#definition.scenario.faults.length === 0)
      return [{ fates: new Map(), left: budget }];
    let choices = [{ fates: new Map<number, Fate>(), left: budget }];
    for (const one of created) {
      const fault = demanded.get(one.serial);
      const isExposed = one.kind === 'message' && !one.isCopy && this.#definition.links[one.link]?.lossy === true;
      // What becomes of a message without effect makes no difference, and would leave fewer faults for others.
      const mayFail = isExposed && !fault && !this.#isLeftOut(one, one.windowMs, world);
      choices = choices.flatMap(({ fates, left: [losses, duplicates] }) => {
        const choose = (fate: Fate, left: Budget) => ({ fates: new Map(fates).set(one.serial, fate), left });
        return [
          choose(fault && fault.do !== 'delay' ? fault.do : 'happen', [losses, duplicates]),
          ...(mayFail && losses > 0 ? [choose('lose', [losses - 1, duplicates])] : []),
          ...(mayFail && duplicates > 0 ? [choose('duplicate', [losses, duplicates - 1])] : []),
        ];
      });
    }
    return choices;
  }

  /** Whether it would come after the end. On a connection it stays, for what is sent behind it waits for it. */
  #isLate({ link }: Pending, [earliestMs]: Window): boolean {
    return earliestMs > this.#definition.scenario.untilMs && !this.#definition.links[link]?.ordered;
  }

  /** Whether it is a message without effect. One that a fault delays holds up what is sent behind it. */
  #isLeftOut({ kind, party, event, windowMs }: Pending, window: Window, world: World): boolean {
    return kind === 'message' && window === windowMs && this.#isInert(party, world.locals[party] as number, event);
  }

  #waiting(pending: Pending, window: Window, fate: Fate): Waiting {
    const { kind, party, event, from, link, index, isCopy, serial, sent } = pending;
    // One number of 31 bits for all else that its name says. A world has at most 14 parties and 30 links.
    const place = ((party + 1) * 16 + from + 1) * 32 + link + 1;
    const what = (fates.indexOf(fate) * 3 + kinds.indexOf(kind)) * 2 + Number(isCopy);
    const key = (place * mostIndexes + index + 1) * 18 + what;
    const byEvent = this.#named.get(window) ?? new Map<number, Map<number, Named>>();
    this.#named.set(window, byEvent);
    const names = byEvent.get(event) ?? new Map<number, Named>();
    byEvent.set(event, names);
    const named = names.get(key) ?? this.#name(pending, window, fate);
    names.set(key, named);
    const { text, group, isOrdered } = named;
    return { is: pending, id: serial, text, group, age: sent, isOrdered, window, fate };
  }

  #name(pending: Pending, window: Window, fate: Fate): Named {
    const text = canonical(eventName(this.#definition, pending, window, fate));
    // A timer is named by its event: two of one name would be taken for one.
    if ((this.#timers.get(text) ?? pending.index) !== pending.index) throw new Error(`two timers are ${text}`);
    this.#timers.set(text, pending.index);
    const isOrdered = this.#definition.links[pending.link]?.ordered === true;
    return { text, group: groupName(this.#definition, pending) ?? text, isOrdered };
  }
}

const kinds: readonly Pending['kind'][] = ['message', 'timer', 'step'];
const fates: readonly Fate[] = ['happen', 'lose', 'duplicate'];
/** More steps than that are refused, and no party has as many timers. */
const mostIndexes = limits.steps + 2;

/** An event that comes so many milliseconds after it has begun to wait. */
function dated(is: Waiting['is'], name: readonly unknown[], ms: number): Waiting {
  const text = canonical(name);
  return { is, id: text, text, group: text, age: 0, isOrdered: false, window: [ms, ms], fate: 'happen' };
}

const byGroupAndAge = (one: Waiting, other: Waiting): number =>
  one.group < other.group ? -1 : one.group > other.group ? 1 : one.age - other.age;

/** Whether the event at a position must wait for the one before it, on a connection that keeps the order. */
export const mustWait = (events: readonly Waiting[], at: number): boolean =>
  events[at]?.isOrdered === true && events[at]?.group === events[at - 1]?.group;
