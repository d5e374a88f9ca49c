/** How many of something there were in each step of a day, whole numbers: parts add up in any order. */
export interface LoadCurve {
  readonly stepMs: number;
  readonly counts: readonly number[];
}

/** Counts events by their dates. What comes before the beginning or after the end is left out. */
export class LoadCounter {
  readonly #fromMs: number;
  readonly #stepMs: number;
  readonly #counts: Float64Array;

  constructor(fromMs: number, toMs: number, stepMs: number) {
    this.#fromMs = fromMs;
    this.#stepMs = stepMs;
    this.#counts = new Float64Array(Math.ceil((toMs - fromMs) / stepMs));
  }

  add(atMs: number, count = 1): void {
    const step = Math.floor((atMs - this.#fromMs) / this.#stepMs);
    const before = this.#counts[step];
    if (before !== undefined) this.#counts[step] = before + count;
  }

  curve(): LoadCurve {
    return { stepMs: this.#stepMs, counts: [...this.#counts] };
  }
}

/** Two curves of the same day together. */
export const curvesTogether = (one: LoadCurve, other: LoadCurve): LoadCurve => ({
  stepMs: one.stepMs,
  counts: one.counts.map((count, step) => count + (other.counts[step] as number)),
});

export const sumOf = (counts: readonly number[]): number => counts.reduce((sum, one) => sum + one, 0);
