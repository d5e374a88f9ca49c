import { reserved } from './blocks.ts';
import type { UntimedEvent } from './expansion.ts';
import { type FieldLayout, unpack } from './fieldLayout.ts';
import { type Bounds, type End, Search } from './search.ts';
import { lowest } from './statesOfBlock.ts';
import type { UntimedWorld } from './untimedWorld.ts';

/** A state: its record, and its place in the block. */
interface State {
  readonly record: number;
  readonly place: number;
}

/** The first state, by depth, in which a property is violated. */
export interface ViolatingState extends State {
  /** How many steps lead to it. */
  readonly level: number;
  /** The observers' state in it. */
  readonly observers: number;
}

/** What a search by levels looks for. */
export interface Goal {
  /** It is over after so many states... */
  readonly states: number;
  /** ...or once all these properties are violated, as bits. */
  readonly violated: number;
}

/** An entry: the record, the word of its block, and the states of that word as bits. */
const entryLength = 3;

/** A search breadth first: it knows a shortest way to each state. */
export class LevelSearch extends Search {
  /** Per property, where it is violated. */
  readonly violatingStates: (ViolatingState | undefined)[] = [];
  /** Per level, the position of its first entry. */
  readonly #levels: number[] = [];
  /** The entries of all levels, one level behind the other; those of one block are next to each other. */
  readonly #entries: Int32Array;
  #end = 0;
  readonly #goal: Goal;
  #violated = 0;

  constructor(world: UntimedWorld, layout: FieldLayout, bounds: Bounds, goal: Goal) {
    super(world, layout, bounds);
    this.#goal = goal;
    this.#entries = reserved(Math.ceil(bounds.memoryBytes / 4));
  }

  /** Finds all states, level by level; `stopped` where it has reached its goal before. */
  run(): End {
    this.addInitial();
    for (let level = 0; ; level++) {
      const end = this.takeIn();
      const from = this.#end;
      const isClosed = this.#closeLevel();
      if (end !== 'complete' || from === this.#end) return end;
      if (!isClosed || this.#isAtGoal) return 'stopped';
      const ending = this.#expandLevel(level, from, this.#end);
      if (ending === 'complete') continue;
      this.#closeLevel();
      return ending;
    }
  }

  /** The events on a shortest way to a violating. */
  eventsTo({ level, ...violating }: ViolatingState): UntimedEvent[] {
    const events: UntimedEvent[] = [];
    let state: State = violating;
    for (let before = level - 1; before >= 0; before--) {
      const step = this.#stepTo(state, before);
      events.unshift(step.event);
      state = step.from;
    }
    return events;
  }

  /** Calls `visit` with the fields of each state. */
  forEachState(visit: (fields: Int32Array) => void): void {
    const fields = new Int32Array(this.world.fieldCount);
    for (let at = 0; at < this.#end; at += entryLength) {
      const word = this.#entries[at + 1] as number;
      for (let left = this.#entries[at + 2] as number; left !== 0; left &= left - 1) {
        unpack(this.layout, this.set.records, this.#entries[at] as number, 32 * word + lowest(left), fields);
        visit(fields);
      }
    }
  }

  /** Per property, a state of the observers in which it is violated. */
  get violatedBy(): (number | undefined)[] {
    return Array.from(this.violatingStates, (violating) => violating?.observers);
  }

  protected override get ownBytes(): number {
    return 4 * this.#end;
  }

  get #isAtGoal(): boolean {
    const { states, violated } = this.#goal;
    return this.states > states || (violated !== 0 && (violated & ~this.#violated) === 0);
  }

  /** Makes entries of all fresh states and judges them: they are a level. False where memory is short. */
  #closeLevel(): boolean {
    const { chosen, set } = this;
    const entries = this.#entries;
    const level = this.#levels.push(this.#end) - 1;
    for (let record = set.nextWaiting(); record >= 0; record = set.nextWaiting()) {
      set.takeFresh(record, chosen);
      this.#judge(level, record, chosen.first, this.world.observers.violated);
      if (this.#end + entryLength * chosen.length > entries.length) return false;
      for (let one = 0; one < chosen.length; one++) {
        const word = chosen.words[one] as number;
        entries[this.#end] = record;
        entries[this.#end + 1] = word;
        entries[this.#end + 2] = chosen.bits[word] as number;
        this.#end += entryLength;
      }
    }
    return true;
  }

  /** Finds what follows from a level; all but the last batch of it is taken in. */
  #expandLevel(level: number, from: number, to: number): End {
    for (let at = from; at < to; ) {
      const record = this.#entries[at] as number;
      at = this.#choose(at, to);
      this.expand(record, false);
      const { ended } = this.expansion;
      if (ended >= 0) this.#judge(level, record, ended, this.world.observers.unfinished);
      const end = this.batch.isFull ? this.takeIn() : 'complete';
      if (end !== 'complete') return end;
    }
    return 'complete';
  }

  /** Chooses all states of one record from an entry on. Returns the first entry of another one. */
  #choose(from: number, to: number): number {
    const entries = this.#entries;
    this.chosen.clear();
    let at = from;
    for (; at < to && entries[at] === entries[from]; at += entryLength) {
      this.chosen.add(entries[at + 1] as number, entries[at + 2] as number);
    }
    return at;
  }

  /** Notes which properties are violated for the first time in a state, given those of each observers' state. */
  #judge(level: number, record: number, place: number, violated: readonly number[]): void {
    const observers = this.observersIn(record);
    const fresh = (violated[observers] as number) & ~this.#violated;
    if (fresh === 0) return;
    const violating: ViolatingState = { level, record, place, observers };
    for (let left = fresh; left !== 0; left &= left - 1) this.violatingStates[lowest(left)] = violating;
    this.#violated |= fresh;
  }

  /** A state of a level from which one event leads to a state. */
  #stepTo(state: State, level: number): { from: State; event: UntimedEvent } {
    const to = this.#levels[level + 1] as number;
    for (let at = this.#levels[level] as number; at < to; ) {
      const record = this.#entries[at] as number;
      const next = this.#choose(at, to);
      const leads = this.#codeTo(state, record) >= 0;
      for (; leads && at < next; at += entryLength) {
        const word = this.#entries[at + 1] as number;
        for (let left = this.#entries[at + 2] as number; left !== 0; left &= left - 1) {
          this.chosen.clear();
          this.chosen.add(word, left & -left);
          const code = this.#codeTo(state, record);
          const from = { record, place: 32 * word + lowest(left) };
          if (code >= 0) return { from, event: this.expansion.eventOf(code) };
        }
      }
      at = next;
    }
    throw new Error(`no state of level ${level} leads to one of the next`);
  }

  /** What leads from one of the chosen states of a record to a state, or -1. */
  #codeTo(to: State, record: number): number {
    const { chosen, expansion, set } = this;
    let code = -1;
    expansion.turnTo(set.records, record, chosen);
    const sink = {
      place: (key: Int32Array) => set.find(key),
      add: (reached: number, word: number, bits: number) => {
        const isThere = reached === to.record && word === to.place >> 5 && (bits & (1 << to.place)) !== 0;
        if (isThere && code < 0) code = expansion.code;
      },
    };
    expansion.expandInto(sink, -1);
    return code;
  }
}
