import { type Distribution, sizeOf, valueAt } from './histogram.ts';
import { betaShare } from './specialFunctions.ts';

/** A quantile of what was observed, and where that of the distribution lies behind it. */
export interface Quantile {
  /** The share of values that are not above it. */
  readonly share: number;
  readonly value: number;
  /** An end is null where there are too few values to say. */
  readonly interval: readonly [low: number | null, high: number | null];
}

/** The probability that of so many values fewer than `place` are not above their quantile: a tail of the binomial distribution. */
const isBelow = (place: number, size: number, share: number): number =>
  place > size ? 1 : 1 - betaShare(place, size - place + 1, share);

/** The largest place up to which a condition holds that holds for the lower ones; 0 for none. */
function lastPlace(size: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, size + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * A quantile of the values, with an interval between two of them that holds whatever their distribution: order statistics (David
 * and Nagaraja, Order Statistics, 7.1). Null where there are no values.
 */
export function quantileOf(distribution: Distribution, share: number, confidence: number): Quantile | null {
  const size = sizeOf(distribution);
  const value = valueAt(distribution, Math.max(1, Math.ceil(share * size)));
  if (value === null) return null;
  const beyond = (1 - confidence) / 2;
  const low = lastPlace(size, (place) => isBelow(place, size, share) <= beyond);
  const high = lastPlace(size, (place) => isBelow(place, size, share) < 1 - beyond) + 1;
  return { share, value, interval: [low === 0 ? null : valueAt(distribution, low), valueAt(distribution, high)] };
}
