import { blockWords } from './laneLayout.ts';

/** What takes states as they follow from others, see `Expansion`. */
export interface Sink {
  /** A number for the block of a key, good for `add` until the next expansion. */
  place(key: Int32Array): number;
  /** Takes states of a word of that block, as bits. */
  add(place: number, word: number, bits: number): void;
}

/** So many successors are made before they are looked up together, so that memory is waited for once, not each time. */
const usualSize = 512;

/** States that are still to be looked up, by block. */
export class Batch implements Sink {
  count = 0;
  /** The keys of the blocks, one behind the other. */
  keys: Int32Array;
  /** Which states of them: `blockWords` words each. */
  bits: Int32Array;
  /** Their hashes, then where their records begin, once they have been looked up: see `Blocks.lookUp`. */
  records: Int32Array;
  readonly #words: number;

  /** For keys of so many words. */
  constructor(words: number) {
    this.#words = words;
    this.keys = new Int32Array(usualSize * words);
    this.bits = new Int32Array(usualSize * blockWords);
    this.records = new Int32Array(usualSize);
  }

  get bytes(): number {
    return 4 * (this.#words + blockWords + 1) * this.records.length;
  }

  /** Whether so many more fit. An empty batch makes room for them, however many they are. */
  hasRoomFor(more: number): boolean {
    if (this.count + more <= this.records.length) return true;
    if (this.count > 0) return false;
    this.keys = new Int32Array(more * this.#words);
    this.bits = new Int32Array(more * blockWords);
    this.records = new Int32Array(more);
    return true;
  }

  place(key: Int32Array): number {
    const at = this.count * this.#words;
    for (let word = 0; word < this.#words; word++) this.keys[at + word] = key[word] as number;
    const place = this.count++;
    for (let word = 0; word < blockWords; word++) this.bits[place * blockWords + word] = 0;
    return place;
  }

  add(place: number, word: number, bits: number): void {
    const at = place * blockWords + word;
    this.bits[at] = (this.bits[at] as number) | bits;
  }
}
