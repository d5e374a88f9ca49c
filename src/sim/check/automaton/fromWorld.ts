import type { Window } from '../../data/window.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { eventTable } from '../../system/eventTable.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { isFirable, newSource, turnTo } from '../engine/firing.ts';
import { Hulls } from '../engine/hulls.ts';
import { type Move, Situations } from '../engine/situations.ts';
import type { EventType } from '../system/eventTypes.ts';
import type { FaultBudget } from '../system/faultBudget.ts';
import { WorldSystem } from '../system/worldSystem.ts';
import {
  type Bound,
  type Edge,
  identifierOf,
  identifiersOf,
  type Location,
  NotWrittenError,
  type TimedAutomaton,
  trap,
} from './automaton.ts';
import { lowestFree, usualClocks } from './clocks.ts';

/** More situations make a model that no checker reads in a reasonable time. */
const mostSituations = 20_000;

const smaller =
  'a smaller world: an earlier `until`, fewer steps, calls, faults or --property, exact dates instead of windows';

/**
 * The timed world of a scenario as a timed automaton, for checkers that were not made here. Each pending event has a clock that
 * begins with it; nothing is left out because it has no effect or because nothing can be violated any more. Which moves
 * are possible is for the other checker to find: one that the exploration here excludes leads into a trap.
 *
 * Throws a NotWrittenError where the world is too large.
 */
export function automatonOf(
  definition: WorldDefinition,
  properties: readonly AnyProperty[],
  budget: FaultBudget,
  most = mostSituations,
): TimedAutomaton {
  const system = new WorldSystem(definition, properties, budget);
  const situations = new Situations(system);
  const hulls = new Hulls(situations, { end: system.end, visit: () => true });
  const ending = hulls.explore(most);
  if (ending === 'order') {
    throw new NotWrittenError(
      'a delayed message that may hold others of its link back beyond their own delays, or not',
      'a fault with one exact latency',
    );
  }
  if (ending !== 'complete')
    throw new NotWrittenError(`a world of more than ${most.toLocaleString('en-US')} situations`, smaller);
  return new Automaton(definition, system, situations, hulls).built(properties);
}

/** A pending event of a location: its clock, and whether it is late, so that it happens as soon as it may. */
interface Waiting {
  readonly type: number;
  readonly clock: number;
  readonly isLate: boolean;
}

/** A situation with a clock for each of its pending events. */
interface Place {
  readonly number: number;
  readonly situation: number;
  readonly waiting: readonly Waiting[];
}

class Automaton {
  readonly #definition: WorldDefinition;
  readonly #system: WorldSystem;
  readonly #situations: Situations;
  readonly #hulls: Hulls;
  readonly #usual: readonly number[];
  readonly #places: Place[] = [];
  readonly #placeOf = new Map<string, Place>();
  readonly #edges: Edge[] = [];
  #clocks = 0;

  constructor(definition: WorldDefinition, system: WorldSystem, situations: Situations, hulls: Hulls) {
    this.#definition = definition;
    this.#system = system;
    this.#situations = situations;
    this.#hulls = hulls;
    this.#usual = usualClocks(situations);
  }

  built(properties: readonly AnyProperty[]): TimedAutomaton {
    const names = identifiersOf(properties.map(({ name }) => name));
    const start = this.#situations.moveAt(this.#situations.start());
    this.#placed(start.target, this.#after([], start));
    // Places are added while they are followed.
    for (const place of this.#places) this.#follow(place);
    const locations = this.#places.map((place) => this.#location(place, names));
    const isTrap = ({ to }: Edge) => to < 0;
    return {
      title: this.#title,
      clocks: this.#clocks,
      locations: [...locations, { invariant: [], labels: [trap] }],
      edges: this.#edges.map((edge) => (isTrap(edge) ? { ...edge, to: locations.length } : edge)),
      labels: [...names, trap],
    };
  }

  get #title(): string {
    const { scenario } = this.#definition;
    if (!('mode' in scenario)) return scenario.title;
    const { mode, server } = scenario as Scenario;
    return `${scenario.title}: ${mode.title} on ${server.name}`;
  }

  #location({ situation, waiting }: Place, names: readonly string[]): Location {
    const violated = this.#system.violatedIn(this.#situations, situation);
    return {
      // What waits for another one has its own time run out meanwhile.
      invariant: waiting.flatMap((_, at) => (this.#waits(situation, at) ? [] : this.#latest(waiting, at, '<='))),
      labels: names.filter((_, bit) => (violated & (1 << bit)) !== 0),
    };
  }

  /** Every event that can be the next one as far as the order of its link is concerned. */
  #follow(place: Place): void {
    const { situation, waiting } = place;
    const pending = waiting.length;
    const hull = this.#hulls.hullOf(situation) ?? new Int32Array((pending + 1) ** 2);
    const source = newSource();
    turnTo(source, hull, 0, pending);
    for (let at = 0; at < pending; at++) {
      if (this.#waits(situation, at)) continue;
      const one = waiting[at] as Waiting;
      const event = this.#nameOf(one.type);
      const guard = this.#guard(place, at);
      if (!isFirable(source, this.#situations, situation, at + 1)) {
        this.#edges.push({ from: place.number, to: -1, event, guard, resets: [] });
        continue;
      }
      const list = this.#situations.movesOf(situation, at);
      for (let choice = 0; choice < this.#situations.choices(list); choice++) {
        this.#move(place, this.#situations.moveAt(this.#situations.move(list, choice)), event, guard);
      }
    }
  }

  #guard({ situation, waiting }: Place, at: number): Bound[] {
    const { clock, type, isLate } = waiting[at] as Waiting;
    const [earliestMs] = this.#windowOf(type);
    const guard: Bound[] = isLate || earliestMs === 0 ? [] : [{ clock, is: '>=', ms: earliestMs }];
    if (!this.#situations.isLast(situation, at)) return guard;
    // The end waits for all that is due at its date: each other event can still come later.
    const others = waiting.flatMap((_, other) =>
      other === at || this.#waits(situation, other) ? [] : this.#latest(waiting, other, '<'),
    );
    return [...guard, ...others];
  }

  /** The latest moment of an event, as a bound of its clock; none where it has none. */
  #latest(waiting: readonly Waiting[], at: number, is: Bound['is']): Bound[] {
    const { clock, type, isLate } = waiting[at] as Waiting;
    const ms = isLate ? 0 : this.#windowOf(type)[1];
    return Number.isFinite(ms) ? [{ clock, is, ms }] : [];
  }

  /**
   * An edge for a move. A message that has waited for one that came late on its connection comes with it if its own time is
   * over: then it is late, and begins a clock at whose 0 it happens.
   */
  #move(place: Place, move: Move, event: string, guard: readonly Bound[]): void {
    const after = this.#after(place.waiting, move);
    const freed = move.origins.flatMap((origin, at) => (this.#mayBeLate(place, move, origin, at) ? [at] : []));
    for (let late = 0; late < 1 << freed.length; late++) {
      const isLate = (at: number) => ((late >> freed.indexOf(at)) & 1) === 1;
      const bounds = freed.flatMap((at) => this.#latest(after, at, isLate(at) ? '>' : '<='));
      const waiting = after.map((one, at) => (freed.includes(at) && isLate(at) ? { ...one, isLate: true } : one));
      const begun = waiting.filter((one, at) => (move.origins[at] as number) < 0 || one.isLate);
      this.#edges.push({
        from: place.number,
        to: this.#placed(move.target, waiting),
        event,
        guard: [...guard, ...bounds],
        resets: begun.map(({ clock }) => clock),
      });
    }
  }

  /** Whether an event waits no longer after a move, and its own time may have run out before. */
  #mayBeLate({ situation, waiting }: Place, { target }: Move, origin: number, at: number): boolean {
    if (origin < 0 || !this.#waits(situation, origin) || this.#waits(target, at)) return false;
    const latest = this.#windowOf((waiting[origin] as Waiting).type)[1];
    for (let before = origin; this.#waits(situation, before); before--) {
      const { type, isLate } = waiting[before - 1] as Waiting;
      if (isLate || this.#windowOf(type)[1] > latest) return true;
    }
    return false;
  }

  /** The pending events after a move: what stays keeps its clock, what is new takes a free one. */
  #after(before: readonly Waiting[], { target, origins }: Move): Waiting[] {
    const { pending } = this.#situations.of(target);
    const taken = new Set(origins.flatMap((origin) => before[origin]?.clock ?? []));
    return origins.map((origin, at) => {
      const type = pending[at] as number;
      const standing = before[origin];
      if (standing !== undefined) return { ...standing, type };
      const usual = this.#usual[type] ?? 0;
      const clock = taken.has(usual) ? lowestFree(taken) : usual;
      taken.add(clock);
      this.#clocks = Math.max(this.#clocks, clock + 1);
      return { type, clock, isLate: false };
    });
  }

  #placed(situation: number, waiting: readonly Waiting[]): number {
    const key = `${situation} ${waiting.map(({ clock, isLate }) => (isLate ? -1 - clock : clock)).join()}`;
    const known = this.#placeOf.get(key);
    if (known !== undefined) return known.number;
    const number = this.#places.length;
    if (number >= 2 * mostSituations) {
      const found = `a world of more than ${number.toLocaleString('en-US')} locations`;
      throw new NotWrittenError(found, smaller);
    }
    const place = { number, situation, waiting };
    this.#placeOf.set(key, place);
    this.#places.push(place);
    return number;
  }

  #waits(situation: number, at: number): boolean {
    return this.#situations.waits(this.#situations.typesAt(situation), at);
  }

  #windowOf(type: number): Window {
    return this.#system.windowOf(type);
  }

  #nameOf(type: number): string {
    return identifierOf(said(this.#definition, this.#system.typeOf(type)));
  }
}

/** An event in words. */
function said({ parties }: WorldDefinition, type: EventType): string {
  if (type.is === 'end') return 'end of the run';
  if (type.is === 'deadline') return `deadline ${type.key}`;
  const { kind, event, party, isCopy } = type.pending;
  const what = event < 0 ? `${kind} at a link` : `${kind} ${eventTable.of(event).type} to ${parties[party]?.party}`;
  return isCopy ? `copy of ${what}` : what;
}
