import type { Moments } from './moments.ts';
import { type Interval, shareInterval } from './share.ts';
import { studentQuantile } from './specialFunctions.ts';

/** With fewer values that differ from the least or the largest one their sum is too far from normal. */
export const enough = 30;

/** The standard error of a mean, from the number of values, their sum and that of their squares. */
export function standardError(values: number, sum: number, squares: bigint): number {
  const scatter = BigInt(values) * squares - BigInt(sum) * BigInt(sum);
  return Math.sqrt(Number(scatter) / (values - 1)) / values;
}

/** Student's interval around a mean, as shares of `most`. */
export function around(mean: number, error: number, values: number, most: number, confidence: number): Interval {
  const reach = studentQuantile(values - 1, (1 + confidence) / 2) * error;
  return [(mean - reach) / most, (mean + reach) / most];
}

/** Student's interval of the mean of a few values that may be any numbers: all of them where there is only one value. */
export function studentInterval(values: readonly number[], confidence: number): Interval {
  const { length } = values;
  if (length < 2) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const mean = values.reduce((sum, one) => sum + one, 0) / length;
  const squares = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return around(mean, Math.sqrt(squares / (length - 1) / length), length, 1, confidence);
}

/** The variance of the values, as shares of `most`. */
export const varianceOf = ({ values, sum, squares }: Moments, most: number): number =>
  values < 2 ? 0 : values * (standardError(values, sum, BigInt(squares)) / most) ** 2;

/**
 * The interval of the mean of independent values, as shares of `most`. Where no value lies between 0 and `most` it is the exact one of
 * a probability. Where thirty are not 0 and thirty are not `most` it is Student's, which is not exact. In between it is that of a
 * probability with as many hits at a smaller error: a sum of values from 0 to 1 is beyond a whole number at most e times as often
 * as a binomial one of the same mean (Bentkus, On Hoeffding's inequalities, Annals of Probability 32(2), 2004).
 */
export function meanInterval(
  { values, positive, full, sum, squares }: Moments,
  most: number,
  confidence: number,
): Interval {
  if (positive === full) return shareInterval(full, values, confidence);
  if (positive < enough || values - full < enough) {
    const surer = 1 - (1 - confidence) / Math.E;
    const hits = sum / most;
    const [low] = shareInterval(Math.floor(hits), values, surer);
    const [, high] = shareInterval(Math.ceil(hits), values, surer);
    return [low, high];
  }
  const [low, high] = around(sum / values, standardError(values, sum, BigInt(squares)), values, most, confidence);
  return [Math.max(0, low), Math.min(1, high)];
}
