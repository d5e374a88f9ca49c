import { type Distribution, sizeOf } from './histogram.ts';

/** What share of the values is not above each of some of them: at most so many points [value, share], the last one with all. */
export function cumulative(
  distribution: Distribution,
  mostPoints: number,
): (readonly [value: number, share: number])[] {
  const size = sizeOf(distribution);
  const points: [number, number][] = [[0, 0]];
  let below = 0;
  for (const [value, count] of distribution) {
    below += count;
    const told = points.at(-1)?.[1] ?? 0;
    if (below === size || below / size - told >= 1 / mostPoints) points.push([value, below / size]);
  }
  return points;
}
