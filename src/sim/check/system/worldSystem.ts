import type { Window } from '../../data/window.ts';
import { environmentSighting } from '../../system/eventTable.ts';
import { Observers, type PropertyObligation } from '../../system/observers.ts';
import { type AnyProperty, PropertyTable } from '../../system/property.ts';
import type { AnyFault } from '../../system/settings.ts';
import { connectionOrder, placesInOrder } from '../../world/connectionOrder.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { dueFault } from '../../world/faults.ts';
import type { Fate, Pending } from '../../world/pending.ts';
import { type Fired, World } from '../../world/world.ts';
import type { Situations } from '../engine/situations.ts';
import type { Outcome, PendingAfter, Situation, TimedSystem } from '../engine/timedSystem.ts';
import { type EventType, EventTypes } from './eventTypes.ts';
import { FateLists, type FaultBudget, type FaultChoice, faultChoices } from './faultBudget.ts';

/** A reduction of the state space: pending events that an exploration need not follow. */
export interface Reduction {
  /** What was left out since this was last set to 0, as a number: the assumption of a firing. */
  assumed: number;
  /** Takes note of a step of a party from one local state to another. */
  sees(party: number, from: number, to: number): void;
  /** Whether a pending event of that type can be left out where the parties are in those local states. */
  has(type: number, locals: readonly number[]): boolean;
}

const nothing: Reduction = { assumed: 0, sees: () => {}, has: () => false };

/** Places of the words after those of the local states. */
const cutLinksAt = 0;
const observersAt = 1;
const lossesAt = 2;
const duplicatesAt = 3;
const connectionOrderAt = 4;
const occurrencesAt = 5;

/** New events of the world have the origin -2 - n, n being their place in the order in which they were created. */
export const createdOrigin = (created: number): number => -2 - created;

const none: readonly undefined[] = [];

/** What an onlooker sees of an event, in order. */
export const sightingsOf = ({ fired, reaction }: Fired): readonly number[] => [
  ...(fired.kind === 'step' ? [environmentSighting] : []),
  ...(reaction?.sightings ?? []),
];

/** The world after one event, before faults are chosen for the messages that it sent. */
interface Aftermath {
  readonly world: World;
  readonly created: readonly Pending[];
  readonly observers: number;
  /** Obligations whose time begins now, even where it was running before. */
  readonly begun: readonly PropertyObligation[];
  readonly situation: Situation | null;
  /** Where in the situation each event of the world was before. */
  readonly positions: readonly number[];
}

/**
 * The world of a scenario with the observers of its properties, as a timed system. `World.fire` says what happens; this
 * adds the choice of faults, the deadlines of the properties, and the end of the run.
 *
 * Events that cannot happen before the end of the run are left out, such as a refresh after nine minutes.
 */
export class WorldSystem implements TimedSystem {
  readonly observers: Observers;
  /** What is left out of the situations; set before the exploration begins. */
  reduction: Reduction = nothing;
  readonly definition: WorldDefinition;
  readonly start: Outcome;
  readonly #budget: FaultBudget;
  readonly #types: EventTypes;
  readonly #fates = new FateLists();
  /** The faults of the scenario that have happened somewhere, by their place in it. */
  readonly happened = new Set<number>();

  constructor(definition: WorldDefinition, properties: readonly AnyProperty[], budget: FaultBudget) {
    this.definition = definition;
    this.#types = new EventTypes(definition);
    this.#budget = budget;
    const tables = properties.map((property) => new PropertyTable(property, definition.scenario));
    this.observers = new Observers(tables, { keepsViolated: false });
    this.start = this.#start();
  }

  get assumed(): number {
    return this.reduction.assumed;
  }

  /** The type of the event that ends the run. */
  get end(): number {
    return this.#types.idOf({ is: 'end' });
  }

  windowOf(type: number): Window {
    return this.#types.windowOf(type);
  }

  groupOf(type: number): number {
    return this.#types.groupOf(type);
  }

  isOrdered(type: number): boolean {
    return this.#types.isOrdered(type);
  }

  isLast(type: number): boolean {
    return this.typeOf(type).is === 'end';
  }

  /** What kind of thing a type stands for. */
  typeOf(type: number): EventType {
    return this.#types.of(type);
  }

  /** What became of the messages that a firing created, in their order. */
  fatesOf(choice: number): readonly Fate[] {
    return this.#fates.of(choice);
  }

  /** The properties that are violated in a situation, as bits. */
  violatedIn(situations: Situations, id: number): number {
    return this.observers.violated[this.observersIn(situations, id)] as number;
  }

  /** Whether no successor can violate a property that has not been violated yet. */
  isSettled(situations: Situations, id: number): boolean {
    return this.observers.isSettled(this.observersIn(situations, id));
  }

  /** The combination of the observers in a situation. */
  observersIn(situations: Situations, id: number): number {
    return situations.wordOf(id, this.definition.parties.length + observersAt);
  }

  /** The successors of a situation without the reduction. */
  fireWhole(situation: Situation, position: number): readonly Outcome[] {
    const { reduction } = this;
    this.reduction = nothing;
    const outcomes = this.fire(situation, position);
    this.reduction = reduction;
    return outcomes;
  }

  fire(situation: Situation, position: number): readonly Outcome[] {
    this.reduction.assumed = 0;
    const type = this.typeOf(situation.pending[position] as number);
    if (type.is === 'end') return [this.#ended(situation)];
    if (type.is === 'deadline') return [this.#missed(situation, type)];
    const { world, positions, fired } = this.#fireInWorld(situation, position, type.fate);
    const { party } = type.pending;
    if (party >= 0) this.reduction.sees(party, situation.words[party] as number, world.locals[party] as number);
    const seen = this.#observed(this.#word(situation.words, observersAt), fired);
    return this.#withFaults(situation.words, { world, created: fired.created, situation, positions, ...seen });
  }

  /** What happens in the world when the event at a position fires; null where it is no event of the world. */
  fireInWorld(situation: Situation, position: number): Fired | null {
    const type = this.typeOf(situation.pending[position] as number);
    return type.is === 'pending' ? this.#fireInWorld(situation, position, type.fate).fired : null;
  }

  #fireInWorld(situation: Situation, position: number, fate: Fate) {
    const { world, positions } = this.#resume(situation);
    // What is lost is never pending here.
    const fired = world.fire(positions.indexOf(position), fate === 'duplicate' ? 'duplicate' : 'happen');
    return { world, positions, fired };
  }

  #word(words: readonly number[], place: number): number {
    return words[this.definition.parties.length + place] as number;
  }

  #start(): Outcome {
    const { world, started } = World.start(this.definition);
    let observers = this.observers.start;
    for (const { reaction } of started) {
      for (const sighting of reaction?.sightings ?? []) observers = this.observers.next(observers, sighting);
    }
    const created = [...world.pending].sort((one, other) => one.serial - other.serial);
    const { losses, duplicates } = this.#budget;
    const words = [...world.locals, world.cutLinks, observers, losses, duplicates, 0];
    words.push(...this.definition.scenario.faults.map(() => 0));
    const [first] = this.#withFaults(words, {
      world,
      created,
      observers,
      begun: [],
      situation: null,
      positions: [],
    });
    if (first === undefined) throw new Error('the world has no beginning');
    return { ...first, pending: [...first.pending, { type: this.end, origin: -1 }] };
  }

  /** The world of a situation. Serials count its events; `positions` says where in the situation each of them is. */
  #resume({ words, pending }: Situation) {
    const ids: number[] = [];
    const listed: number[] = [];
    const inList: Pending[] = [];
    for (let position = 0; position < pending.length; position++) {
      const id = pending[position] as number;
      if (this.typeOf(id).is !== 'pending') continue;
      inList.push(this.#types.numbered(id, ids.length));
      ids.push(id);
      listed.push(position);
    }
    const order = this.#word(words, connectionOrderAt);
    const places = order === 0 ? null : placesInOrder(this.definition, inList, order);
    const events = places?.map((place, serial) => this.#types.numbered(ids[place] as number, serial)) ?? inList;
    const positions = places?.map((place) => listed[place] as number) ?? listed;
    const locals = words.slice(0, this.definition.parties.length);
    const world = World.resume(this.definition, { locals, pending: events, cutLinks: this.#word(words, cutLinksAt) });
    return { world, positions };
  }

  #observed(before: number, fired: Fired): Pick<Aftermath, 'observers' | 'begun'> {
    let observers = before;
    const begun: PropertyObligation[] = [];
    for (const sighting of sightingsOf(fired)) {
      const next = this.observers.next(observers, sighting);
      if (next !== observers) begun.push(...this.#begunBetween(observers, next));
      observers = next;
    }
    return { observers, begun };
  }

  /** Obligations of a combination of the observers that the one before it does not have. */
  #begunBetween(before: number, after: number): PropertyObligation[] {
    const standing = this.observers.obligationsIn(before);
    return this.observers.obligationsIn(after).filter((one) => !standing.includes(one));
  }

  /** One outcome per choice of faults for the messages that have been sent. */
  #withFaults(words: readonly number[], aftermath: Aftermath): Outcome[] {
    const { world, created, observers } = aftermath;
    const { faults } = this.definition.scenario;
    const occurrences = words.slice(this.definition.parties.length + occurrencesAt);
    const demanded = faults.length === 0 ? none : created.map((one) => dueFault(this.definition, occurrences, one));
    for (const fault of demanded) if (fault !== undefined) this.happened.add(faults.indexOf(fault));
    const capped = occurrences.map((count, index) => Math.min(count, faults[index]?.occurrence ?? 0));
    const order = connectionOrder(this.definition, world.pending);
    return this.#choices(words, aftermath, demanded).map(({ fates, left }) => ({
      words: [...world.locals, world.cutLinks, observers, left.losses, left.duplicates, order, ...capped],
      pending: this.#pendingAfter(aftermath, demanded, fates),
      choice: this.#fates.idOf(fates),
    }));
  }

  #choices(
    words: readonly number[],
    { world, created }: Aftermath,
    demanded: readonly (AnyFault | undefined)[],
  ): readonly FaultChoice[] {
    const budget = { losses: this.#word(words, lossesAt), duplicates: this.#word(words, duplicatesAt) };
    const isSpent = budget.losses + budget.duplicates === 0;
    if (isSpent && demanded.length === 0) return [{ fates: this.#fates.harmless(created.length), left: budget }];
    const exposed = created.map((pending, index) => ({
      demanded: demanded[index],
      mayFail: !isSpent && this.#mayFail(pending, world.locals),
    }));
    return faultChoices(exposed, budget);
  }

  /** To lose or double a message without effect is not a choice of its own. */
  #mayFail(pending: Pending, locals: readonly number[]): boolean {
    if (pending.kind !== 'message' || pending.isCopy || !this.definition.links[pending.link]?.lossy) return false;
    return !this.reduction.has(this.#types.idOfPending(pending, pending.windowMs, 'happen'), locals);
  }

  #pendingAfter(
    { world, created, observers, begun, situation, positions }: Aftermath,
    demanded: readonly (AnyFault | undefined)[],
    fates: readonly Fate[],
  ): PendingAfter[] {
    const after: PendingAfter[] = [];
    const add = (type: number, origin: number) => {
      if (!this.reduction.has(type, world.locals)) after.push({ type, origin });
    };
    const bySerial: Pending[] = [];
    for (const pending of world.pending) bySerial[pending.serial] = pending;
    const addCreated = (index: number) => {
      const pending = bySerial[created[index]?.serial as number];
      if (pending === undefined || fates[index] === 'lose') return;
      const windowMs = demanded[index]?.latencyMs ?? pending.windowMs;
      // On an ordered link it stays, for what is sent behind it waits for it.
      const isTooLate = windowMs[0] > this.definition.scenario.untilMs;
      if (isTooLate && !this.definition.links[pending.link]?.ordered) return;
      add(this.#types.idOfPending(pending, windowMs, fates[index] as Fate), createdOrigin(index));
    };
    const copies = created[0]?.isCopy ? 1 : 0;
    for (let serial = 0; serial < positions.length; serial++) {
      const standing = bySerial[serial];
      const origin = positions[serial] as number;
      if (standing) add(this.#types.idOfStanding(situation?.pending[origin] as number, standing), origin);
      // A copy takes the place of its original among the messages of the sender: it was sent with it.
      if (copies > 0 && created[0]?.sent === serial) addCreated(0);
    }
    for (let index = copies; index < created.length; index++) addCreated(index);
    after.push(...this.#deadlines(observers, begun, situation));
    if (situation !== null) after.push({ type: this.end, origin: situation.pending.indexOf(this.end) });
    return after;
  }

  #deadlines(observers: number, begun: readonly PropertyObligation[], situation: Situation | null): PendingAfter[] {
    return this.observers.obligationsIn(observers).flatMap((obligation) => {
      if (obligation.limitMs >= this.definition.scenario.untilMs) return [];
      const type = this.#types.idOf({ is: 'deadline', ...obligation });
      const origin = begun.includes(obligation) ? -1 : (situation?.pending.indexOf(type) ?? -1);
      return [{ type, origin }];
    });
  }

  #missed({ words, pending }: Situation, obligation: PropertyObligation): Outcome {
    const before = this.#word(words, observersAt);
    const observers = this.observers.missed(before, obligation);
    const begun = this.#begunBetween(before, observers);
    const situation = { words, pending };
    const others = pending.flatMap((id, origin): PendingAfter[] =>
      this.typeOf(id).is === 'deadline' ? [] : [{ type: id, origin }],
    );
    return {
      words: words.with(this.definition.parties.length + observersAt, observers),
      pending: [...others, ...this.#deadlines(observers, begun, situation)],
      choice: this.#fates.idOf([]),
    };
  }

  /** Of a run that has ended only the verdicts remain. */
  #ended({ words }: Situation): Outcome {
    const observers = this.observers.end(this.#word(words, observersAt));
    const blank = words.map(() => 0);
    return {
      words: blank.with(this.definition.parties.length + observersAt, observers),
      pending: [],
      choice: this.#fates.idOf([]),
    };
  }
}
