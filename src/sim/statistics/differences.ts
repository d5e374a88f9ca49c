import { around, enough, meanInterval, standardError } from './mean.ts';
import { type Moments, MomentsSum, momentsTogether } from './moments.ts';
import { differenceInterval } from './paired.ts';
import type { Interval } from './share.ts';

/** By how much the values of pairs differ: whole numbers, exact, so that parts can be merged in any order. Plain data. */
export interface Differences {
  /** By how much the first one is larger, 0 where it is not. */
  readonly more: Moments;
  /** By how much it is smaller, 0 where it is not. */
  readonly less: Moments;
  /** The largest value of all pairs. */
  readonly largest: number;
}

export const differencesTogether = (one: Differences, other: Differences): Differences => ({
  more: momentsTogether(one.more, other.more),
  less: momentsTogether(one.less, other.less),
  largest: Math.max(one.largest, other.largest),
});

/** Adds up pairs. */
export class DifferencesSum {
  readonly #more: MomentsSum;
  readonly #less: MomentsSum;
  #largest = 0;

  /** `most`: the largest value that there can be. */
  constructor(most: number) {
    this.#more = new MomentsSum(most);
    this.#less = new MomentsSum(most);
  }

  add(one: number, other: number): void {
    this.#more.add(one > other ? one - other : 0);
    this.#less.add(other > one ? other - one : 0);
    this.#largest = Math.max(this.#largest, one, other);
  }

  differences(): Differences {
    return { more: this.#more.moments(), less: this.#less.moments(), largest: this.#largest };
  }
}

/**
 * The interval of the mean of the one minus that of the other, of values that came in pairs, as shares of `most`. Where each pair differs by
 * nothing or by `most` it is exact. Where thirty pairs differ it is Student's. With fewer their sum is too far from normal, however many
 * values are not 0: then both parts of the difference have an interval of their own, at half the error each (Bonferroni). No difference
 * counts as larger there than the largest value that was seen.
 */
export function meanDifferenceInterval(
  { more, less, largest }: Differences,
  most: number,
  confidence: number,
): Interval {
  const { values } = more;
  const [differing, atMost] = [more.positive + less.positive, largest === 0 ? most : largest];
  if (differing === more.full + less.full) {
    const pairs = { trials: values, onlyOne: more.full, onlyOther: less.full };
    const scale = differing === 0 ? atMost / most : 1;
    return differenceInterval(pairs, confidence).map((end) => end * scale) as [number, number];
  }
  if (differing < enough) {
    const partOf = (moments: Moments) => meanInterval({ ...moments, full: 0 }, atMost, (1 + confidence) / 2);
    const [ofMore, ofLess] = [partOf(more), partOf(less)];
    return [((ofMore[0] - ofLess[1]) * atMost) / most, ((ofMore[1] - ofLess[0]) * atMost) / most];
  }
  const sum = more.sum - less.sum;
  const error = standardError(values, sum, BigInt(more.squares) + BigInt(less.squares));
  return around(sum / values, error, values, most, confidence);
}
