import { finished, mix } from '../../data/hash.ts';
import type { Batch } from './batch.ts';
import type { FieldLayout } from './fieldLayout.ts';

/**
 * A record is the words of a key, then 1 where some states of its block are fresh, then per 32 of its states, as bits:
 * those that have been found, and those of them that are fresh.
 */
export const headLength = 1;
export const perWord = 2;
/** Above this share of full slots the index grows. */
const fullest = 0.75;
const smallest = 1 << 10;

/**
 * All states found so far, block by block. The records lie one behind the other in memory that is reserved at once,
 * which the operating system hands out page by page as it is used, so growing never copies them. A hash index with open
 * addressing finds them: in a slot the lower bits are the number of a block, from 1, or 0 where the slot is free, the upper
 * ones are taken from the hash, so that hardly any record but the right one is looked at. `HashIndex` does less: it
 * neither reads ahead for a batch nor keeps a hash within its slot.
 */
export class Blocks {
  /** Number of blocks. */
  count = 0;
  /** The record of a block begins at its number times the length of a record. */
  readonly records: Int32Array;
  /** What `lookUp` has read ahead; kept so that it is read. */
  read = 0;
  readonly #words: number;
  /** That of a record. */
  readonly length: number;
  #index = new Int32Array(smallest);

  /** Reserves `bytes`, or as much of that as there is. */
  constructor(bytes: number, { words, blockWords }: FieldLayout) {
    this.#words = words;
    this.length = words + headLength + perWord * blockWords;
    this.records = reserved(Math.ceil(bytes / 4));
  }

  /** Memory in use, in bytes. */
  get bytes(): number {
    return 4 * ((this.count + 1) * this.length + this.#index.length);
  }

  /** Makes room for so many blocks more, or says that there is none. */
  reserve(more: number): boolean {
    if ((this.count + more + 1) * this.length > this.records.length) return false;
    let slots = this.#index.length;
    while (this.count + more > slots * fullest) slots *= 2;
    if (slots > this.#index.length) this.#reindex(slots);
    return true;
  }

  /**
   * Writes where the records of a batch's keys begin into `batch.records`. New ones have no states. There must be room
   * for them: see `reserve`.
   *
   * In three passes, of which the first two only read what the next one needs: reads that do not wait for each other,
   * so that the processor has many under way at a time.
   */
  lookUp(batch: Batch): void {
    const { keys, count, records: hashes } = batch;
    const index = this.#index;
    const words = this.#words;
    const mask = index.length - 1;
    let read = 0;
    for (let one = 0; one < count; one++) {
      const hash = hashOf(keys, one * words, words);
      hashes[one] = hash;
      read ^= index[hash & mask] as number;
    }
    for (let one = 0; one < count; one++) {
      const stored = index[(hashes[one] as number) & mask] as number;
      read ^= this.records[(stored & mask) * this.length] as number;
    }
    this.read = read;
    for (let one = 0; one < count; one++)
      batch.records[one] = this.#recordOf(keys, one * words, hashes[one] as number, true);
  }

  /** Where the record of a key begins; a new one is made for it, or the answer is 0. */
  recordOf(key: Int32Array, isMade: boolean): number {
    return this.#recordOf(key, 0, hashOf(key, 0, this.#words), isMade);
  }

  #recordOf(keys: Int32Array, from: number, hash: number, isMade: boolean): number {
    const index = this.#index;
    const { records } = this;
    const words = this.#words;
    const mask = index.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const stored = index[slot] as number;
      if (stored === 0) {
        if (!isMade) return 0;
        const at = ++this.count * this.length;
        for (let word = 0; word < words; word++) records[at + word] = keys[from + word] as number;
        index[slot] = (hash & ~mask) | this.count;
        return at;
      }
      if (((stored ^ hash) & ~mask) !== 0) continue;
      const at = (stored & mask) * this.length;
      let word = 0;
      while (word < words && records[at + word] === keys[from + word]) word++;
      if (word === words) return at;
    }
  }

  #reindex(slots: number): void {
    this.#index = new Int32Array(slots);
    const index = this.#index;
    const mask = slots - 1;
    for (let block = 1; block <= this.count; block++) {
      const hash = hashOf(this.records, block * this.length, this.#words);
      let slot = hash & mask;
      while (index[slot] !== 0) slot = (slot + 1) & mask;
      index[slot] = (hash & ~mask) | block;
    }
  }
}

/** An array of that length, or of the half, the quarter... for which there is memory. */
export function reserved(length: number): Int32Array {
  try {
    return new Int32Array(length);
  } catch (error) {
    if (!(error instanceof RangeError) || length < smallest) throw error;
    return reserved(Math.ceil(length / 2));
  }
}

/** A 32-bit hash of words, all bits of which are used. */
function hashOf(source: Int32Array, at: number, words: number): number {
  let hash = 0;
  for (let word = 0; word < words; word++) hash = mix(hash, source[at + word] as number);
  return finished(hash);
}
