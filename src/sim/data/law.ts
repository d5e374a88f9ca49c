import type { Window } from '../data/window.ts';

/**
 * How a latency is distributed within its window, for runs that draw it: quantiles, between which it is even. The
 * checker does not ask: it takes every delay in the window. Without a law a run draws evenly from the whole window.
 */
export interface Law {
  /** [share, latency in milliseconds], both rising, from share 0 to share 1: that share of messages takes no longer. */
  readonly quantiles: readonly (readonly [share: number, latencyMs: number])[];
  readonly source?: string;
}

/** The value at a place between two points, of which `from` and `to` are the coordinates of the place and of the value. */
const between = (at: number, from: readonly [number, number], to: readonly [number, number]): number =>
  from[0] === to[0] ? to[1] : from[1] + ((at - from[0]) / (to[0] - from[0])) * (to[1] - from[1]);

/** The piecewise linear function through the points, constant outside of them. */
function through(points: readonly (readonly [number, number])[], at: number): number {
  const next = points.findIndex(([place]) => place >= at);
  const point = points[next];
  if (point === undefined) return points.at(-1)?.[1] ?? 0;
  const previous = points[next - 1];
  return previous === undefined ? point[1] : between(at, previous, point);
}

/** The share of messages that take no longer. */
export const shareWithin = ({ quantiles }: Law, latencyMs: number): number => {
  const next = quantiles.findIndex(([, ms]) => ms >= latencyMs);
  const point = quantiles[next];
  if (point === undefined) return quantiles.at(-1)?.[0] ?? 0;
  const previous = quantiles[next - 1];
  return previous === undefined ? point[0] : between(latencyMs, [previous[1], previous[0]], [point[1], point[0]]);
};

/**
 * The latency that a number in [0, 1) stands for: the law cut off at the ends of the window, in whole milliseconds.
 * Additions, multiplications and divisions only, so that every machine draws the same.
 */
export function drawnLatencyMs(law: Law, [earliestMs, latestMs]: Window, luck: number): number {
  const low = shareWithin(law, earliestMs);
  const high = shareWithin(law, latestMs);
  const ms = through(law.quantiles, low + luck * (high - low));
  return Math.min(Math.max(Math.round(ms), earliestMs), latestMs);
}
