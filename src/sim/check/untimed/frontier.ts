const chunkBits = 12;
const chunkSize = 1 << chunkBits;

interface Chunk {
  words: Uint32Array;
  readonly asleep: Uint8Array;
}

/** The states of one level, in the order of their ordinals, each with the parties that sleep in it. */
export class Frontier {
  count = 0;
  readonly #words: number;
  readonly #chunks: Chunk[] = [];

  constructor(words: number) {
    this.#words = words;
  }

  get bytes(): number {
    return this.#chunks.length * chunkSize * (4 * this.#words + 1);
  }

  /** Appends the state whose words begin at a position. */
  push(source: Uint32Array, at: number, asleep: number): void {
    const index = this.count++ & (chunkSize - 1);
    if (index === 0) {
      this.#chunks.push({ words: new Uint32Array(chunkSize * this.#words), asleep: new Uint8Array(chunkSize) });
    }
    const chunk = this.#chunks[(this.count - 1) >> chunkBits] as Chunk;
    for (let word = 0; word < this.#words; word++) {
      chunk.words[index * this.#words + word] = source[at + word] as number;
    }
    chunk.asleep[index] = asleep;
  }

  /** Wakes the parties that do not sleep on another way to the state. */
  wake(index: number, asleep: number): void {
    const chunk = this.#chunks[index >> chunkBits] as Chunk;
    const at = index & (chunkSize - 1);
    chunk.asleep[at] = (chunk.asleep[at] as number) & asleep;
  }

  /** The words of a state: an array, and where they begin in it. */
  wordsOf = (index: number): Uint32Array => (this.#chunks[index >> chunkBits] as Chunk).words;
  positionOf = (index: number): number => (index & (chunkSize - 1)) * this.#words;
  asleepIn = (index: number): number =>
    (this.#chunks[index >> chunkBits] as Chunk).asleep[index & (chunkSize - 1)] as number;

  /** The same states in other words. */
  rewritten(
    words: number,
    rewrite: (source: Uint32Array, from: number, target: Uint32Array, to: number) => void,
  ): Frontier {
    const next = new Frontier(words);
    const state = new Uint32Array(words);
    for (let index = 0; index < this.count; index++) {
      rewrite(this.wordsOf(index), this.positionOf(index), state, 0);
      next.push(state, 0, this.asleepIn(index));
    }
    return next;
  }
}
