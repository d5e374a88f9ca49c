import type { Batch } from './batch.ts';
import { Blocks, perWord, reserved } from './blocks.ts';
import { blockWords } from './laneLayout.ts';

/** An entry: where in its record a word of states is, and those of them that were new, as bits. */
export const entryLength = 2;

/** All states found so far, and in which level: so many steps the shortest way to them has. */
export class StateSet {
  /** Number of states. */
  count = 0;
  /** Per level, the position of its first entry. */
  readonly levels: number[] = [0];
  /** The entries of all levels, one level behind the other. */
  readonly entries: Int32Array;
  /** Behind the last entry. */
  end = 0;
  readonly #blocks: Blocks;
  readonly #words: number;
  #levelStart = 0;

  /** For keys of so many words, in at most so many bytes. */
  constructor(bytes: number, words: number) {
    this.#blocks = new Blocks(bytes, words);
    this.entries = reserved(Math.ceil(bytes / 4));
    this.#words = words;
  }

  /** Memory in use, in bytes. */
  get bytes(): number {
    return this.#blocks.bytes + 4 * this.end;
  }

  /** The words of all keys: that of a block begins where its record does. */
  get keys(): Int32Array {
    return this.#blocks.records;
  }

  /** Where the record of a key begins. */
  recordOf(key: Int32Array): number {
    return this.#blocks.recordOf(key, 0);
  }

  /** Where the record begins that has a position in it. */
  recordAround(position: number): number {
    const { length } = this.#blocks;
    return Math.trunc(position / length) * length;
  }

  /** Where the record has a word of states of its block. */
  positionOf(record: number, word: number): number {
    return record + this.#words + perWord * word;
  }

  /** Which word of the block is at a position in its record. */
  wordAt(position: number, record: number): number {
    return (position - record - this.#words) / perWord;
  }

  #reserve(more: number): boolean {
    return this.end + more * blockWords * entryLength <= this.entries.length && this.#blocks.reserve(more);
  }

  /** What is new from here on is of the next level. */
  beginLevel(): void {
    this.levels.push(this.end);
    this.#levelStart = this.end;
  }

  /** Takes in a batch. False where there is no memory for it. */
  takeIn(batch: Batch): boolean {
    if (!this.#reserve(batch.count)) return false;
    this.#blocks.lookUp(batch);
    for (let one = 0, at = 0; one < batch.count; one++) {
      let found = (batch.records[one] as number) + this.#words;
      for (const end = at + blockWords; at < end; at++, found += perWord) {
        const bits = batch.bits[at] as number;
        if (bits !== 0) this.#add(found, bits);
      }
    }
    batch.count = 0;
    return true;
  }

  #add(found: number, bits: number): void {
    const { records } = this.#blocks;
    const fresh = bits & ~(records[found] as number);
    if (fresh === 0) return;
    records[found] = (records[found] as number) | fresh;
    this.count += bitCount(fresh);
    // Where the word has no entry in this level yet, this is 0 or the position of one in an earlier level.
    const last = records[found + 1] as number;
    if (last > this.#levelStart) {
      this.entries[last] = (this.entries[last] as number) | fresh;
      return;
    }
    this.entries[this.end] = found;
    this.entries[this.end + 1] = fresh;
    records[found + 1] = this.end + 1;
    this.end += entryLength;
  }
}

/** How many bits are 1. */
export function bitCount(bits: number): number {
  let pairs = bits - ((bits >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
