const chunkBits = 12;
const chunkSize = 1 << chunkBits;

/** The states of one level, in the order of their ordinals. */
export class Frontier {
  count = 0;
  readonly #words: number;
  readonly #chunks: Int32Array[] = [];

  constructor(words: number) {
    this.#words = words;
  }

  get bytes(): number {
    return this.#chunks.length * chunkSize * 4 * this.#words;
  }

  /** Appends the state whose words begin at a position. */
  push(source: Int32Array, at: number): void {
    const to = (this.count & (chunkSize - 1)) * this.#words;
    if (to === 0) this.#chunks.push(new Int32Array(chunkSize * this.#words));
    const chunk = this.#chunks[this.count++ >> chunkBits] as Int32Array;
    for (let word = 0; word < this.#words; word++) chunk[to + word] = source[at + word] as number;
  }

  /** The words of a state: an array, and where they begin in it. */
  wordsOf = (index: number): Int32Array => this.#chunks[index >> chunkBits] as Int32Array;
  positionOf = (index: number): number => (index & (chunkSize - 1)) * this.#words;

  /** The same states in other words. */
  rewritten(
    words: number,
    rewrite: (source: Int32Array, from: number, target: Int32Array, to: number) => void,
  ): Frontier {
    const next = new Frontier(words);
    const state = new Int32Array(words);
    for (let index = 0; index < this.count; index++) {
      rewrite(this.wordsOf(index), this.positionOf(index), state, 0);
      next.push(state, 0);
    }
    return next;
  }
}
