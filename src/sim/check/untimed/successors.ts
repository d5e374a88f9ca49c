import { partyNames } from '../../../machines/messages.ts';
import type { PropertyTable } from '../../properties/property.ts';
import type { CompiledStep, WorldDefinition } from '../../world/definition.ts';
import { eventTable } from '../../world/eventTable.ts';
import type { Batch } from './batch.ts';
import {
  Cells,
  environmentSighting,
  eventCell,
  eventCellIfLost,
  eventLabel,
  eventLength,
  eventNumber,
  eventOutcome,
  outcomeHead,
  outcomeOf,
  outdatable,
  rowHead,
  rowLabels,
  rowSending,
  rowShowing,
  type Shared,
} from './cells.ts';
import { Environment, type NextStep } from './environment.ts';
import { highBit, Labels, lowBit, mostLabels } from './labels.ts';
import { type LaneLayout, unpack } from './laneLayout.ts';
import { type Message, Messages } from './messages.ts';
import { Numbers } from './numbers.ts';
import { Observers } from './observers.ts';
import { PartyStates } from './partyStates.ts';
import { hashOf } from './stateTable.ts';

const parties = partyNames.length;
/** The lanes of a state: a cell per party, the environment, the observers. */
const environmentLane = parties;
const observerLane = parties + 1;
const laneCount = parties + 2;

const networkChange = eventTable.idOf({ type: 'network.change' });

/** An event of the untimed world. */
export type UntimedEvent =
  | ({ readonly kind: 'message'; readonly fate: 'happen' | 'lose' } & Message)
  | { readonly kind: 'timer'; readonly party: number; readonly index: number; readonly fate: 'happen' }
  | { readonly kind: 'step'; readonly index: number; readonly fate: 'happen' };

/** What can follow a state of the untimed world, as numbers throughout. */
export class Successors {
  readonly partyStates: readonly PartyStates[];
  readonly cells: readonly Cells[];
  readonly environment: Environment;
  readonly observers: Observers;
  readonly shared: Shared;
  /** Lanes of the state before anything has happened. */
  readonly initial: Int32Array;
  readonly #lossyLinks: number;
  readonly #now = new Int32Array(laneCount);
  readonly #then = new Int32Array(laneCount);
  readonly #rowAt = new Int32Array(parties);
  readonly #base = new Int32Array(laneCount);
  readonly #stepSeen: number;
  #environmentNow = -1;
  #cutLinks = 0;
  #afterLoss = -1;
  #steps: readonly NextStep[] = [];
  /** Sets of labels: of all events of the parties that can happen now, and of those that show something. */
  #allLow = 0;
  #allHigh = 0;
  #lowerLow = 0;
  #lowerHigh = 0;
  #showingLow = 0;
  #showingHigh = 0;
  /** What sleeps in the successor that is being added. */
  #sleepLow = 0;
  #sleepHigh = 0;

  constructor(definition: WorldDefinition, properties: readonly PropertyTable[], losses: number) {
    const messages = new Messages(definition);
    this.observers = new Observers(properties);
    this.environment = new Environment(definition, losses);
    this.shared = {
      definition,
      messages,
      observers: this.observers,
      labels: new Labels(),
      rows: new Numbers(),
      outcomes: new Numbers(),
      outcomeAt: new Map(),
    };
    outcomeOf(this.shared, { sends: [], sightings: [] });
    this.#stepSeen = outcomeOf(this.shared, { sends: [], sightings: [environmentSighting] });
    this.partyStates = definition.parties.map((table, party) => new PartyStates(party, table, messages));
    this.cells = this.partyStates.map((states) => new Cells(states, this.shared));
    this.#lossyLinks = definition.links.reduce((bits, { lossy }, link) => (lossy ? bits | (1 << link) : bits), 0);
    this.initial = this.#start();
  }

  /** How many numbers each lane has needed so far. */
  get counts(): number[] {
    return [...this.cells.map(({ count }) => count), this.environment.count, this.observers.count];
  }

  get bytes(): number {
    const { rows, outcomes } = this.shared;
    return this.cells.reduce((sum, { bytes }) => sum + bytes, rows.bytes + outcomes.bytes + this.observers.bytes);
  }

  /**
   * Turns to a state, whose words begin at a position. Returns how many events can happen in it: 0 where nothing is
   * pending. Not more successors than that follow from `addTo`.
   */
  turnTo(layout: LaneLayout, words: Int32Array, at: number): number {
    unpack(layout, words, at, this.#now);
    for (let word = 0; word < layout.words; word++) this.#base[word] = words[at + word] as number;
    this.#turnEnvironmentTo(this.#now[environmentLane] as number);
    this.#allLow = 0;
    this.#allHigh = 0;
    this.#showingLow = 0;
    this.#showingHigh = 0;
    let events = this.#steps.length;
    for (let party = 0; party < parties; party++) {
      const row = (this.cells[party] as Cells).row(this.#now[party] as number);
      const { array } = this.shared.rows;
      this.#rowAt[party] = row;
      events += array[row] as number;
      this.#allLow |= array[row + rowLabels] as number;
      this.#allHigh |= array[row + rowLabels + 1] as number;
      this.#showingLow |= array[row + rowShowing] as number;
      this.#showingHigh |= array[row + rowShowing + 1] as number;
      if (this.#afterLoss >= 0) events += this.#losable(array, row);
    }
    return events;
  }

  #turnEnvironmentTo(environment: number): void {
    if (environment === this.#environmentNow) return;
    this.#environmentNow = environment;
    this.#cutLinks = this.environment.cutLinks(environment);
    this.#afterLoss = this.environment.afterLoss(environment);
    this.#steps = this.environment.steps(environment);
  }

  /** The observers' state in the state turned to. */
  get observersNow(): number {
    return this.#now[observerLane] as number;
  }

  /** The observers' state in the state whose words begin at a position. */
  observersIn({ word, shift, greatest }: LaneLayout, words: Int32Array, at: number): number {
    const value = words[at + (word[observerLane] as number)] as number;
    return (value >>> (shift[observerLane] as number)) & (greatest[observerLane] as number);
  }

  /** What happens in a choice of `addTo` in the state turned to. */
  eventOf(choice: number): UntimedEvent {
    const index = choice >> 4;
    const lane = (choice >> 1) & 7;
    if (lane === environmentLane) return { kind: 'step', index, fate: 'happen' };
    const rows = this.shared.rows.array;
    const at = (this.#rowAt[lane] as number) + rowHead + index * eventLength;
    const number = rows[at + eventNumber] as number;
    if ((rows[at] as number) < 0) return { kind: 'timer', party: lane, index: number, fate: 'happen' };
    return { kind: 'message', ...this.shared.messages.of(number), fate: (choice & 1) === 1 ? 'lose' : 'happen' };
  }

  /**
   * Adds the successors of the state turned to, but for events that are asleep in it: what follows one of these also
   * follows, in as many steps, if it happens before an event that led here.
   *
   * Events of two parties are independent, so that their order does not matter, if neither sends what the other takes
   * out of its inbox and at most one of them shows something. So after an event those that are independent of it sleep:
   * the ones with a lower label, and the ones that slept before. Where several shortest ways lead to a state, only what
   * is asleep on all of them sleeps. Of all shortest ways to a state the one with the lowest labels is thus never cut
   * off, and every state is found at its depth. (Sleep sets: Godefroid, LNCS 1032, chapter 5.)
   */
  addTo(batch: Batch, layout: LaneLayout, ordinal: number, asleepLow: number, asleepHigh: number): void {
    this.#lowerLow = 0;
    this.#lowerHigh = 0;
    for (let party = 0; party < parties; party++) {
      this.#addEvents(batch, layout, ordinal, party, asleepLow, asleepHigh);
    }
    for (const { step, next } of this.#steps) this.#addStep(batch, layout, ordinal, step, next);
  }

  #addEvents(
    batch: Batch,
    layout: LaneLayout,
    ordinal: number,
    party: number,
    asleepLow: number,
    asleepHigh: number,
  ): void {
    const row = this.#rowAt[party] as number;
    const rows = this.shared.rows.array;
    const environment = this.#environmentNow;
    const count = rows[row] as number;
    const lowerLow = this.#lowerLow;
    const lowerHigh = this.#lowerHigh;
    const othersLow = ~(rows[row + rowLabels] as number);
    const othersHigh = ~(rows[row + rowLabels + 1] as number);
    for (let index = 0, at = row + rowHead; index < count; index++, at += eventLength) {
      const label = rows[at + eventLabel] as number;
      if (((asleepLow & lowBit(label)) | (asleepHigh & highBit(label))) !== 0) continue;
      this.#sleepLow = (asleepLow | lowerLow) & othersLow;
      this.#sleepHigh = (asleepHigh | lowerHigh) & othersHigh;
      const choice = index * 16 + party * 2;
      const origin = rows[at] as number;
      const cell = rows[at + eventCell] as number;
      const outcome = rows[at + eventOutcome] as number;
      if (origin < 0) {
        this.#add(batch, layout, ordinal, party, cell, outcome, environment, choice);
        continue;
      }
      this.#wakeSender(origin & 7, label, rows[at + eventNumber] as number);
      const link = 1 << (origin >> 3);
      const lost = rows[at + eventCellIfLost] as number;
      if ((this.#cutLinks & link) !== 0) {
        this.#add(batch, layout, ordinal, party, lost, 0, environment, choice);
        continue;
      }
      if (this.#afterLoss >= 0 && (this.#lossyLinks & link) !== 0) {
        this.#add(batch, layout, ordinal, party, lost, 0, this.#afterLoss, choice + 1);
      }
      this.#add(batch, layout, ordinal, party, cell, outcome, environment, choice);
    }
    this.#lowerLow |= ~othersLow;
    this.#lowerHigh |= ~othersHigh;
  }

  /** Wakes the events of a message's sender that send it again; all of them where its order is at stake, too. */
  #wakeSender(sender: number, label: number, message: number): void {
    const rows = this.shared.rows.array;
    const outcomes = this.shared.outcomes.array;
    const row = this.#rowAt[sender] as number;
    const { inOrder, ordered } = this.shared.messages.of(message);
    if (label >= mostLabels || (inOrder && !ordered)) {
      this.#wakeRow(row);
      return;
    }
    const low = lowBit(label);
    const high = highBit(label);
    if ((((rows[row + rowSending] as number) & low) | ((rows[row + rowSending + 1] as number) & high)) === 0) return;
    const end = row + rowHead + (rows[row] as number) * eventLength;
    for (let at = row + rowHead; at < end; at += eventLength) {
      const outcome = rows[at + eventOutcome] as number;
      if ((((outcomes[outcome + 2] as number) & low) | ((outcomes[outcome + 3] as number) & high)) === 0) continue;
      const other = rows[at + eventLabel] as number;
      this.#sleepLow &= ~lowBit(other);
      this.#sleepHigh &= ~highBit(other);
    }
  }

  #wakeRow(row: number): void {
    const rows = this.shared.rows.array;
    this.#sleepLow &= ~(rows[row + rowLabels] as number);
    this.#sleepHigh &= ~(rows[row + rowLabels + 1] as number);
  }

  #addStep(batch: Batch, layout: LaneLayout, ordinal: number, step: number, next: number): void {
    const { party, event, cuts, repairs } = this.shared.definition.steps[step] as CompiledStep;
    const choice = step * 16 + environmentLane * 2;
    const changesLinks = event === networkChange || cuts !== 0 || repairs !== 0;
    this.#sleepLow = changesLinks ? 0 : this.#allLow;
    this.#sleepHigh = changesLinks ? 0 : this.#allHigh;
    if (party < 0) {
      this.#add(batch, layout, ordinal, environmentLane, next, this.#stepSeen, next, choice);
      return;
    }
    this.#wakeRow(this.#rowAt[party] as number);
    const at = (this.cells[party] as Cells).onStep(this.#now[party] as number, step);
    const rows = this.shared.rows.array;
    this.#add(batch, layout, ordinal, party, rows[at] as number, rows[at + 1] as number, next, choice);
  }

  /** Adds the successor in which a lane and the environment have those numbers and the outcome has come about. */
  #add(
    batch: Batch,
    layout: LaneLayout,
    parent: number,
    lane: number,
    number: number,
    outcome: number,
    environment: number,
    choice: number,
  ): void {
    const now = this.#now;
    const then = this.#then;
    for (let other = 0; other < laneCount; other++) then[other] = now[other] as number;
    then[lane] = number;
    then[environmentLane] = environment;
    if (outcome !== 0) this.#comeAbout(outcome);
    const { words } = layout;
    const at = batch.count * words;
    const target = batch.words;
    for (let word = 0; word < words; word++) target[at + word] = this.#base[word] as number;
    for (let other = 0; other < laneCount; other++) {
      const change = (then[other] as number) - (now[other] as number);
      if (change === 0) continue;
      const place = at + (layout.word[other] as number);
      target[place] = (target[place] as number) + (change << (layout.shift[other] as number));
    }
    batch.hashes[batch.count] = hashOf(target, at, words);
    batch.parents[batch.count] = parent;
    batch.asleepLow[batch.count] = this.#sleepLow;
    batch.asleepHigh[batch.count] = this.#sleepHigh;
    batch.choices[batch.count] = choice;
    batch.count++;
  }

  /** Delivers what an outcome sends and shows, and wakes what depends on it. */
  #comeAbout(outcome: number): void {
    const then = this.#then;
    const outcomes = this.shared.outcomes.array;
    this.#sleepLow &= ~(outcomes[outcome + 2] as number);
    this.#sleepHigh &= ~(outcomes[outcome + 3] as number);
    const end = outcome + outcomeHead + 2 * (outcomes[outcome + 1] as number);
    for (let send = outcome + outcomeHead; send < end; send += 2) {
      const to = (outcomes[send] as number) & (outdatable - 1);
      if (to !== outcomes[send]) this.#wakeRow(this.#rowAt[to] as number);
      then[to] = (this.cells[to] as Cells).add(then[to] as number, outcomes[send + 1] as number);
    }
    const seen = outcomes[outcome] as number;
    if (seen === 0) return;
    then[observerLane] = this.observers.next(then[observerLane] as number, seen);
    this.#sleepLow &= ~this.#showingLow;
    this.#sleepHigh &= ~this.#showingHigh;
  }

  #losable(rows: Int32Array, row: number): number {
    let count = 0;
    const end = row + rowHead + (rows[row] as number) * eventLength;
    for (let at = row + rowHead; at < end; at += eventLength) {
      const origin = rows[at] as number;
      if (origin < 0) break;
      if ((this.#lossyLinks & ~this.#cutLinks & (1 << (origin >> 3))) !== 0) count++;
    }
    return count;
  }

  /** What the machines do at once, in the order of the parties. */
  #start(): Int32Array {
    const lanes = [...this.cells.map(({ initial }) => initial), this.environment.initial, this.observers.initial];
    this.#then.set(lanes);
    for (const { initial } of this.partyStates) this.#comeAbout(outcomeOf(this.shared, initial));
    return this.#then.slice();
  }
}
