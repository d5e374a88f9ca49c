import { IntVector } from './intVector.ts';

/**
 * Numbers from 0 on, found by the hash of what they stand for: a hash table with open addressing. Whoever keeps the
 * values says which of those with an equal hash is the one that is sought:
 *
 *     for (let id = index.first(hash); id >= 0; id = index.next()) if (isIt(id)) return id;
 *     return index.add(hash);
 */
export class HashIndex {
  /** Per slot, 1 + the number, or 0 where it is free. */
  #slots = new Int32Array(1 << 12);
  readonly #hashes = new IntVector();
  #hash = 0;
  #slot = 0;

  get bytes(): number {
    return this.#slots.byteLength + this.#hashes.bytes;
  }

  /** The first number with that hash, or -1. */
  first(hash: number): number {
    this.#hash = hash;
    this.#slot = hash & (this.#slots.length - 1);
    return this.#seek();
  }

  /** The next one, or -1. */
  next(): number {
    this.#slot = (this.#slot + 1) & (this.#slots.length - 1);
    return this.#seek();
  }

  /** Gives the next number to a value with that hash. */
  add(hash: number): number {
    const id = this.#hashes.push(hash);
    if (2 * this.#hashes.length > this.#slots.length) this.#grow();
    else this.#insert(id, hash);
    return id;
  }

  #seek(): number {
    const mask = this.#slots.length - 1;
    for (; ; this.#slot = (this.#slot + 1) & mask) {
      const id = (this.#slots[this.#slot] as number) - 1;
      if (id < 0 || this.#hashes.at(id) === this.#hash) return id;
    }
  }

  #insert(id: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = id + 1;
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let id = 0; id < this.#hashes.length; id++) this.#insert(id, this.#hashes.at(id));
  }
}
