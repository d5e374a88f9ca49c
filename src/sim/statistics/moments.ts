/**
 * What is kept of values that are whole numbers from 0 to some largest one: exact, so that parts can be merged in any order. Plain data.
 */
export interface Moments {
  readonly values: number;
  /** How many of them are not 0. */
  readonly positive: number;
  /** How many of them are the largest one. */
  readonly full: number;
  readonly sum: number;
  /** The sum of their squares, in decimal digits: those of a day's milliseconds do not fit a number. */
  readonly squares: string;
}

export const noMoments: Moments = { values: 0, positive: 0, full: 0, sum: 0, squares: '0' };

export const momentsTogether = (one: Moments, other: Moments): Moments => ({
  values: one.values + other.values,
  positive: one.positive + other.positive,
  full: one.full + other.full,
  sum: one.sum + other.sum,
  squares: String(BigInt(one.squares) + BigInt(other.squares)),
});

/** Adds up values. */
export class MomentsSum {
  readonly #most: number;
  #values = 0;
  #positive = 0;
  #full = 0;
  #sum = 0;
  #squares = 0n;

  /** `most`: the largest value that there can be. */
  constructor(most: number) {
    this.#most = most;
  }

  add(value: number): void {
    this.#values++;
    if (value === this.#most) this.#full++;
    if (value === 0) return;
    this.#positive++;
    this.#sum += value;
    this.#squares += BigInt(value) * BigInt(value);
  }

  moments(): Moments {
    return {
      values: this.#values,
      positive: this.#positive,
      full: this.#full,
      sum: this.#sum,
      squares: String(this.#squares),
    };
  }
}
