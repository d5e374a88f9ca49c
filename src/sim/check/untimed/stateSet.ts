import { IntVector } from '../../data/intVector.ts';
import type { Batch } from './batch.ts';
import { Blocks, headLength, perWord } from './blocks.ts';
import type { FieldLayout } from './fieldLayout.ts';
import { bitCount, type StatesOfBlock } from './statesOfBlock.ts';

/** All states found so far, and those of them that are still to be looked into: they are fresh. */
export class StateSet {
  /** Number of states. */
  count = 0;
  readonly #blocks: Blocks;
  readonly #words: number;
  readonly #blockWords: number;
  /** The records with fresh states, in the order in which they got the first one; a ring. */
  readonly #waiting = new IntVector();
  #taken = 0;

  /** For at most so many bytes. */
  constructor(bytes: number, layout: FieldLayout) {
    this.#blocks = new Blocks(bytes, layout);
    this.#words = layout.words;
    this.#blockWords = layout.blockWords;
  }

  /** Memory in use, in bytes. */
  get bytes(): number {
    return this.#blocks.bytes + this.#waiting.bytes;
  }

  /** The words of all records: the key of a block, then see `Blocks`. */
  get records(): Int32Array {
    return this.#blocks.records;
  }

  /** Where the record of a key begins, or 0 where it has none. */
  find(key: Int32Array): number {
    return this.#blocks.recordOf(key, false);
  }

  /** Where a record has a word of states of its block. */
  positionOf(record: number, word: number): number {
    return record + this.#words + headLength + perWord * word;
  }

  /** A record with fresh states, or -1 where there is none. They are fresh until `takeFresh`. */
  nextWaiting(): number {
    if (this.#taken < this.#waiting.length) return this.#waiting.at(this.#taken++);
    this.#taken = 0;
    this.#waiting.length = 0;
    return -1;
  }

  /** Moves the fresh states of a record. */
  takeFresh(record: number, into: StatesOfBlock): void {
    const { records } = this.#blocks;
    into.clear();
    records[record + this.#words] = 0;
    for (let word = 0, at = this.positionOf(record, 0); word < this.#blockWords; word++, at += perWord) {
      const fresh = records[at + 1] as number;
      if (fresh === 0) continue;
      into.add(word, fresh);
      records[at + 1] = 0;
    }
  }

  /** Takes in a batch. False where there is no memory for it. */
  takeIn(batch: Batch): boolean {
    if (!this.#blocks.reserve(batch.count)) return false;
    this.#blocks.lookUp(batch);
    const { bits, count, records } = batch;
    for (let one = 0, at = 0; one < count; one++) {
      const record = records[one] as number;
      for (let word = 0; word < this.#blockWords; word++, at++) {
        if (bits[at] !== 0) this.#add(record, word, bits[at] as number);
      }
    }
    batch.clear();
    return true;
  }

  #add(record: number, word: number, bits: number): void {
    const { records } = this.#blocks;
    const at = this.positionOf(record, word);
    const fresh = bits & ~(records[at] as number);
    if (fresh === 0) return;
    records[at] = (records[at] as number) | fresh;
    records[at + 1] = (records[at + 1] as number) | fresh;
    this.count += bitCount(fresh);
    if (records[record + this.#words] !== 0) return;
    records[record + this.#words] = 1;
    this.#waiting.push(record);
  }
}
