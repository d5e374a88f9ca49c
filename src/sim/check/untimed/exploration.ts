import { Batch } from './batch.ts';
import { Frontier } from './frontier.ts';
import { type LaneLayout, layOut, pack, unpack } from './laneLayout.ts';
import { hashOf, StateTable } from './stateTable.ts';
import type { Successors, UntimedEvent } from './successors.ts';

/** How far an exploration has got. */
export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** States found that are still to be looked into. */
  readonly frontier: number;
}

/** The first state, by depth, in which a property is violated. */
export interface Finding {
  readonly ordinal: number;
  /** The observers' state in it. */
  readonly observers: number;
}

/** The state table compares so many words without a loop. */
const leastWords = 3;
const progressEvery = 1 << 16;

/** A search through all states, breadth first. Ordinals count the states in the order in which they are found. */
export class Exploration {
  /** How many transitions lead out of the states looked into. */
  transitions = 0;
  /** Steps to the states found last. */
  depth = 0;
  /** Memory used at most, in bytes. */
  mostBytes = 0;
  /** Per property, where it is violated. */
  readonly findings: (Finding | undefined)[] = [];
  readonly #successors: Successors;
  readonly #memoryBytes: number;
  readonly #onProgress: (progress: Progress) => boolean;
  readonly #states: StateTable;
  #layout: LaneLayout;
  #batch: Batch;
  #level: Frontier;
  #nextLevel: Frontier;
  /** Ordinal of the first state of the next level. */
  #nextLevelStart = 0;
  #nextProgress = progressEvery;
  #violated = 0;

  constructor(successors: Successors, memoryBytes: number, onProgress: (progress: Progress) => boolean) {
    this.#successors = successors;
    this.#memoryBytes = memoryBytes;
    this.#onProgress = onProgress;
    this.#layout = layOut(bitsFor(successors.counts), leastWords);
    this.#states = new StateTable(memoryBytes, this.#layout.words);
    this.#batch = new Batch(this.#layout.words);
    this.#level = new Frontier(this.#layout.words);
    this.#nextLevel = new Frontier(this.#layout.words);
  }

  get states(): number {
    return this.#states.count;
  }

  /** Finds all states. False where the memory is used up or `onProgress` wants to stop. */
  run(): boolean {
    this.#addInitial();
    for (; this.#nextLevel.count > 0; this.depth++) {
      this.#level = this.#nextLevel;
      this.#nextLevel = new Frontier(this.#layout.words);
      this.#nextLevelStart = this.states;
      if (!this.#exploreLevel()) return false;
    }
    this.depth--;
    return true;
  }

  /** The events on a shortest way to a state. */
  eventsTo(ordinal: number): UntimedEvent[] {
    const ordinals: number[] = [];
    for (let at = ordinal; at > 0; at = this.#states.parentOf(at)) ordinals.unshift(at);
    const lanes = this.#successors.initial.slice();
    return ordinals.map((next) => this.#stepTo(next, lanes));
  }

  #addInitial(): void {
    this.#batch.count = 1;
    pack(this.#layout, this.#successors.initial, this.#batch.words, 0);
    this.#batch.hashes[0] = hashOf(this.#batch.words, 0, this.#layout.words);
    this.#settle();
  }

  #exploreLevel(): boolean {
    for (let index = 0; index < this.#level.count; ) {
      const transitions = this.transitions;
      const next = this.#fillBatch(index);
      if (this.#isTooNarrow()) {
        this.transitions = transitions;
        if (!this.#widen()) return false;
      } else if (this.#settle() && this.#goesOn(next)) index = next;
      else return false;
    }
    return true;
  }

  /** Puts successors into the batch until it is full. Returns the first state of the level that is left. */
  #fillBatch(from: number): number {
    const level = this.#level;
    const levelStart = this.#nextLevelStart - level.count;
    for (let index = from; index < level.count; index++) {
      const events = this.#successors.turnTo(this.#layout, level.wordsOf(index), level.positionOf(index));
      if (!this.#batch.hasRoomFor(events)) return index;
      this.transitions += events;
      if (events === 0) this.#judgeEnd(levelStart + index);
      this.#successors.addTo(this.#batch, this.#layout, levelStart + index);
    }
    return level.count;
  }

  /** Looks the batch up: what is new goes to the next level. False where there is no memory for it. */
  #settle(): boolean {
    const batch = this.#batch;
    const states = this.#states;
    const { words } = this.#layout;
    const { violated } = this.#successors.observers;
    if (!states.reserve(batch.count)) return false;
    states.touch(batch.hashes, batch.count);
    const known = states.count;
    const added = states.addAll(batch.words, batch.hashes, batch.parents, batch.count, batch.fresh);
    for (let index = 0; index < added; index++) {
      const at = (batch.fresh[index] as number) * words;
      this.#nextLevel.push(batch.words, at);
      const observers = this.#successors.observersIn(this.#layout, batch.words, at);
      this.#judge(known + index, violated[observers] as number, observers);
    }
    batch.count = 0;
    return true;
  }

  #judgeEnd(ordinal: number): void {
    const { observers, observersNow } = this.#successors;
    this.#judge(ordinal, observers.unfinished[observersNow] as number, observersNow);
  }

  /** Notes the properties, given as bits, that have not been violated before. */
  #judge(ordinal: number, violated: number, observers: number): void {
    for (let left = violated & ~this.#violated; left !== 0; left &= left - 1) {
      this.findings[31 - Math.clz32(left & -left)] = { ordinal, observers };
    }
    this.#violated |= violated;
  }

  #goesOn(index: number): boolean {
    const parts = [this.#states, this.#level, this.#nextLevel, this.#batch, this.#successors];
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    this.mostBytes = Math.max(this.mostBytes, bytes);
    if (bytes > this.#memoryBytes) return false;
    if (this.states < this.#nextProgress) return true;
    this.#nextProgress = this.states + progressEvery;
    const frontier = this.#level.count - index + this.#nextLevel.count;
    return this.#onProgress({ states: this.states, transitions: this.transitions, frontier });
  }

  #isTooNarrow(): boolean {
    return this.#successors.counts.some((count, lane) => count - 1 > (this.#layout.greatest[lane] as number));
  }

  /** Gives the lanes the room that they have turned out to need; what is in the batch is void. */
  #widen(): boolean {
    const old = this.#layout;
    const layout = layOut(bitsFor(this.#successors.counts), old.words);
    const lanes = this.#successors.initial.slice();
    const rewrite = (source: Int32Array, from: number, target: Int32Array, to: number) => {
      unpack(old, source, from, lanes);
      pack(layout, lanes, target, to);
    };
    this.#layout = layout;
    this.#level = this.#level.rewritten(layout.words, rewrite);
    this.#nextLevel = this.#nextLevel.rewritten(layout.words, rewrite);
    this.#batch = new Batch(layout.words);
    return this.#states.rewrite(layout.words, (slots, from, to) => rewrite(slots, from, slots, to));
  }

  /** The event that leads from a state, given by its lanes, to the state of an ordinal, whose lanes they then are. */
  #stepTo(ordinal: number, lanes: Int32Array): UntimedEvent {
    const { words } = this.#layout;
    const state = new Int32Array(words);
    const batch = new Batch(words);
    pack(this.#layout, lanes, state, 0);
    batch.hasRoomFor(this.#successors.turnTo(this.#layout, state, 0));
    this.#successors.addTo(batch, this.#layout, 0);
    for (let index = 0; index < batch.count; index++) {
      const at = index * words;
      if (this.#states.find(batch.words, at, batch.hashes[index] as number) !== ordinal) continue;
      unpack(this.#layout, batch.words, at, lanes);
      return this.#successors.eventOf(batch.choices[index] as number);
    }
    throw new Error(`state ${ordinal} does not follow from the one that it was found from`);
  }
}

/** Bits for lanes of so many numbers. */
const bitsFor = (counts: readonly number[]): number[] => counts.map((count) => Math.max(1, 32 - Math.clz32(count - 1)));
