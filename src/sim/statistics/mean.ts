import { type Interval, shareInterval } from './share.ts';
import { studentQuantile } from './specialFunctions.ts';

/**
 * What is kept of values that are whole numbers from 0 to some largest one: exact, so that parts can be merged in any order. Squares of
 * a day's milliseconds do not fit a number.
 */
export interface Moments {
  readonly values: number;
  /** How many of them are not 0. */
  readonly positive: number;
  readonly sum: number;
  readonly squares: bigint;
}

export const noMoments: Moments = { values: 0, positive: 0, sum: 0, squares: 0n };

export const momentsTogether = (one: Moments, other: Moments): Moments => ({
  values: one.values + other.values,
  positive: one.positive + other.positive,
  sum: one.sum + other.sum,
  squares: one.squares + other.squares,
});

/** With fewer values that are not 0 the sum of the others is too far from normal. */
const enoughPositive = 30;

/** What the sum of values and of their squares say about the standard error of their mean. */
function standardError(values: number, sum: number, squares: bigint): number {
  const scatter = BigInt(values) * squares - BigInt(sum) * BigInt(sum);
  return Math.sqrt(Number(scatter) / (values - 1)) / values;
}

/**
 * The interval of the mean of independent values, as shares of `most`. With thirty that are not 0 it is Student's, which is no
 * exact one. With fewer, only the share of values that are not 0 is known, exactly, and none counts for more than 1: so it reaches from
 * 0 to the end of that share's interval.
 */
export function meanInterval({ values, positive, sum, squares }: Moments, most: number, confidence: number): Interval {
  if (positive < enoughPositive) return [0, shareInterval(positive, values, confidence)[1]];
  return around(sum / values, standardError(values, sum, squares), values, confidence, most, [0, 1]);
}

function around(
  mean: number,
  error: number,
  values: number,
  confidence: number,
  most: number,
  [lowest, highest]: Interval,
): Interval {
  const reach = studentQuantile(values - 1, (1 + confidence) / 2) * error;
  return [Math.max(lowest, (mean - reach) / most), Math.min(highest, (mean + reach) / most)];
}

/**
 * The interval of the mean of the one minus that of the other, of values that came in pairs; `products` is the sum of the
 * products of the pairs.
 */
export function meanDifferenceInterval(
  one: Moments,
  other: Moments,
  products: bigint,
  most: number,
  confidence: number,
): Interval {
  if (one.positive < enoughPositive && other.positive < enoughPositive) {
    const each = (1 + confidence) / 2;
    return [-meanInterval(other, most, each)[1], meanInterval(one, most, each)[1]];
  }
  const sum = one.sum - other.sum;
  const squares = one.squares + other.squares - 2n * products;
  return around(sum / one.values, standardError(one.values, sum, squares), one.values, confidence, most, [-1, 1]);
}
