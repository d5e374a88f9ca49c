import type { Sink } from './batch.ts';
import {
  type Cells,
  eventCell,
  eventCellIfLost,
  eventLength,
  eventNumber,
  eventOutcome,
  outcomeHead,
  rowHead,
} from './cells.ts';
import type { NextStep } from './environment.ts';
import { blockBits, type LaneLayout, laneIn, setLane } from './laneLayout.ts';
import type { Message } from './messages.ts';
import { bitCount } from './stateSet.ts';
import { environmentLane, laneCount, observerLane, parties, type UntimedWorld } from './untimedWorld.ts';

/** An event of the untimed world. */
export type UntimedEvent =
  | ({ readonly kind: 'message'; readonly fate: 'happen' | 'lose' } & Message)
  | { readonly kind: 'timer'; readonly party: number; readonly index: number; readonly fate: 'happen' }
  | { readonly kind: 'step'; readonly index: number; readonly fate: 'happen' };

const blockSize = 1 << blockBits;
/** Within a block: in which word a cell's bit is. */
const wordOf = (cell: number): number => (cell & (blockSize - 1)) >> 5;
const memoSize = 1 << 10;

/**
 * What follows from states of one block, from all of them at once: an event that leaves the inner party alone leads from
 * each of them to the state in the same place of one other block. Only where the inner party takes part is each looked
 * at on its own.
 */
export class Expansion {
  readonly #world: UntimedWorld;
  readonly #layout: LaneLayout;
  readonly #inner: number;
  readonly #innerCells: Cells;
  /** The states turned to, all in one word of their block. */
  readonly #key: Int32Array;
  #word = 0;
  #states = 0;
  /** The inner party's cell in the first state of that word. */
  #firstCell = 0;
  /** How many they are. */
  stateCount = 0;
  /** Those of them in which nothing can happen. */
  ended = 0;
  readonly #lanes = new Int32Array(laneCount);
  readonly #rowAt = new Int32Array(parties);
  readonly #innerRowAt = new Int32Array(32);
  #cutLinks = 0;
  #lossyLinks = 0;
  #afterLoss = -1;
  #steps: readonly NextStep[] = [];
  /** The event that leads to what the sink is being given, see `eventOf`. */
  choice = 0;
  readonly #target: Int32Array;
  /** Places of blocks that the inner party leads to from here: see `#placeWhere`. */
  readonly #memoTurn = new Float64Array(memoSize);
  readonly #memoKey = new Float64Array(memoSize);
  readonly #memoPlace = new Float64Array(memoSize);
  #turn = 0;

  constructor(world: UntimedWorld, layout: LaneLayout) {
    this.#world = world;
    this.#layout = layout;
    this.#inner = layout.inner;
    this.#innerCells = world.cells[layout.inner] as Cells;
    this.#key = new Int32Array(layout.words);
    this.#target = new Int32Array(layout.words);
  }

  /** Turns to states in a word of the block whose key begins at a position. Returns how many transitions lead out. */
  turnTo(keys: Int32Array, at: number, word: number, states: number): number {
    const layout = this.#layout;
    this.#turn++;
    this.#word = word;
    this.#states = states;
    for (let one = 0; one < layout.words; one++) this.#key[one] = keys[at + one] as number;
    for (let lane = 0; lane < laneCount; lane++) this.#lanes[lane] = laneIn(layout, keys, at, lane);
    this.#firstCell = ((this.#lanes[this.#inner] as number) << blockBits) | (word << 5);
    this.#turnEnvironmentTo(this.#lanes[environmentLane] as number);
    let events = this.#steps.length;
    for (let party = 0; party < parties; party++) {
      if (party === this.#inner) continue;
      const row = (this.#world.cells[party] as Cells).row(this.#lanes[party] as number);
      this.#rowAt[party] = row;
      events += this.#eventsIn(row);
    }
    this.stateCount = bitCount(states);
    return events * this.stateCount + this.#turnInnerTo(events > 0);
  }

  /** The observers' state in the states turned to. */
  get observers(): number {
    return this.#lanes[observerLane] as number;
  }

  /** What happens in a choice, where one state is turned to. */
  eventOf(choice: number): UntimedEvent {
    const index = choice >> 4;
    const lane = (choice >> 1) & 7;
    if (lane === environmentLane) return { kind: 'step', index, fate: 'happen' };
    const { rows, messages } = this.#world.shared;
    const row = lane === this.#inner ? this.#innerRowAt[31 - Math.clz32(this.#states)] : this.#rowAt[lane];
    const at = (row as number) + rowHead + index * eventLength;
    const number = rows.array[at + eventNumber] as number;
    if ((rows.array[at] as number) < 0) return { kind: 'timer', party: lane, index: number, fate: 'happen' };
    return { kind: 'message', ...messages.of(number), fate: (choice & 1) === 1 ? 'lose' : 'happen' };
  }

  /** Gives all successors of the states turned to. */
  expandInto(sink: Sink): void {
    for (let party = 0; party < parties; party++) if (party !== this.#inner) this.#expandParty(party, sink);
    this.#expandInner(sink);
    for (const { step, next } of this.#steps) this.#expandStep(step, next, sink);
  }

  #turnEnvironmentTo(state: number): void {
    const { environment, lossyLinks } = this.#world;
    this.#cutLinks = environment.cutLinks(state);
    this.#afterLoss = environment.afterLoss(state);
    this.#steps = environment.steps(state);
    this.#lossyLinks = this.#afterLoss < 0 ? 0 : lossyLinks & ~this.#cutLinks;
  }

  #turnInnerTo(somethingHappens: boolean): number {
    this.ended = 0;
    let sum = 0;
    for (let left = this.#states; left !== 0; left &= left - 1) {
      const place = 31 - Math.clz32(left & -left);
      const row = this.#innerCells.row(this.#firstCell + place);
      const events = this.#eventsIn(row);
      this.#innerRowAt[place] = row;
      if (events === 0 && !somethingHappens) this.ended |= left & -left;
      sum += events;
    }
    return sum;
  }

  /** How many events a row stands for, with the losses that are possible now. */
  #eventsIn(row: number): number {
    const rows = this.#world.shared.rows.array;
    let count = rows[row] as number;
    if (this.#lossyLinks === 0) return count;
    const end = row + rowHead + count * eventLength;
    for (let at = row + rowHead; at < end; at += eventLength) {
      const origin = rows[at] as number;
      if (origin >= 0 && (this.#lossyLinks & (1 << (origin >> 3))) !== 0) count++;
    }
    return count;
  }

  #expandParty(party: number, sink: Sink): void {
    const rows = this.#world.shared.rows.array;
    const row = this.#rowAt[party] as number;
    const end = row + rowHead + (rows[row] as number) * eventLength;
    let choice = party * 2;
    for (let at = row + rowHead; at < end; at += eventLength, choice += 16) {
      const origin = rows[at] as number;
      const link = origin < 0 ? 0 : 1 << (origin >> 3);
      const isCut = (this.#cutLinks & link) !== 0;
      this.choice = choice;
      this.#copyKey();
      setLane(this.#layout, this.#target, party, rows[at + (isCut ? eventCellIfLost : eventCell)] as number);
      if (isCut) sink.add(sink.place(this.#target), this.#word, this.#states);
      else this.#finish(rows[at + eventOutcome] as number, sink);
      if ((this.#lossyLinks & link) === 0) continue;
      this.choice = choice + 1;
      this.#copyKey();
      setLane(this.#layout, this.#target, party, rows[at + eventCellIfLost] as number);
      setLane(this.#layout, this.#target, environmentLane, this.#afterLoss);
      sink.add(sink.place(this.#target), this.#word, this.#states);
    }
  }

  /** Gives the states of the target, where an outcome is still to come about in it. */
  #finish(outcome: number, sink: Sink): void {
    if (outcome === 0 || !this.#comeAbout(outcome)) sink.add(sink.place(this.#target), this.#word, this.#states);
    else this.#sendToInner(outcome, sink);
  }

  /** Lets an outcome come about in the target. Returns whether there are messages to the inner party, not yet sent. */
  #comeAbout(outcome: number): boolean {
    const { cells, observers, shared } = this.#world;
    const outcomes = shared.outcomes.array;
    const end = outcome + outcomeHead + 2 * (outcomes[outcome + 1] as number);
    let reachesInner = false;
    for (let send = outcome + outcomeHead; send < end; send += 2) {
      const to = outcomes[send] as number;
      if (to === this.#inner) {
        reachesInner = true;
        continue;
      }
      const cell = laneIn(this.#layout, this.#target, 0, to);
      setLane(this.#layout, this.#target, to, (cells[to] as Cells).add(cell, outcomes[send + 1] as number));
    }
    const seen = outcomes[outcome] as number;
    if (seen !== 0) setLane(this.#layout, this.#target, observerLane, observers.next(this.observers, seen));
    return reachesInner;
  }

  /** Sends an outcome's messages to the inner party, in each state to its cell there. */
  #sendToInner(outcome: number, sink: Sink): void {
    const outcomes = this.#world.shared.outcomes.array;
    const end = outcome + outcomeHead + 2 * (outcomes[outcome + 1] as number);
    let block = -1;
    let place = 0;
    for (let left = this.#states; left !== 0; left &= left - 1) {
      let cell = this.#firstCell + 31 - Math.clz32(left & -left);
      for (let send = outcome + outcomeHead; send < end; send += 2) {
        if (outcomes[send] === this.#inner) cell = this.#innerCells.add(cell, outcomes[send + 1] as number);
      }
      if (cell >> blockBits !== block) {
        block = cell >> blockBits;
        setLane(this.#layout, this.#target, this.#inner, block);
        place = sink.place(this.#target);
      }
      sink.add(place, wordOf(cell), 1 << cell);
    }
  }

  #expandInner(sink: Sink): void {
    const rows = this.#world.shared.rows.array;
    for (let left = this.#states; left !== 0; left &= left - 1) {
      const row = this.#innerRowAt[31 - Math.clz32(left & -left)] as number;
      const end = row + rowHead + (rows[row] as number) * eventLength;
      let choice = this.#inner * 2;
      for (let at = row + rowHead; at < end; at += eventLength, choice += 16) {
        const origin = rows[at] as number;
        const link = origin < 0 ? 0 : 1 << (origin >> 3);
        const isCut = (this.#cutLinks & link) !== 0;
        this.choice = choice;
        const cell = rows[at + (isCut ? eventCellIfLost : eventCell)] as number;
        const outcome = isCut ? 0 : (rows[at + eventOutcome] as number);
        sink.add(this.#placeWhere(cell >> blockBits, outcome, false, sink), wordOf(cell), 1 << cell);
        if ((this.#lossyLinks & link) === 0) continue;
        this.choice = choice + 1;
        const lost = rows[at + eventCellIfLost] as number;
        sink.add(this.#placeWhere(lost >> blockBits, 0, true, sink), wordOf(lost), 1 << lost);
      }
    }
  }

  /**
   * The sink's place for the block where the inner party is among those cells and an outcome has come about or a message was
   * lost. Many events of the states turned to lead to the same one, so it is remembered until the next turn.
   */
  #placeWhere(block: number, outcome: number, isLost: boolean, sink: Sink): number {
    const key = (outcome * 2 + (isLost ? 1 : 0)) * 2 ** 26 + block;
    const slot = (outcome * 21 + block + (isLost ? 512 : 0)) & (memoSize - 1);
    if (this.#memoTurn[slot] === this.#turn && this.#memoKey[slot] === key) return this.#memoPlace[slot] as number;
    this.#copyKey();
    setLane(this.#layout, this.#target, this.#inner, block);
    if (isLost) setLane(this.#layout, this.#target, environmentLane, this.#afterLoss);
    if (outcome !== 0) this.#comeAbout(outcome);
    const place = sink.place(this.#target);
    this.#memoTurn[slot] = this.#turn;
    this.#memoKey[slot] = key;
    this.#memoPlace[slot] = place;
    return place;
  }

  #expandStep(step: number, environment: number, sink: Sink): void {
    const { cells, shared, stepSeen } = this.#world;
    const party = shared.definition.steps[step]?.party ?? -1;
    this.choice = step * 16 + environmentLane * 2;
    if (party === this.#inner) {
      this.#expandInnerStep(step, environment, sink);
      return;
    }
    this.#copyKey();
    setLane(this.#layout, this.#target, environmentLane, environment);
    if (party < 0) {
      this.#finish(stepSeen, sink);
      return;
    }
    const at = (cells[party] as Cells).onStep(this.#lanes[party] as number, step);
    const { array } = shared.rows;
    setLane(this.#layout, this.#target, party, array[at] as number);
    this.#finish(array[at + 1] as number, sink);
  }

  #expandInnerStep(step: number, environment: number, sink: Sink): void {
    for (let left = this.#states; left !== 0; left &= left - 1) {
      const at = this.#innerCells.onStep(this.#firstCell + 31 - Math.clz32(left & -left), step);
      const { array } = this.#world.shared.rows;
      const cell = array[at] as number;
      this.#copyKey();
      setLane(this.#layout, this.#target, environmentLane, environment);
      setLane(this.#layout, this.#target, this.#inner, cell >> blockBits);
      this.#comeAbout(array[at + 1] as number);
      sink.add(sink.place(this.#target), wordOf(cell), 1 << cell);
    }
  }

  #copyKey(): void {
    for (let word = 0; word < this.#layout.words; word++) this.#target[word] = this.#key[word] as number;
  }
}
