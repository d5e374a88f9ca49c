import { assert } from '../../data/assert.ts';
import { IntVector } from '../../data/intVector.ts';

const chunkBits = 20;
const chunkSize = 1 << chunkBits;

/** Difference-bound matrices of all state classes, in large chunks, so that growing never copies. */
export class MatrixStore {
  readonly #chunks: Int32Array[] = [];
  /** Chunk of each matrix, and its place there. */
  readonly #chunkOf = new IntVector();
  readonly #placeOf = new IntVector();
  #used = chunkSize;

  get bytes(): number {
    return this.#chunks.length * chunkSize * 4 + this.#chunkOf.bytes + this.#placeOf.bytes;
  }

  /** Keeps a copy of the first `length` words, under the next number. */
  add(matrix: Int32Array, length: number): number {
    assert(length <= chunkSize, () => `a matrix of ${length} words, more than the ${chunkSize} of a chunk`);
    if (this.#used + length > chunkSize) {
      this.#chunks.push(new Int32Array(chunkSize));
      this.#used = 0;
    }
    const chunk = this.#chunks.length - 1;
    (this.#chunks[chunk] as Int32Array).set(matrix.subarray(0, length), this.#used);
    this.#chunkOf.push(chunk);
    const id = this.#placeOf.push(this.#used);
    this.#used += length;
    return id;
  }

  /** The chunk that holds a matrix; the matrix begins at `placeOf`. */
  chunkOf(id: number): Int32Array {
    return this.#chunks[this.#chunkOf.at(id)] as Int32Array;
  }

  placeOf(id: number): number {
    return this.#placeOf.at(id);
  }
}
