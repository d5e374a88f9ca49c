import type { FieldLayout } from './fieldLayout.ts';

/** Takes the successors of states, see `Expansion`. */
export interface Sink {
  /** A number for the block of a key, good for `add` until the next expansion. */
  place(key: Int32Array): number;
  /** Takes states of a word of that block, as bits. */
  add(place: number, word: number, bits: number): void;
}

/** Keys that are gathered before they are looked up together, so that their memory reads overlap. */
const enough = 256;

/** States that are still to be looked up, by block. */
export class Batch implements Sink {
  /** Number of keys. */
  count = 0;
  /** The keys of the blocks, one behind the other. */
  keys: Int32Array;
  /** Which states of the blocks: all words of each. */
  bits: Int32Array;
  /** The hashes of the keys, then where their records begin, once they have been looked up: see `Blocks.lookUp`. */
  records = new Int32Array(2 * enough);
  readonly #words: number;
  readonly #blockWords: number;

  constructor({ words, blockWords }: FieldLayout) {
    this.#words = words;
    this.#blockWords = blockWords;
    this.keys = new Int32Array(2 * enough * words);
    this.bits = new Int32Array(2 * enough * blockWords);
  }

  get bytes(): number {
    return 4 * (this.keys.length + this.bits.length + this.records.length);
  }

  /** Whether there are enough keys to look up. */
  get isFull(): boolean {
    return this.count >= enough;
  }

  place(key: Int32Array): number {
    if (this.count === this.records.length) this.#grow();
    const at = this.count * this.#words;
    for (let word = 0; word < this.#words; word++) this.keys[at + word] = key[word] as number;
    return this.count++;
  }

  add(place: number, word: number, bits: number): void {
    const at = place * this.#blockWords + word;
    this.bits[at] = (this.bits[at] as number) | bits;
  }

  /** Forgets all that is in it. */
  clear(): void {
    this.bits.fill(0, 0, this.count * this.#blockWords);
    this.count = 0;
  }

  #grow(): void {
    this.keys = doubled(this.keys);
    this.bits = doubled(this.bits);
    this.records = new Int32Array(2 * this.records.length);
  }
}

function doubled(array: Int32Array): Int32Array {
  const grown = new Int32Array(2 * array.length);
  grown.set(array);
  return grown;
}
