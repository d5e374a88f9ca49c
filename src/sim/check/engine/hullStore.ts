import { assert } from '../../data/assert.ts';
import { IntVector } from '../../data/intVector.ts';

const chunkBits = 20;
const chunkSize = 1 << chunkBits;
const mostExcess = 2 ** 16 - 1;

/** A chunk as words of 32 bits, and the same as words of 16. */
interface Chunk {
  readonly words: Int32Array;
  readonly halves: Uint16Array;
}

/** Forms of a hull: 16 bits for two pending events, or its matrix as it is. */
const [short, whole] = [0, 1];

/**
 * One hull per situation, in little more than half the room of its matrix. How much later than the present each event can come
 * says of any two of them at least how they differ: the difference of the two. What is bounded above that is seldom more than
 * some seconds, for it cannot be more than how uncertain the second event's date is; so much fits 16 bits. A hull of which
 * some bound does not is kept whole.
 */
export class HullStore {
  readonly #chunks: Chunk[] = [];
  /** Per situation the number of its chunk, or -1, and its place there; the form of its hull. */
  readonly #chunkOf = new IntVector();
  readonly #placeOf = new IntVector();
  readonly #formOf = new IntVector();
  #used = 0;
  #known = new Int32Array(1_024);

  get bytes(): number {
    return this.#chunks.length * chunkSize * 4 + this.#chunkOf.bytes + this.#placeOf.bytes + this.#formOf.bytes;
  }

  has(situation: number): boolean {
    return situation < this.#chunkOf.length && this.#chunkOf.at(situation) >= 0;
  }

  /** Keeps the hull of a situation that has none yet. `matrix` begins with its `width` rows. */
  add(situation: number, matrix: Int32Array, width: number): void {
    while (this.#chunkOf.length <= situation) {
      this.#chunkOf.push(-1);
      this.#placeOf.push(0);
      this.#formOf.push(short);
    }
    this.#makeRoom(situation, short, width);
    this.#write(situation, matrix, width);
  }

  /** Widens a hull to cover a matrix; null where it covers it already, and else the wider one, until the next call. */
  widened(situation: number, matrix: Int32Array, width: number): Int32Array | null {
    const size = width * width;
    if (size > this.#known.length) this.#known = new Int32Array(size * 2);
    const known = this.#known;
    this.read(situation, known, width);
    let grows = false;
    for (let index = 1; index < size; index++) {
      const bound = matrix[index] as number;
      if (bound <= (known[index] as number)) continue;
      known[index] = bound;
      grows = true;
    }
    if (!grows) return null;
    this.#write(situation, known, width);
    return known;
  }

  /** Writes the hull of a situation as a matrix of `width` rows. */
  read(situation: number, into: Int32Array, width: number): void {
    const { words, halves } = this.#chunks[this.#chunkOf.at(situation)] as Chunk;
    const place = this.#placeOf.at(situation);
    if (this.#formOf.at(situation) === whole) {
      into.set(words.subarray(place, place + width * width));
      return;
    }
    const latest = place - 1;
    const earliest = latest + width - 1;
    into[0] = 0;
    for (let column = 1; column < width; column++) into[column] = words[earliest + column] as number;
    let half = 2 * (place + 2 * (width - 1));
    for (let row = 1, at = width; row < width; row++) {
      const above = words[latest + row] as number;
      into[at++] = above;
      for (let column = 1; column < width; column++) {
        into[at++] = above - (words[latest + column] as number) + (halves[half++] as number);
      }
    }
  }

  /** The most by which a pending event of a situation comes after the present. */
  latestMs(situation: number, position: number, width: number): number {
    const { words } = this.#chunks[this.#chunkOf.at(situation)] as Chunk;
    const row = this.#formOf.at(situation) === whole ? (position + 1) * width : position;
    return words[this.#placeOf.at(situation) + row] as number;
  }

  /** Where a hull is kept whole, it stays so. */
  #write(situation: number, matrix: Int32Array, width: number): void {
    if (this.#formOf.at(situation) === short) {
      if (this.#writeShort(situation, matrix, width)) return;
      this.#makeRoom(situation, whole, width);
    }
    const { words } = this.#chunks[this.#chunkOf.at(situation)] as Chunk;
    words.set(matrix.subarray(0, width * width), this.#placeOf.at(situation));
  }

  /** False where some bound needs more than 16 bits. */
  #writeShort(situation: number, matrix: Int32Array, width: number): boolean {
    const { words, halves } = this.#chunks[this.#chunkOf.at(situation)] as Chunk;
    const latest = this.#placeOf.at(situation) - 1;
    const earliest = latest + width - 1;
    for (let event = 1; event < width; event++) {
      words[latest + event] = matrix[event * width] as number;
      words[earliest + event] = matrix[event] as number;
    }
    let half = 2 * (earliest + width);
    for (let row = 1; row < width; row++) {
      const above = words[latest + row] as number;
      for (let column = 1, at = row * width + 1; column < width; column++, at++) {
        const excess = (matrix[at] as number) - above + (words[latest + column] as number);
        if (excess < 0 || excess > mostExcess) return false;
        halves[half++] = excess;
      }
    }
    return true;
  }

  #makeRoom(situation: number, form: number, width: number): void {
    const events = width - 1;
    const length = form === whole ? width * width : 2 * events + Math.ceil(events ** 2 / 2);
    assert(length <= chunkSize, () => `a hull of ${length} words, more than the ${chunkSize} of a chunk`);
    if (this.#chunks.length === 0 || this.#used + length > chunkSize) {
      const words = new Int32Array(chunkSize);
      this.#chunks.push({ words, halves: new Uint16Array(words.buffer) });
      this.#used = 0;
    }
    this.#chunkOf.data[situation] = this.#chunks.length - 1;
    this.#placeOf.data[situation] = this.#used;
    this.#formOf.data[situation] = form;
    this.#used += length;
  }
}
