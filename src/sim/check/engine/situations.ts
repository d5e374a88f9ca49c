import { assert } from '../../data/assert.ts';
import { mix } from '../../data/hash.ts';
import { HashIndex } from '../../data/hashIndex.ts';
import { IntVector } from '../../data/intVector.ts';
import { type Outcome, type PendingAfter, type Situation, type TimedSystem, unbounded } from './timedSystem.ts';

/** One discrete transition from a situation. */
export interface Move {
  /** Where it stands in `Situations.moves`. */
  readonly place: number;
  readonly target: number;
  readonly choice: number;
  /** Per pending event of the target, its position before, or what the system gave a new one. */
  readonly origins: readonly number[];
}

/** Places in the record of a move; its origins follow, one per pending event of the target. */
export const moveTargetAt = 0;
const choiceAt = 1;
const originsAt = 2;

/** Places in a list of moves, which begins with their number. */
const assumedAt = 1;
const movesAt = 2;

/**
 * The situations met so far, each with a number, and the moves between them. Both are asked of the system once,
 * however many state classes share a situation, and kept in flat arrays.
 */
export class Situations {
  /** All situations after each other: words, then types. */
  readonly store = new IntVector(1 << 16);
  /** All moves after each other. */
  readonly moves = new IntVector(1 << 16);
  /** Per type, the window of a new event in milliseconds. */
  readonly earliest = new IntVector();
  readonly latest = new IntVector();
  readonly #system: TimedSystem;
  readonly #words: number;
  readonly #offsets = new IntVector();
  readonly #sizes = new IntVector();
  /** Per situation, where its row begins: per position the place of its list of moves, or 0. */
  readonly #rows = new IntVector();
  readonly #places = new IntVector();
  /** Per list of moves: how many, what was taken for granted, then the place of each. */
  readonly #lists = new IntVector();
  /** Per type its group, and 1 where events of that type wait for the earlier ones of their group. */
  readonly #groups = new IntVector();
  readonly #ordered = new IntVector();
  /** Per type, 1 where it happens after all others that are due at the same date. */
  readonly #last = new IntVector();
  readonly #index = new HashIndex();

  constructor(system: TimedSystem) {
    this.#system = system;
    this.#words = system.start.words.length;
    this.#lists.push(0);
  }

  get count(): number {
    return this.#offsets.length;
  }

  get bytes(): number {
    const vectors = [this.store, this.moves, this.#offsets, this.#sizes, this.#rows, this.#places, this.#lists];
    return vectors.reduce((sum, { bytes }) => sum + bytes, this.#index.bytes);
  }

  /** How many events are pending in a situation. */
  sizeOf(id: number): number {
    return this.#sizes.at(id);
  }

  /** Where in `store` the types of the pending events begin. */
  typesAt(id: number): number {
    return this.#offsets.at(id) + this.#words;
  }

  /** Position of the pending event of that type, or -1. */
  positionOf(id: number, type: number): number {
    const from = this.typesAt(id);
    return this.store.data.subarray(from, from + this.sizeOf(id)).indexOf(type);
  }

  /** One word of a situation. */
  wordOf(id: number, index: number): number {
    return this.store.at(this.#offsets.at(id) + index);
  }

  of(id: number): Situation {
    const middle = this.typesAt(id);
    return {
      words: this.#list(this.#offsets.at(id), middle),
      pending: this.#list(middle, middle + this.sizeOf(id)),
    };
  }

  #list(from: number, to: number): number[] {
    const list: number[] = [];
    for (let at = from; at < to; at++) list.push(this.store.at(at));
    return list;
  }

  /** The move that leads to the beginning, as a place in `moves`. */
  start(): number {
    return this.#add(this.#system.start);
  }

  /** The place of the list of moves by which the event at a position can fire: see `choices`, `move`. */
  movesOf(id: number, position: number): number {
    const at = this.#rows.at(id) + position;
    const known = this.#places.at(at);
    if (known !== 0) return known;
    const list = this.#ask(id, position);
    this.#places.data[at] = list;
    return list;
  }

  #ask(id: number, position: number): number {
    const isHeld = this.waits(this.typesAt(id), position);
    const outcomes = isHeld ? [] : this.#system.fire(this.of(id), position);
    const places = outcomes.map((outcome) => this.#add(outcome));
    const list = this.#lists.push(places.length);
    this.#lists.push(isHeld ? 0 : (this.#system.assumed ?? 0));
    for (const place of places) this.#lists.push(place);
    return list;
  }

  /**
   * Asks again for all moves that rest on a wrong assumption, and returns the situations from which they lead. What the
   * old moves reached stays: it over-approximates.
   */
  renew(isWrong: (assumed: number) => boolean): number[] {
    const renewed: number[] = [];
    const { count } = this;
    for (let id = 0; id < count; id++) {
      let isRenewed = false;
      for (let position = 0; position < this.sizeOf(id); position++) {
        const at = this.#rows.at(id) + position;
        const list = this.#places.at(at);
        if (list === 0 || !isWrong(this.#lists.at(list + assumedAt))) continue;
        // Asking may move the places elsewhere, so it comes first.
        const renewedList = this.#ask(id, position);
        this.#places.data[at] = renewedList;
        isRenewed = true;
      }
      if (isRenewed) renewed.push(id);
    }
    return renewed;
  }

  /** Calls `visit` with the target of every known move from a situation. */
  eachTarget(id: number, visit: (target: number) => void): void {
    for (let position = 0; position < this.sizeOf(id); position++) {
      const list = this.#places.at(this.#rows.at(id) + position);
      if (list === 0) continue;
      for (let index = 0; index < this.choices(list); index++)
        visit(this.moves.at(this.move(list, index) + moveTargetAt));
    }
  }

  /** How many moves are in a list. */
  choices(list: number): number {
    return this.#lists.at(list);
  }

  /** One move of a list, as a place in `moves`. */
  move(list: number, index: number): number {
    return this.#lists.at(list + movesAt + index);
  }

  /** A move as an object, for those who follow a path. */
  moveAt(place: number): Move {
    const target = this.moves.at(place + moveTargetAt);
    const from = place + originsAt;
    const origins = [...this.moves.data.subarray(from, from + this.sizeOf(target))];
    return { place, target, choice: this.moves.at(place + choiceAt), origins };
  }

  /** The place of the origins of a move in `moves`. */
  originsOf(place: number): number {
    return place + originsAt;
  }

  /** Whether the event at a position happens after all others that are due at the same date. */
  isLast(id: number, position: number): boolean {
    return this.#last.at(this.store.at(this.typesAt(id) + position)) === 1;
  }

  /** Whether the event at a position must wait for the one before it; `from` is where the types begin. */
  waits(from: number, position: number): boolean {
    if (position === 0) return false;
    const type = this.store.at(from + position);
    return (
      this.#ordered.at(type) === 1 && this.#groups.at(type) === this.#groups.at(this.store.at(from + position - 1))
    );
  }

  #add({ words, pending, choice }: Outcome): number {
    for (const { type } of pending) this.#learn(type);
    const sorted = this.#sorted(pending);
    const place = this.moves.push(
      this.#idOf(
        words,
        sorted.map(({ type }) => type),
      ),
    );
    this.moves.push(choice);
    for (const { origin } of sorted) this.moves.push(origin);
    return place;
  }

  #learn(type: number): void {
    for (let next = this.#groups.length; next <= type; next++) {
      const [earliestMs, latestMs] = this.#system.windowOf(next);
      assert(0 <= earliestMs && earliestMs <= latestMs, () => `a window from ${earliestMs} to ${latestMs} ms`);
      this.#groups.push(this.#system.groupOf(next));
      this.#ordered.push(this.#system.isOrdered(next) ? 1 : 0);
      this.#last.push(this.#system.isLast?.(next) ? 1 : 0);
      this.earliest.push(Math.min(earliestMs, unbounded));
      this.latest.push(Math.min(latestMs, unbounded));
    }
  }

  #sorted(pending: readonly PendingAfter[]): PendingAfter[] {
    const sorted = [...pending];
    // Insertion: all but what is new comes in order.
    for (let at = 1; at < sorted.length; at++) {
      const one = sorted[at] as PendingAfter;
      const group = this.#groups.at(one.type);
      let before = at;
      for (; before > 0 && this.#groups.at((sorted[before - 1] as PendingAfter).type) > group; before--) {
        sorted[before] = sorted[before - 1] as PendingAfter;
      }
      sorted[before] = one;
    }
    return sorted;
  }

  #idOf(words: readonly number[], types: readonly number[]): number {
    const hash = hashOf(words, types);
    for (let id = this.#index.first(hash); id >= 0; id = this.#index.next()) {
      if (this.#equals(id, words, types)) return id;
    }
    const id = this.#index.add(hash);
    this.#offsets.push(this.store.length);
    this.#sizes.push(types.length);
    this.#rows.push(this.#places.length);
    for (const word of words) this.store.push(word);
    for (const type of types) {
      this.store.push(type);
      this.#places.push(0);
    }
    return id;
  }

  #equals(id: number, words: readonly number[], types: readonly number[]): boolean {
    if (this.sizeOf(id) !== types.length) return false;
    const from = this.#offsets.at(id);
    const { data } = this.store;
    for (let index = 0; index < words.length; index++) if (data[from + index] !== words[index]) return false;
    const middle = from + words.length;
    for (let index = 0; index < types.length; index++) if (data[middle + index] !== types[index]) return false;
    return true;
  }
}

function hashOf(words: readonly number[], types: readonly number[]): number {
  let hash = types.length;
  for (const word of words) hash = mix(hash, word);
  for (const type of types) hash = mix(hash, type);
  return hash;
}
