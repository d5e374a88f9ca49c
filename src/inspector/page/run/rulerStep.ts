/** Dates stand at least so far from each other. */
const leastDistance = 46;

/** One, two or five of a power of ten, in milliseconds. */
export function stepFor(pixelsPerMs: number): number {
  const least = Math.max(1, leastDistance / pixelsPerMs);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((one) => one * power >= least) ?? 10);
}

/** A date with as many digits as tell it from the next one. */
export const dateText = (ms: number, step: number): string =>
  (ms / 1000).toFixed(step >= 1000 ? 0 : 3 - Math.floor(Math.log10(step)));
