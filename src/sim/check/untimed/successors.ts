import { partyNames } from '../../../machines/messages.ts';
import type { PropertyTable } from '../../properties/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import type { Batch } from './batch.ts';
import {
  Cells,
  environmentSighting,
  eventCell,
  eventCellIfLost,
  eventLength,
  eventNumber,
  eventOutcome,
  outcomeHead,
  outcomeOf,
  rowHead,
  type Shared,
} from './cells.ts';
import { Environment, type NextStep } from './environment.ts';
import { type LaneLayout, laneIn, layOut, setLane, unpack } from './laneLayout.ts';
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
  readonly #rowAt = new Int32Array(parties);
  readonly #base = new Int32Array(laneCount);
  readonly #stepSeen: number;
  #environmentNow = -1;
  #cutLinks = 0;
  #afterLoss = -1;
  #steps: readonly NextStep[] = [];

  constructor(definition: WorldDefinition, properties: readonly PropertyTable[], losses: number) {
    const messages = new Messages(definition);
    this.observers = new Observers(properties);
    this.environment = new Environment(definition, losses);
    this.shared = {
      definition,
      messages,
      observers: this.observers,
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
    let events = this.#steps.length;
    for (let party = 0; party < parties; party++) {
      const row = (this.cells[party] as Cells).row(this.#now[party] as number);
      const { array } = this.shared.rows;
      this.#rowAt[party] = row;
      events += array[row] as number;
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
  observersIn = (layout: LaneLayout, words: Int32Array, at: number): number => laneIn(layout, words, at, observerLane);

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

  /** Adds the successors of the state turned to. */
  addTo(batch: Batch, layout: LaneLayout, ordinal: number): void {
    for (let party = 0; party < parties; party++) this.#addEvents(batch, layout, ordinal, party);
    for (const { step, next } of this.#steps) this.#addStep(batch, layout, ordinal, step, next);
  }

  #addEvents(batch: Batch, layout: LaneLayout, ordinal: number, party: number): void {
    const rows = this.shared.rows.array;
    const row = this.#rowAt[party] as number;
    const environment = this.#environmentNow;
    const count = rows[row] as number;
    for (let index = 0, at = row + rowHead; index < count; index++, at += eventLength) {
      const choice = index * 16 + party * 2;
      const origin = rows[at] as number;
      const link = origin < 0 ? 0 : 1 << (origin >> 3);
      const lost = rows[at + eventCellIfLost] as number;
      if ((this.#cutLinks & link) !== 0) {
        this.#add(batch, layout, ordinal, party, lost, 0, environment, choice);
        continue;
      }
      const cell = rows[at + eventCell] as number;
      this.#add(batch, layout, ordinal, party, cell, rows[at + eventOutcome] as number, environment, choice);
      if (this.#afterLoss < 0 || (this.#lossyLinks & link) === 0) continue;
      this.#add(batch, layout, ordinal, party, lost, 0, this.#afterLoss, choice + 1);
    }
  }

  #addStep(batch: Batch, layout: LaneLayout, ordinal: number, step: number, next: number): void {
    const party = this.shared.definition.steps[step]?.party ?? -1;
    const choice = step * 16 + environmentLane * 2;
    if (party < 0) {
      this.#add(batch, layout, ordinal, environmentLane, next, this.#stepSeen, next, choice);
      return;
    }
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
    const index = batch.count++;
    const { words } = layout;
    const target = batch.words;
    const at = index * words;
    for (let word = 0; word < words; word++) target[at + word] = this.#base[word] as number;
    setLane(layout, target, at, lane, number);
    if (environment !== this.#environmentNow) setLane(layout, target, at, environmentLane, environment);
    if (outcome !== 0) this.#comeAbout(layout, target, at, outcome);
    batch.hashes[index] = hashOf(target, at, words);
    batch.parents[index] = parent;
    batch.choices[index] = choice;
  }

  /** Delivers what an outcome sends and shows, in the state whose words begin at a position. */
  #comeAbout(layout: LaneLayout, words: Int32Array, at: number, outcome: number): void {
    const outcomes = this.shared.outcomes.array;
    const end = outcome + outcomeHead + 2 * (outcomes[outcome + 1] as number);
    for (let send = outcome + outcomeHead; send < end; send += 2) {
      const to = outcomes[send] as number;
      const cell = laneIn(layout, words, at, to);
      setLane(layout, words, at, to, (this.cells[to] as Cells).add(cell, outcomes[send + 1] as number));
    }
    const seen = outcomes[outcome] as number;
    if (seen === 0) return;
    setLane(layout, words, at, observerLane, this.observers.next(laneIn(layout, words, at, observerLane), seen));
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
    const cells = this.cells.map(({ initial }) => initial);
    const lanes = Int32Array.from([...cells, this.environment.initial, this.observers.initial]);
    const aWordEach = layOut(Array.from(lanes, () => 31));
    for (const { initial } of this.partyStates) this.#comeAbout(aWordEach, lanes, 0, outcomeOf(this.shared, initial));
    return lanes;
  }
}
