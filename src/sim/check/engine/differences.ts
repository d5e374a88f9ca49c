/** A system of difference constraints over dates: date 0 is the start of the run. Integer milliseconds. */
export class Differences {
  readonly size: number;
  /** Entry [i][j] bounds date i minus date j from above. */
  readonly #bounds: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.#bounds = new Float64Array(size * size).fill(Number.POSITIVE_INFINITY);
    for (let index = 0; index < size; index++) this.#bounds[index * size + index] = 0;
  }

  /** Demands that `later` comes at most `ms` after `earlier`. */
  atMost(later: number, earlier: number, ms: number): void {
    const index = later * this.size + earlier;
    this.#bounds[index] = Math.min(this.#bounds[index] as number, ms);
  }

  /** Demands that `later` comes at least `ms` after `earlier`. */
  atLeast(later: number, earlier: number, ms: number): void {
    this.atMost(earlier, later, -ms);
  }

  /** Draws every conclusion (Floyd and Warshall). False where the demands contradict each other. */
  close(): boolean {
    const { size } = this;
    const bounds = this.#bounds;
    for (let through = 0; through < size; through++) {
      for (let later = 0; later < size; later++) {
        const first = bounds[later * size + through] as number;
        if (first === Number.POSITIVE_INFINITY) continue;
        for (let earlier = 0; earlier < size; earlier++) {
          const sum = first + (bounds[through * size + earlier] as number);
          if (sum < (bounds[later * size + earlier] as number)) bounds[later * size + earlier] = sum;
        }
      }
    }
    for (let index = 0; index < size; index++) if ((bounds[index * size + index] as number) < 0) return false;
    return true;
  }

  /** After `close`: the most by which `later` comes after `earlier`; Infinity where there is no bound. */
  most(later: number, earlier: number): number {
    return this.#bounds[later * this.size + earlier] as number;
  }

  /** After `close`: the least by which `later` comes after `earlier`. */
  least(later: number, earlier: number): number {
    return -this.most(earlier, later);
  }

  /** After `close`: the earliest date of each. All together they meet every demand. */
  earliest(): number[] {
    return Array.from({ length: this.size }, (_, index) => this.least(index, 0));
  }
}
