/** So many successors are made before they are looked up together, so that memory is waited for once, not each time. */
const usualSize = 1024;

/** Successors that are still to be looked up. */
export class Batch {
  count = 0;
  words: Int32Array;
  readonly #wordsEach: number;
  hashes = new Int32Array(usualSize);
  parents = new Int32Array(usualSize);
  /** What led to each, see `Successors.eventOf`. */
  choices = new Int32Array(usualSize);
  /** Which of them were new, once they have been looked up. */
  fresh = new Int32Array(usualSize);

  constructor(wordsEach: number) {
    this.#wordsEach = wordsEach;
    this.words = new Int32Array(usualSize * wordsEach);
  }

  get bytes(): number {
    return this.words.byteLength + 16 * this.hashes.length;
  }

  /** Whether so many more fit. An empty batch makes room for them, however many they are. */
  hasRoomFor(more: number): boolean {
    if (this.count + more <= this.hashes.length) return true;
    if (this.count > 0) return false;
    this.words = new Int32Array(more * this.#wordsEach);
    this.hashes = new Int32Array(more);
    this.parents = new Int32Array(more);
    this.choices = new Int32Array(more);
    this.fresh = new Int32Array(more);
    return true;
  }
}
