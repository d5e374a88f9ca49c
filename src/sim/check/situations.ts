import { IntVector, mix } from './intVector.ts';
import { type Outcome, type PendingAfter, type Situation, type TimedSystem, unbounded } from './timedSystem.ts';

/** One discrete way on from a situation, as the explorer of classes needs it. */
export interface Move {
  readonly target: number;
  readonly choice: number;
  /** Per pending event of the target, its position before, or -1. */
  readonly origins: Int32Array;
  /** Windows of the events of the target; only those of new ones count. */
  readonly earliest: Int32Array;
  readonly latest: Int32Array;
  /** Per pending event of the target, the position of the one that must come before it, or -1. */
  readonly behind: Int32Array;
}

/**
 * The situations met so far, each with a number, and the moves between them. Both are asked of the system once,
 * however many state classes share a situation.
 */
export class Situations {
  readonly #system: TimedSystem;
  /** All situations after each other: words, then types. */
  readonly #store = new IntVector(1 << 16);
  readonly #offsets = new IntVector();
  readonly #sizes = new IntVector();
  readonly #words: number;
  #table = new Int32Array(1 << 12).fill(-1);
  readonly #moves: (readonly Move[] | undefined)[][] = [];
  #moveWords = 0;

  constructor(system: TimedSystem) {
    this.#system = system;
    this.#words = system.start.words.length;
  }

  get count(): number {
    return this.#offsets.length;
  }

  /** Bytes held, the moves included as far as they can be told. */
  get bytes(): number {
    return this.#store.bytes + this.#offsets.bytes + this.#sizes.bytes + this.#table.byteLength + this.#moveWords * 4;
  }

  /** How many events are pending in a situation. */
  sizeOf(id: number): number {
    return this.#sizes.at(id);
  }

  /** Position of the pending event of that type, or -1. */
  positionOf(id: number, type: number): number {
    const middle = this.#offsets.at(id) + this.#words;
    return this.#store.data.subarray(middle, middle + this.sizeOf(id)).indexOf(type);
  }

  of(id: number): Situation {
    const from = this.#offsets.at(id);
    const middle = from + this.#words;
    return {
      words: [...this.#store.data.subarray(from, middle)],
      pending: [...this.#store.data.subarray(middle, middle + this.sizeOf(id))],
    };
  }

  /** The move that leads to the beginning. */
  start(): Move {
    return this.#moveTo(this.#system.start);
  }

  /** What can happen when the event at that position fires; nothing while it waits for an earlier one of its group. */
  moves(id: number, position: number): readonly Move[] {
    const row = this.#moves[id] ?? [];
    const known = row[position];
    if (known !== undefined) return known;
    const situation = this.of(id);
    const moves = this.#waits(situation.pending, position)
      ? []
      : this.#system.fire(situation, position).map((outcome) => this.#moveTo(outcome));
    row[position] = moves;
    this.#moves[id] = row;
    return moves;
  }

  #waits(pending: readonly number[], position: number): boolean {
    const type = pending[position] as number;
    const before = pending[position - 1];
    if (before === undefined || !this.#system.isOrdered(type)) return false;
    return this.#system.groupOf(before) === this.#system.groupOf(type);
  }

  #moveTo({ words, pending, choice }: Outcome): Move {
    const sorted = this.#sorted(pending);
    const types = sorted.map(({ type }) => type);
    const windows = types.map((type) => this.#system.windowOf(type));
    const move = {
      target: this.#idOf(words, types),
      choice,
      origins: Int32Array.from(sorted, ({ origin }) => origin),
      earliest: Int32Array.from(windows, ([earliestMs]) => earliestMs),
      latest: Int32Array.from(windows, ([, latestMs]) => Math.min(latestMs, unbounded)),
      behind: Int32Array.from(sorted, ({ origin }, position) =>
        origin < 0 && this.#waits(types, position) ? position - 1 : -1,
      ),
    };
    // Four arrays with their headers, and the object.
    this.#moveWords += 4 * sorted.length + 80;
    return move;
  }

  #sorted(pending: readonly PendingAfter[]): PendingAfter[] {
    const group = ({ type }: PendingAfter) => this.#system.groupOf(type);
    return [...pending].sort((one, other) => group(one) - group(other));
  }

  #idOf(words: readonly number[], types: readonly number[]): number {
    const hash = hashOf(words, types);
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (; ; slot = (slot + 1) & mask) {
      const id = this.#table[slot] as number;
      if (id < 0) break;
      if (this.#equals(id, words, types)) return id;
    }
    const id = this.#offsets.push(this.#store.length);
    this.#table[slot] = id;
    this.#sizes.push(types.length);
    for (const word of words) this.#store.push(word);
    for (const type of types) this.#store.push(type);
    if (this.count * 2 > this.#table.length) this.#grow();
    return id;
  }

  #equals(id: number, words: readonly number[], types: readonly number[]): boolean {
    if (this.sizeOf(id) !== types.length) return false;
    const from = this.#offsets.at(id);
    const { data } = this.#store;
    for (let index = 0; index < words.length; index++) if (data[from + index] !== words[index]) return false;
    const middle = from + words.length;
    for (let index = 0; index < types.length; index++) if (data[middle + index] !== types[index]) return false;
    return true;
  }

  #grow(): void {
    this.#table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = this.#table.length - 1;
    for (let id = 0; id < this.count; id++) {
      const { words, pending } = this.of(id);
      let slot = hashOf(words, pending) & mask;
      while ((this.#table[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.#table[slot] = id;
    }
  }
}

function hashOf(words: readonly number[], types: readonly number[]): number {
  let hash = types.length;
  for (const word of words) hash = mix(hash, word);
  for (const type of types) hash = mix(hash, type);
  return hash;
}
