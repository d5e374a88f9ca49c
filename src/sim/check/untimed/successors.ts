import { partyNames } from '../../../machines/messages.ts';
import type { PropertyTable } from '../../properties/property.ts';
import type { CompiledStep, WorldDefinition } from '../../world/definition.ts';
import { eventTable } from '../../world/eventTable.ts';
import type { Batch } from './batch.ts';
import { Cells, environmentSighting, outcomeOf, rowHead, rowStride, type Shared, showsBit } from './cells.ts';
import { Environment } from './environment.ts';
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

const everyParty = (1 << parties) - 1;
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
  readonly #base = new Uint32Array(laneCount);
  readonly #stepSeen: number;
  #cutLinks = 0;
  #afterLoss = -1;
  /** The parties of whose events some show something, as bits. */
  #showing = 0;

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
  turnTo(layout: LaneLayout, words: Uint32Array, at: number): number {
    unpack(layout, words, at, this.#now);
    for (let word = 0; word < layout.words; word++) this.#base[word] = words[at + word] as number;
    const environment = this.#now[environmentLane] as number;
    this.#cutLinks = this.environment.cutLinks(environment);
    this.#afterLoss = this.environment.afterLoss(environment);
    this.#showing = 0;
    let events = this.environment.steps(environment).length;
    for (let party = 0; party < parties; party++) {
      const row = (this.cells[party] as Cells).row(this.#now[party] as number);
      const { array } = this.shared.rows;
      this.#rowAt[party] = row;
      events += array[row] as number;
      if (((array[row + 1] as number) & showsBit) !== 0) this.#showing |= 1 << party;
      if (this.#afterLoss >= 0) events += this.#losable(array, row);
    }
    return events;
  }

  /** The observers' state in the state turned to. */
  get observersNow(): number {
    return this.#now[observerLane] as number;
  }

  /** The observers' state in the state whose words begin at a position. */
  observersIn({ word, shift, greatest }: LaneLayout, words: Uint32Array, at: number): number {
    const value = words[at + (word[observerLane] as number)] as number;
    return (value >>> (shift[observerLane] as number)) & (greatest[observerLane] as number);
  }

  /** What happens in a choice of `addTo` in the state turned to. */
  eventOf(choice: number): UntimedEvent {
    const index = choice >> 4;
    const lane = (choice >> 1) & 7;
    if (lane === environmentLane) return { kind: 'step', index, fate: 'happen' };
    const rows = this.shared.rows.array;
    const at = (this.#rowAt[lane] as number) + rowHead + index * rowStride;
    const number = rows[at + 4] as number;
    if ((rows[at] as number) < 0) return { kind: 'timer', party: lane, index: number, fate: 'happen' };
    return { kind: 'message', ...this.shared.messages.of(number), fate: (choice & 1) === 1 ? 'lose' : 'happen' };
  }

  /**
   * Adds the successors of the state turned to, but for the events of parties that are asleep in it: each of these
   * also follows, in the same number of steps, another event that could have happened later.
   *
   * Events of two parties are independent if neither sends to the other and at most one of them shows something; then
   * their order does not matter. So after an event the parties below its own sleep unless they depend on it, and those
   * asleep before sleep on. Of all shortest ways to a state the one whose events are ordered by party wherever they can
   * be is never cut off, so that every state is still found at its depth; where two ways lead to one state, only the
   * parties sleep that do so on both. (Sleep sets: Godefroid, LNCS 1032, 4.)
   */
  addTo(batch: Batch, layout: LaneLayout, ordinal: number, asleep: number): void {
    const { rows } = this.shared;
    const environment = this.#now[environmentLane] as number;
    for (let party = 0; party < parties; party++) {
      if ((asleep & (1 << party)) !== 0) continue;
      const row = this.#rowAt[party] as number;
      const sleeping = (asleep | ((1 << party) - 1)) & ~(1 << party);
      const count = rows.array[row] as number;
      for (let index = 0; index < count; index++) {
        const at = row + rowHead + index * rowStride;
        const array = rows.array;
        const origin = array[at] as number;
        const choice = index * 16 + party * 2;
        if (origin < 0) {
          this.#add(
            batch,
            layout,
            ordinal,
            party,
            array[at + 1] as number,
            array[at + 2] as number,
            environment,
            sleeping,
            choice,
          );
          continue;
        }
        const link = 1 << (origin >> 3);
        const still = sleeping & ~this.#senderTo(party, origin & 7);
        const lost = array[at + 3] as number;
        if ((this.#cutLinks & link) !== 0) {
          this.#add(batch, layout, ordinal, party, lost, 0, environment, still, choice);
          continue;
        }
        this.#add(
          batch,
          layout,
          ordinal,
          party,
          array[at + 1] as number,
          array[at + 2] as number,
          environment,
          still,
          choice,
        );
        if (this.#afterLoss >= 0 && (this.#lossyLinks & link) !== 0) {
          this.#add(batch, layout, ordinal, party, lost, 0, this.#afterLoss, still, choice + 1);
        }
      }
    }
    for (const { step, next } of this.environment.steps(environment)) this.#addStep(batch, layout, ordinal, step, next);
  }

  /** The bit of the sender of a message, if some event of the sender's may now send to the receiver too. */
  #senderTo(receiver: number, sender: number): number {
    const effects = this.shared.rows.array[(this.#rowAt[sender] as number) + 1] as number;
    return (effects & (1 << receiver)) === 0 ? 0 : 1 << sender;
  }

  #addStep(batch: Batch, layout: LaneLayout, ordinal: number, step: number, next: number): void {
    const { party, event, cuts, repairs } = this.shared.definition.steps[step] as CompiledStep;
    const choice = step * 16 + environmentLane * 2;
    if (party < 0) return this.#add(batch, layout, ordinal, environmentLane, next, this.#stepSeen, next, 0, choice);
    const at = (this.cells[party] as Cells).onStep(this.#now[party] as number, step);
    const rows = this.shared.rows.array;
    const sleeping = event === networkChange || cuts !== 0 || repairs !== 0 ? 0 : everyParty & ~(1 << party);
    this.#add(batch, layout, ordinal, party, rows[at] as number, rows[at + 1] as number, next, sleeping, choice);
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
    sleeping: number,
    choice: number,
  ): void {
    const [now, then] = [this.#now, this.#then];
    for (let other = 0; other < laneCount; other++) then[other] = now[other] as number;
    then[lane] = number;
    then[environmentLane] = environment;
    const asleep = outcome === 0 ? sleeping : this.#comeAbout(outcome, sleeping);
    const at = batch.count * layout.words;
    for (let word = 0; word < layout.words; word++) batch.words[at + word] = this.#base[word] as number;
    for (let other = 0; other < laneCount; other++) {
      const change = (then[other] as number) - (now[other] as number);
      if (change === 0) continue;
      const place = at + (layout.word[other] as number);
      batch.words[place] = (batch.words[place] as number) + (change << (layout.shift[other] as number));
    }
    batch.hashes[batch.count] = hashOf(batch.words, at, layout.words);
    batch.parents[batch.count] = parent;
    batch.asleep[batch.count] = asleep;
    batch.choices[batch.count] = choice;
    batch.count++;
  }

  /** Delivers what an outcome sends and shows. Returns who of the sleeping parties does not depend on it. */
  #comeAbout(outcome: number, sleeping: number): number {
    const then = this.#then;
    const outcomes = this.shared.outcomes.array;
    let asleep = sleeping;
    const end = outcome + 2 + 2 * (outcomes[outcome + 1] as number);
    for (let send = outcome + 2; send < end; send += 2) {
      const to = outcomes[send] as number;
      then[to] = (this.cells[to] as Cells).add(then[to] as number, outcomes[send + 1] as number);
      asleep &= ~(1 << to);
    }
    const seen = outcomes[outcome] as number;
    if (seen === 0) return asleep;
    then[observerLane] = this.observers.next(then[observerLane] as number, seen);
    return asleep & ~this.#showing;
  }

  #losable(rows: Int32Array, row: number): number {
    let count = 0;
    const end = row + rowHead + (rows[row] as number) * rowStride;
    for (let at = row + rowHead; at < end; at += rowStride) {
      const origin = rows[at] as number;
      if (origin < 0) break;
      if ((this.#lossyLinks & ~this.#cutLinks & (1 << (origin >> 3))) !== 0) count++;
    }
    return count;
  }

  /** What the machines do at once, in the order of the parties. */
  #start(): Int32Array {
    const lanes = Int32Array.from([
      ...this.cells.map(({ initial }) => initial),
      this.environment.initial,
      this.observers.initial,
    ]);
    this.#then.set(lanes);
    for (const { initial } of this.partyStates) this.#comeAbout(outcomeOf(this.shared, initial), 0);
    return this.#then.slice();
  }
}
