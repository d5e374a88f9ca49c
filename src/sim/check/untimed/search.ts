import { Batch } from './batch.ts';
import { Expansion, type UntimedEvent } from './expansion.ts';
import { type LaneLayout, laneIn, pack, unpack } from './laneLayout.ts';
import { entryLength, StateSet } from './stateSet.ts';
import { laneCount, observerLane, type UntimedWorld } from './untimedWorld.ts';

/** How far a search has got. */
export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** States found that are still to be looked into. */
  readonly frontier: number;
}

/** What bounds a search. */
export interface Bounds {
  readonly states: number;
  readonly memoryBytes: number;
  /** Called now and then; `false` stops the search. */
  readonly onProgress: (progress: Progress) => boolean;
}

/** Why a search ended: every state is found; it was stopped or has no memory left; it needs more states or wider lanes. */
export type End = 'complete' | 'stopped' | 'outgrown';

/** Where a word of states is in its record, and a state's bit in it. */
interface State {
  readonly position: number;
  readonly bit: number;
}

/** The first state, by depth, in which a property is violated. */
export interface Finding extends State {
  /** How many steps lead to it. */
  readonly level: number;
  /** The observers' state in it. */
  readonly observers: number;
}

const progressEvery = 1 << 16;

/** A search through all states, breadth first, with lanes of fixed widths. */
export class Search {
  /** How many transitions lead out of the states looked into. */
  transitions = 0;
  /** Memory used at most, in bytes. */
  mostBytes = 0;
  /** Steps to the states found last. */
  depth = 0;
  /** Per property, where it is violated. */
  readonly findings: (Finding | undefined)[] = [];
  readonly #world: UntimedWorld;
  readonly #layout: LaneLayout;
  readonly #bounds: Bounds;
  readonly #set: StateSet;
  readonly #expansion: Expansion;
  readonly #batch: Batch;
  #expanded = 0;
  #nextProgress = progressEvery;
  #violated = 0;

  constructor(world: UntimedWorld, layout: LaneLayout, bounds: Bounds) {
    this.#world = world;
    this.#layout = layout;
    this.#bounds = bounds;
    this.#set = new StateSet(bounds.memoryBytes, layout.words);
    this.#batch = new Batch(layout.words);
    this.#expansion = new Expansion(world, layout);
  }

  get states(): number {
    return this.#set.count;
  }

  /** Finds all states, level by level. */
  run(): End {
    const set = this.#set;
    this.#addInitial();
    for (let level = 0; ; level++) {
      const from = set.levels[level] as number;
      const to = set.end;
      if (from === to) return 'complete';
      this.depth = level;
      this.#judgeLevel(level);
      set.beginLevel();
      for (let at = from; at < to; ) {
        at = this.#fillBatch(level, at, to);
        const end = this.#isOutgrown() ? 'outgrown' : this.#set.takeIn(this.#batch) ? this.#goesOn() : 'stopped';
        if (end === 'complete') continue;
        this.#judgeLevel(level + 1);
        return end;
      }
    }
  }

  /** The events on a shortest way to a finding. */
  eventsTo({ level, ...finding }: Finding): UntimedEvent[] {
    const events: UntimedEvent[] = [];
    let state: State = finding;
    for (let before = level - 1; before >= 0; before--) {
      const step = this.#stepTo(state, before);
      events.unshift(step.event);
      state = step.from;
    }
    return events;
  }

  /** Calls `visit` with the lanes of each state. */
  forEachState(visit: (lanes: Int32Array) => void): void {
    const set = this.#set;
    const { entries, keys, end } = set;
    const lanes = new Int32Array(laneCount);
    for (let at = 0; at < end; at += entryLength) {
      const record = set.recordAround(entries[at] as number);
      const word = set.wordAt(entries[at] as number, record);
      for (let left = entries[at + 1] as number; left !== 0; left &= left - 1) {
        const place = 32 * word + 31 - Math.clz32(left & -left);
        unpack(this.#layout, keys, record, place, lanes);
        visit(lanes);
      }
    }
  }

  #addInitial(): void {
    const key = new Int32Array(this.#layout.words);
    const place = pack(this.#layout, this.#world.initial, key);
    this.#batch.add(this.#batch.place(key), place >> 5, 1 << place);
    this.#set.takeIn(this.#batch);
  }

  /** Puts successors into the batch until it is full. Returns the first entry of the level that is left. */
  #fillBatch(level: number, from: number, to: number): number {
    const { entries } = this.#set;
    const expansion = this.#expansion;
    for (let at = from; at < to; at += entryLength) {
      const position = entries[at] as number;
      const transitions = this.#turnTo(position, entries[at + 1] as number);
      if (!this.#batch.hasRoomFor(transitions)) return at;
      this.transitions += transitions;
      this.#expanded += expansion.stateCount;
      if (expansion.ended !== 0) {
        const { unfinished } = this.#world.observers;
        this.#judge(level, position, expansion.ended, unfinished);
      }
      expansion.expandInto(this.#batch);
    }
    return to;
  }

  /** Turns to states at a position. Returns how many transitions lead out of them. */
  #turnTo(position: number, states: number): number {
    const set = this.#set;
    const record = set.recordAround(position);
    return this.#expansion.turnTo(set.keys, record, set.wordAt(position, record), states);
  }

  #isOutgrown(): boolean {
    if (this.states > this.#bounds.states) return true;
    for (let lane = 0; lane < laneCount; lane++) {
      if (this.#world.countOf(lane) > (this.#layout.room[lane] as number)) return true;
    }
    return false;
  }

  #goesOn(): End {
    const { memoryBytes, onProgress } = this.#bounds;
    const bytes = this.#set.bytes + this.#batch.bytes + this.#world.bytes;
    this.mostBytes = Math.max(this.mostBytes, bytes);
    if (bytes > memoryBytes) return 'stopped';
    if (this.states < this.#nextProgress) return 'complete';
    this.#nextProgress = this.states + progressEvery;
    const { states, transitions } = this;
    return onProgress({ states, transitions, frontier: states - this.#expanded }) ? 'complete' : 'stopped';
  }

  #judgeLevel(level: number): void {
    const { entries, levels, end } = this.#set;
    const { violated } = this.#world.observers;
    for (let at = levels[level] as number; at < end; at += entryLength) {
      this.#judge(level, entries[at] as number, entries[at + 1] as number, violated);
    }
  }

  /** Notes which properties are violated for the first time in states of one word, given those of each observers' state. */
  #judge(level: number, position: number, states: number, violated: readonly number[]): void {
    const { keys } = this.#set;
    const observers = laneIn(this.#layout, keys, this.#set.recordAround(position), observerLane);
    const fresh = (violated[observers] as number) & ~this.#violated;
    if (fresh === 0) return;
    const finding: Finding = { level, position, bit: states & -states, observers };
    for (let left = fresh; left !== 0; left &= left - 1) this.findings[31 - Math.clz32(left & -left)] = finding;
    this.#violated |= fresh;
  }

  /** A state of a level from which one event leads to a state. */
  #stepTo(state: State, level: number): { from: State; event: UntimedEvent } {
    const { entries, levels } = this.#set;
    for (let at = levels[level] as number; at < (levels[level + 1] as number); at += entryLength) {
      const position = entries[at] as number;
      const states = entries[at + 1] as number;
      if (this.#choiceTo(state, position, states) < 0) continue;
      for (let left = states; left !== 0; left &= left - 1) {
        const bit = left & -left;
        const choice = this.#choiceTo(state, position, bit);
        if (choice >= 0) return { from: { position, bit }, event: this.#expansion.eventOf(choice) };
      }
    }
    throw new Error(`no state of level ${level} leads to one of the next`);
  }

  /** What leads to a state from one of those of a word, or -1. */
  #choiceTo(state: State, position: number, states: number): number {
    const set = this.#set;
    const expansion = this.#expansion;
    let choice = -1;
    this.#turnTo(position, states);
    expansion.expandInto({
      place: (key) => set.recordOf(key),
      add: (record, word, bits) => {
        const isThere = set.positionOf(record, word) === state.position && (bits & state.bit) !== 0;
        if (isThere && choice < 0) choice = expansion.choice;
      },
    });
    return choice;
  }
}
