const chunkBits = 12;
const chunkSize = 1 << chunkBits;

interface Chunk {
  words: Int32Array;
  readonly asleepLow: Int32Array;
  readonly asleepHigh: Int32Array;
}

/** The states of one level, in the order of their ordinals, each with the events that are asleep in it. */
export class Frontier {
  count = 0;
  readonly #words: number;
  readonly #chunks: Chunk[] = [];

  constructor(words: number) {
    this.#words = words;
  }

  get bytes(): number {
    return this.#chunks.length * chunkSize * (4 * this.#words + 8);
  }

  /** Appends the state whose words begin at a position. */
  push(source: Int32Array, at: number, asleepLow: number, asleepHigh: number): void {
    const index = this.count & (chunkSize - 1);
    if (index === 0) {
      this.#chunks.push({
        words: new Int32Array(chunkSize * this.#words),
        asleepLow: new Int32Array(chunkSize),
        asleepHigh: new Int32Array(chunkSize),
      });
    }
    const chunk = this.#chunks[this.count++ >> chunkBits] as Chunk;
    const to = index * this.#words;
    for (let word = 0; word < this.#words; word++) chunk.words[to + word] = source[at + word] as number;
    chunk.asleepLow[index] = asleepLow;
    chunk.asleepHigh[index] = asleepHigh;
  }

  /** Wakes the events that are not asleep on another way to the state. */
  wake(index: number, asleepLow: number, asleepHigh: number): void {
    const chunk = this.#chunks[index >> chunkBits] as Chunk;
    const at = index & (chunkSize - 1);
    chunk.asleepLow[at] = (chunk.asleepLow[at] as number) & asleepLow;
    chunk.asleepHigh[at] = (chunk.asleepHigh[at] as number) & asleepHigh;
  }

  /** The words of a state: an array, and where they begin in it. */
  wordsOf = (index: number): Int32Array => (this.#chunks[index >> chunkBits] as Chunk).words;
  positionOf = (index: number): number => (index & (chunkSize - 1)) * this.#words;
  asleepLowIn = (index: number): number =>
    (this.#chunks[index >> chunkBits] as Chunk).asleepLow[index & (chunkSize - 1)] as number;
  asleepHighIn = (index: number): number =>
    (this.#chunks[index >> chunkBits] as Chunk).asleepHigh[index & (chunkSize - 1)] as number;

  /** The same states in other words. */
  rewritten(
    words: number,
    rewrite: (source: Int32Array, from: number, target: Int32Array, to: number) => void,
  ): Frontier {
    const next = new Frontier(words);
    const state = new Int32Array(words);
    for (let index = 0; index < this.count; index++) {
      rewrite(this.wordsOf(index), this.positionOf(index), state, 0);
      next.push(state, 0, this.asleepLowIn(index), this.asleepHighIn(index));
    }
    return next;
  }
}
