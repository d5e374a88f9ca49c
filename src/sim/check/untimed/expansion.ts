import type { Sink } from './batch.ts';
import { perWord } from './blocks.ts';
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
import { type LaneLayout, laneIn, setLane } from './laneLayout.ts';
import type { Message } from './messages.ts';
import { PlaceMemo } from './placeMemo.ts';
import { lowest, StatesOfBlock } from './statesOfBlock.ts';
import { environmentLane, laneCount, observerLane, parties, type UntimedWorld } from './untimedWorld.ts';

/** An event of the untimed world. */
export type UntimedEvent =
  | ({ readonly kind: 'message'; readonly fate: 'happen' | 'lose' } & Message)
  | { readonly kind: 'timer'; readonly party: number; readonly index: number; readonly fate: 'happen' }
  | { readonly kind: 'step'; readonly index: number; readonly fate: 'happen' };

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
  /** The states turned to. */
  #states: StatesOfBlock;
  /** Those of them that the inner party has not moved on from yet, per word of the block as bits. */
  readonly #left: Int32Array;
  #records: Int32Array;
  readonly #key: Int32Array;
  /** The inner party's cell in the first state of their block. */
  #firstCell = 0;
  /** Where the record of the block has the states that have been found, if it is closed; else -1. */
  #foundAt = -1;
  /** How many more of its states have been found by closing it. */
  closed = 0;
  /** How many states have been expanded, and how many transitions lead out of them. */
  stateCount = 0;
  transitions = 0;
  /** The place in the block of one of them in which nothing can happen, or -1. */
  ended = -1;
  /** How many events other than the inner party's lead out of each. */
  #outerEvents = 0;
  readonly #lanes = new Int32Array(laneCount);
  readonly #rowAt = new Int32Array(parties);
  #cutLinks = 0;
  #lossyLinks = 0;
  #afterLoss = -1;
  #steps: readonly NextStep[] = [];
  /** The event that leads to what the sink is being given, see `eventOf`. */
  choice = 0;
  readonly #target: Int32Array;
  /** Places of blocks that the inner party leads to from here. */
  readonly #places = new PlaceMemo();
  readonly #placeMask: number;

  constructor(world: UntimedWorld, layout: LaneLayout) {
    this.#world = world;
    this.#layout = layout;
    this.#inner = layout.inner;
    this.#innerCells = world.cells[layout.inner] as Cells;
    this.#key = new Int32Array(layout.words);
    this.#target = new Int32Array(layout.words);
    this.#states = new StatesOfBlock(layout);
    this.#left = new Int32Array(layout.blockWords);
    this.#records = this.#left;
    this.#placeMask = (1 << layout.blockBits) - 1;
  }

  /** Turns to states of the block whose record begins at a position. */
  turnTo(records: Int32Array, at: number, states: StatesOfBlock): void {
    const layout = this.#layout;
    this.#places.clear();
    this.#states = states;
    this.#records = records;
    for (let one = 0; one < layout.words; one++) this.#key[one] = records[at + one] as number;
    for (let lane = 0; lane < laneCount; lane++) this.#lanes[lane] = laneIn(layout, records, at, lane);
    this.#firstCell = (this.#lanes[this.#inner] as number) << layout.blockBits;
    this.#turnEnvironmentTo(this.#lanes[environmentLane] as number);
    this.#outerEvents = this.#steps.length;
    for (let party = 0; party < parties; party++) {
      if (party === this.#inner) continue;
      const row = (this.#world.cells[party] as Cells).row(this.#lanes[party] as number);
      this.#rowAt[party] = row;
      this.#outerEvents += this.#eventsIn(row);
    }
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
    const row = lane === this.#inner ? this.#innerCells.row(this.#firstCell + this.#states.first) : this.#rowAt[lane];
    const at = (row as number) + rowHead + index * eventLength;
    const number = rows.data[at + eventNumber] as number;
    if ((rows.data[at] as number) < 0) return { kind: 'timer', party: lane, index: number, fate: 'happen' };
    return { kind: 'message', ...messages.of(number), fate: (choice & 1) === 1 ? 'lose' : 'happen' };
  }

  /**
   * Gives all successors of the states turned to. Where the record has the states found at `foundAt`, those in the same
   * block to which the inner party moves on unnoticed are added to the states turned to instead, unless they were known;
   * -1 gives them too.
   */
  expandInto(sink: Sink, foundAt: number): void {
    this.#foundAt = foundAt;
    this.closed = 0;
    this.transitions = 0;
    this.ended = -1;
    this.#expandInner(sink);
    for (let party = 0; party < parties; party++) if (party !== this.#inner) this.#expandParty(party, sink);
    for (const { step, next } of this.#steps) this.#expandStep(step, next, sink);
    this.stateCount = this.#states.count;
    this.transitions += this.stateCount * this.#outerEvents;
  }

  #turnEnvironmentTo(state: number): void {
    const { environment, lossyLinks } = this.#world;
    this.#cutLinks = environment.cutLinks(state);
    this.#afterLoss = environment.afterLoss(state);
    this.#steps = environment.steps(state);
    this.#lossyLinks = this.#afterLoss < 0 ? 0 : lossyLinks & ~this.#cutLinks;
  }

  /** How many events a row stands for, with the losses that are possible now. */
  #eventsIn(row: number): number {
    const rows = this.#world.shared.rows.data;
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
    const rows = this.#world.shared.rows.data;
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
      if (isCut) this.#addAll(sink);
      else this.#finish(rows[at + eventOutcome] as number, sink);
      if ((this.#lossyLinks & link) === 0) continue;
      this.choice = choice + 1;
      this.#copyKey();
      setLane(this.#layout, this.#target, party, rows[at + eventCellIfLost] as number);
      setLane(this.#layout, this.#target, environmentLane, this.#afterLoss);
      this.#addAll(sink);
    }
  }

  /** Gives the states of the target in the same places as those turned to. */
  #addAll(sink: Sink): void {
    const { words, bits, length } = this.#states;
    const place = sink.place(this.#target);
    for (let one = 0; one < length; one++) sink.add(place, words[one] as number, bits[words[one] as number] as number);
  }

  /** Gives the states of the target, where an outcome is still to come about in it. */
  #finish(outcome: number, sink: Sink): void {
    if (outcome === 0 || !this.#comeAbout(outcome)) this.#addAll(sink);
    else this.#sendToInner(outcome, sink);
  }

  /** Lets an outcome come about in the target. Returns whether there are messages to the inner party, not yet sent. */
  #comeAbout(outcome: number): boolean {
    const { cells, shared } = this.#world;
    const outcomes = shared.outcomes.data;
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
    if (seen !== 0) setLane(this.#layout, this.#target, observerLane, shared.sightings.next(this.observers, seen));
    return reachesInner;
  }

  /** Sends an outcome's messages to the inner party, in each state to its cell there. */
  #sendToInner(outcome: number, sink: Sink): void {
    const { words, bits, length } = this.#states;
    this.#places.clear();
    for (let one = 0; one < length; one++) {
      const word = words[one] as number;
      for (let left = bits[word] as number; left !== 0; left &= left - 1) {
        const cell = this.#withMessages(this.#firstCell + 32 * word + lowest(left), outcome);
        const block = cell >> this.#layout.blockBits;
        let place = this.#places.get(block, 0);
        if (place < 0) {
          setLane(this.#layout, this.#target, this.#inner, block);
          place = sink.place(this.#target);
          this.#places.set(block, 0, place);
        }
        sink.add(place, this.#wordOf(cell), 1 << cell);
      }
    }
  }

  /** The inner party's cell with an outcome's messages to it. */
  #withMessages(before: number, outcome: number): number {
    const outcomes = this.#world.shared.outcomes.data;
    const end = outcome + outcomeHead + 2 * (outcomes[outcome + 1] as number);
    let cell = before;
    for (let send = outcome + outcomeHead; send < end; send += 2) {
      if (outcomes[send] === this.#inner) cell = this.#innerCells.add(cell, outcomes[send + 1] as number);
    }
    return cell;
  }

  /** Within a block: in which word a cell's bit is. */
  #wordOf(cell: number): number {
    return (cell & this.#placeMask) >> 5;
  }

  /** Lets the inner party move on, until it is in no state turned to in which it has not. */
  #expandInner(sink: Sink): void {
    const states = this.#states;
    const left = this.#left;
    for (let one = 0; one < states.length; one++) {
      const word = states.words[one] as number;
      left[word] = states.bits[word] as number;
    }
    for (let some = true; some; ) {
      some = false;
      for (let one = 0; one < states.length; one++) {
        const word = states.words[one] as number;
        for (let bits = left[word] as number; bits !== 0; bits = left[word] as number) {
          some = true;
          left[word] = bits & (bits - 1);
          this.#expandCell(this.#firstCell + 32 * word + lowest(bits), sink);
        }
      }
    }
  }

  #expandCell(from: number, sink: Sink): void {
    const row = this.#innerCells.row(from);
    const rows = this.#world.shared.rows.data;
    const count = rows[row] as number;
    const end = row + rowHead + count * eventLength;
    if (count + this.#outerEvents === 0) this.ended = from & this.#placeMask;
    this.transitions += count;
    let choice = this.#inner * 2;
    for (let at = row + rowHead; at < end; at += eventLength, choice += 16) {
      const origin = rows[at] as number;
      const link = origin < 0 ? 0 : 1 << (origin >> 3);
      const isCut = (this.#cutLinks & link) !== 0;
      this.choice = choice;
      const cell = rows[at + (isCut ? eventCellIfLost : eventCell)] as number;
      this.#moveInnerTo(cell, isCut ? 0 : (rows[at + eventOutcome] as number), sink);
      if ((this.#lossyLinks & link) === 0) continue;
      this.transitions++;
      this.choice = choice + 1;
      const lost = rows[at + eventCellIfLost] as number;
      sink.add(this.#placeWhere(lost >> this.#layout.blockBits, 0, true, sink), this.#wordOf(lost), 1 << lost);
    }
  }

  #moveInnerTo(cell: number, outcome: number, sink: Sink): void {
    const word = this.#wordOf(cell);
    const bit = 1 << cell;
    if (outcome !== 0 || this.#foundAt < 0 || (cell & ~this.#placeMask) !== this.#firstCell) {
      sink.add(this.#placeWhere(cell >> this.#layout.blockBits, outcome, false, sink), word, bit);
      return;
    }
    const at = this.#foundAt + perWord * word;
    const found = this.#records[at] as number;
    if ((found & bit) !== 0) return;
    this.#records[at] = found | bit;
    this.#states.add(word, bit);
    this.#left[word] = (this.#left[word] as number) | bit;
    this.closed++;
  }

  /** The sink's place for a block of the inner party in which an outcome has come about or a message has been lost. */
  #placeWhere(block: number, outcome: number, isLost: boolean, sink: Sink): number {
    const what = isLost ? -1 : outcome;
    const known = this.#places.get(block, what);
    if (known >= 0) return known;
    this.#copyKey();
    setLane(this.#layout, this.#target, this.#inner, block);
    if (isLost) setLane(this.#layout, this.#target, environmentLane, this.#afterLoss);
    if (outcome !== 0) this.#comeAbout(outcome);
    const place = sink.place(this.#target);
    this.#places.set(block, what, place);
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
    const { data } = shared.rows;
    setLane(this.#layout, this.#target, party, data[at] as number);
    this.#finish(data[at + 1] as number, sink);
  }

  #expandInnerStep(step: number, environment: number, sink: Sink): void {
    const { words, bits, length } = this.#states;
    for (let one = 0; one < length; one++) {
      const word = words[one] as number;
      for (let left = bits[word] as number; left !== 0; left &= left - 1) {
        const at = this.#innerCells.onStep(this.#firstCell + 32 * word + lowest(left), step);
        const { data } = this.#world.shared.rows;
        const cell = data[at] as number;
        this.#copyKey();
        setLane(this.#layout, this.#target, environmentLane, environment);
        setLane(this.#layout, this.#target, this.#inner, cell >> this.#layout.blockBits);
        this.#comeAbout(data[at + 1] as number);
        sink.add(sink.place(this.#target), this.#wordOf(cell), 1 << cell);
      }
    }
  }

  #copyKey(): void {
    for (let word = 0; word < this.#layout.words; word++) this.#target[word] = this.#key[word] as number;
  }
}
