import type { Window } from '../data/window.ts';
import { InputError } from '../input/inputError.ts';
import { eventTable } from '../system/eventTable.ts';
import type { CompiledLink, WorldDefinition } from './definition.ts';
import { linkOf } from './linkOf.ts';
import type { Effect } from './partyReaction.ts';
import type { PartyReaction, PartyTable } from './partyTable.ts';
import { byDates, type Fate, newPending, type Pending } from './pending.ts';

/** What firing a pending event did. */
export interface Fired {
  readonly fired: Pending;
  /** What became of it: a message over a cut link is lost whatever was chosen. */
  readonly fate: Fate;
  /** What the party did, or null where nothing reached one. */
  readonly reaction: PartyReaction | null;
  readonly created: readonly Pending[];
  /** Messages that were under way and never arrive, and timers that were cancelled. */
  readonly removed: readonly Pending[];
}

/** The state of a world during a run, without what it only remembers. */
export interface WorldState {
  readonly locals: readonly number[];
  readonly pending: readonly Pending[];
  /** Links that are cut, as bits. */
  readonly cutLinks: number;
}

/** Decides when a new pending event is due, and with which fate. Pure drivers ignore it. */
export type Scheduler = (pending: Pending) => void;

const atOnce: Window = [0, 0];

/** Stands for lists that nobody reads. */
const unlogged: Pending[] = [];

/** Of so many timers of a party it is known without looking whether they are armed: bits of words that take no memory of their own. */
const wordsOfTimers = 3;
const timersKnown = 32 * wordsOfTimers;
const wordOf = (party: number, timer: number): number => party * wordsOfTimers + (timer >> 5);
const bitOf = (timer: number): number => 1 << (timer & 31);

/** What a driver does without, for the sake of speed. */
export interface WorldOptions {
  /** Whether `Fired` says what was created and what was removed, which a driver of many runs need not know; default true. */
  readonly logs?: boolean;
  /**
   * Whether the steps that have dates wait in a line of their own, of which only the first is pending: for a driver that always fires
   * what is due first. Looking through the steps of a whole day at each event would take longer than all else. Default false.
   */
  readonly queuesSteps?: boolean;
}

/** What a world that is resumed goes on with. */
export interface ResumeOptions {
  readonly schedule?: Scheduler;
  readonly logs?: boolean;
  /** The serial of what is created next. */
  readonly serial?: number;
  /** Steps in a line of their own, the last one first: see `queuesSteps`. */
  readonly laterSteps?: readonly Pending[];
}

/**
 * The whole state of a run: a local state per party, the pending events, the cut links. Plain data; `clone` to branch.
 * Drivers choose which pending event fires; nothing here decides, waits or draws lots.
 */
export class World {
  readonly definition: WorldDefinition;
  locals: number[];
  pending: Pending[];
  cutLinks: number;
  #serial = 0;
  readonly #schedule: Scheduler;
  readonly #logs: boolean;
  /** Steps that come after one that is pending, the last one first. */
  #laterSteps: Pending[] = [];
  /** Which timers are armed, as bits of some words for each party; null in a world that logs, which looks them up. */
  #armed: number[] | null = null;

  private constructor(definition: WorldDefinition, schedule: Scheduler, logs: boolean) {
    this.definition = definition;
    this.#schedule = schedule;
    this.#logs = logs;
    this.locals = [];
    this.pending = [];
    this.cutLinks = 0;
  }

  /** The world before anything has happened, with what the start itself brings about. */
  static start(
    definition: WorldDefinition,
    schedule: Scheduler = () => {},
    { logs = true, queuesSteps = false }: WorldOptions = {},
  ): { world: World; started: Fired[] } {
    const world = new World(definition, schedule, logs);
    if (!logs) world.#armed = new Array<number>(definition.parties.length * wordsOfTimers).fill(0);
    world.cutLinks = definition.cutAtStart;
    const created: Pending[] = world.#logs ? [] : unlogged;
    for (let index = 0; index < definition.steps.length; index++) {
      if (index === 0 || !definition.steps[index]?.chained) world.#addStep(index, created);
    }
    if (queuesSteps) {
      world.#laterSteps = world.pending.sort((one, other) => byDates(other, one));
      world.pending = world.#laterSteps.splice(-1);
    }
    const started = definition.parties.map((table, party): Fired => {
      world.locals.push(table.initial.next);
      const begun = newPending(-1, 'step', party, -1, -1, -1, -1, -1, atOnce);
      const created: Pending[] = world.#logs ? [] : unlogged;
      const removed: Pending[] = world.#logs ? [] : unlogged;
      world.#apply(party, table.initial, created, removed);
      return { fired: begun, fate: 'happen', reaction: table.initial, created, removed };
    });
    return { world, started };
  }

  /**
   * A world in a given state. The serials of what is pending count up from 0, in the order of sending wherever that
   * matters (messages that outdate older ones of their sender).
   */
  static resume(
    definition: WorldDefinition,
    { locals, pending, cutLinks }: WorldState,
    { schedule = () => {}, logs = true, serial = pending.length, laterSteps = [] }: ResumeOptions = {},
  ): World {
    const world = new World(definition, schedule, logs);
    world.locals = locals.slice();
    world.pending = pending.slice();
    world.cutLinks = cutLinks;
    world.#serial = serial;
    world.#laterSteps = laterSteps.slice();
    return world;
  }

  /** The same state by itself; what is created in it from now on is given to `schedule`. */
  clone(schedule: Scheduler = this.#schedule): World {
    const copy = new World(this.definition, schedule, this.#logs);
    copy.locals = this.locals.slice();
    copy.pending = this.pending.slice();
    copy.cutLinks = this.cutLinks;
    copy.#serial = this.#serial;
    copy.#laterSteps = this.#laterSteps.slice();
    copy.#armed = this.#armed?.slice() ?? null;
    return copy;
  }

  /** Lets the pending event at a position happen, in place. */
  fire(position: number, chosen: Fate = 'happen'): Fired {
    const fired = this.pending[position];
    if (fired === undefined) throw new RangeError(`nothing is pending at position ${position}`);
    this.#takeOut(position);
    const isCut = fired.kind === 'message' && (this.cutLinks & (1 << fired.link)) !== 0;
    const fate = isCut ? 'lose' : chosen;
    const created: Pending[] = this.#logs ? [] : unlogged;
    const removed: Pending[] = this.#logs ? [] : unlogged;
    if (fate === 'lose') return { fired, fate, reaction: null, created, removed };
    if (fate === 'duplicate') {
      // Where nothing overtakes, the copy follows its original before all that was sent later.
      const windowMs = this.definition.links[fired.link]?.ordered ? atOnce : fired.windowMs;
      this.#add({ ...fired, serial: this.#serial++, windowMs, isCopy: true, fate: 'happen' }, created);
    }
    if (fired.kind === 'step') this.#environment(fired, created, removed);
    else if (fired.kind === 'timer') this.#setArmed(fired.party, fired.index, false);
    if (fired.party < 0) return { fired, fate, reaction: null, created, removed };
    if (fired.kind === 'message') this.#outdate(fired);
    const reaction = this.#party(fired.party).react(this.locals[fired.party] as number, fired.event);
    this.locals[fired.party] = reaction.next;
    this.#apply(fired.party, reaction, created, removed);
    return { fired, fate, reaction, created, removed };
  }

  /** The order of `pending` means nothing: the last one takes the place of the one that goes. */
  #takeOut(position: number): void {
    const last = this.pending.pop();
    if (last !== undefined && position < this.pending.length) this.pending[position] = last;
  }

  #party(index: number) {
    const table = this.definition.parties[index];
    if (table === undefined) throw new RangeError(`there is no party ${index}`);
    return table;
  }

  #add(pending: Pending, created: Pending[]): void {
    this.#schedule(pending);
    this.pending.push(pending);
    if (this.#logs) created.push(pending);
  }

  /**
   * Takes in a step that the definition has been given since the start, to be fired next. So a driver tells the parties
   * what the scenario did not foresee.
   */
  takeIn(index: number): number {
    this.#addStep(index, []);
    return this.pending.length - 1;
  }

  #addStep(index: number, created: Pending[]): void {
    const step = this.definition.steps[index];
    if (step === undefined) return;
    const { party, event, cause, afterMs } = step;
    this.#add(newPending(this.#serial++, 'step', party, event, cause, -1, -1, index, afterMs), created);
  }

  #apply(party: number, { effects, next }: PartyReaction, created: Pending[], removed: Pending[]): void {
    // By index: a loop of this length is over before `for … of` has begun.
    for (let index = 0; index < effects.length; index++) {
      const effect = effects[index] as Effect;
      if (effect.type === 'send') this.#send(party, effect, next, created);
      else if (effect.type === 'arm') this.#arm(party, effect, created);
      else this.#cancel(party, effect.timer, removed);
    }
  }

  #send(party: number, sending: Effect, local: number, created: Pending[]): void {
    const link = linkOf(this.definition, party, sending, local);
    const { latencyMs } = this.definition.links[link] as CompiledLink;
    const { to, event, cause } = sending;
    this.#add(newPending(this.#serial++, 'message', to, event, cause, party, link, -1, latencyMs), created);
  }

  #arm(party: number, { timer, event, delay, cause }: Effect, created: Pending[]): void {
    this.#refuseSecond(party, timer);
    this.#setArmed(party, timer, true);
    const windowMs = this.definition.delays[party]?.[delay] as Window;
    this.#add(newPending(this.#serial++, 'timer', party, event, cause, -1, -1, timer, windowMs), created);
  }

  /**
   * A timer is armed at most once at a time: the machines cancel before they arm again. Of two under one id XState forgets the
   * first, which goes off none the less. Throws an InputError.
   */
  #refuseSecond(party: number, timer: number): void {
    if (this.#isKnownUnarmed(party, timer)) return;
    for (const one of this.pending) {
      if (one.index !== timer || one.party !== party || one.kind !== 'timer') continue;
      const table = this.definition.parties[party] as PartyTable;
      const { value } = table.snapshotOf(this.locals[party] as number);
      const found = `a timer for ${eventTable.of(one.event).type} that is armed while it runs in the machine of ${table.party}`;
      throw new InputError({
        file: table.party,
        problems: [
          {
            line: null,
            found: `${found}, in state ${JSON.stringify(value)}`,
            expected: '`cancel` before it, or another id',
          },
        ],
      });
    }
  }

  #isKnownUnarmed(party: number, timer: number): boolean {
    if (this.#armed === null || timer >= timersKnown) return false;
    return ((this.#armed[wordOf(party, timer)] as number) & bitOf(timer)) === 0;
  }

  #setArmed(party: number, timer: number, isArmed: boolean): void {
    if (this.#armed === null || timer >= timersKnown) return;
    const word = wordOf(party, timer);
    const bit = bitOf(timer);
    const before = this.#armed[word] as number;
    this.#armed[word] = isArmed ? before | bit : before & ~bit;
  }

  #cancel(party: number, timer: number, removed: Pending[]): void {
    if (this.#isKnownUnarmed(party, timer)) return;
    this.#setArmed(party, timer, false);
    for (let position = 0; position < this.pending.length; position++) {
      const one = this.pending[position] as Pending;
      if (one.index !== timer || one.party !== party || one.kind !== 'timer') continue;
      this.#takeOut(position);
      if (this.#logs) removed.push(one);
      return;
    }
  }

  /** What a step does to the links, and the step that was waiting for it. */
  #environment(fired: Pending, created: Pending[], removed: Pending[]): void {
    const step = this.definition.steps[fired.index];
    if (step === undefined) throw new RangeError(`the scenario has no step ${fired.index}`);
    // A step cuts a link or repairs one, so it makes no difference which of the two comes first.
    this.cutLinks = (this.cutLinks | step.cuts) & ~step.repairs;
    if (this.definition.steps[fired.index + 1]?.chained) this.#addStep(fired.index + 1, created);
    const later = this.#laterSteps.pop();
    if (later !== undefined) this.pending.push(later);
    for (let position = this.pending.length - 1; position >= 0; position--) {
      const one = this.pending[position] as Pending;
      if (one.kind !== 'message' || !this.definition.rules.isLostBy(fired.event, one.party, one.link)) continue;
      this.#takeOut(position);
      if (this.#logs) removed.push(one);
    }
  }

  #outdate(arrived: Pending): void {
    const { outdates, outdatedBy } = this.definition.rules;
    if (!outdates(arrived.event, arrived.link)) return;
    for (let position = 0; position < this.pending.length; position++) {
      const one = this.pending[position] as Pending;
      if (one.kind !== 'message' || one.from !== arrived.from || one.link !== arrived.link) continue;
      if (one.sent > arrived.sent) continue;
      const event = outdatedBy(arrived.event, one.event, one.link);
      // Other worlds may hold the same one.
      if (event !== one.event) this.pending[position] = { ...one, event };
    }
  }
}
