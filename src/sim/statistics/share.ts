import { betaQuantile } from './specialFunctions.ts';

/** Where a true value lies with a given confidence, both ends included. */
export type Interval = readonly [low: number, high: number];

/** What is known of a probability before anything has been tried. */
const everything: Interval = [0, 1];

/**
 * The exact interval of a probability after so many hits in so many independent trials (Clopper and Pearson, Biometrika 26, 1934): it
 * covers the true one with at least that confidence, whatever it is. For no hit its upper end is some 3.7 / n at 95 %.
 */
export function shareInterval(hits: number, trials: number, confidence: number): Interval {
  if (trials === 0) return everything;
  const beyond = (1 - confidence) / 2;
  const low = hits === 0 ? 0 : betaQuantile(hits, trials - hits + 1, beyond);
  const high = hits === trials ? 1 : 1 - betaQuantile(trials - hits, hits + 1, beyond);
  return [low, high];
}

/** How far the farther end of an interval is from a value in it. */
export const farthest = ([low, high]: Interval, value: number): number => Math.max(value - low, high - value);
