/**
 * How often each value occurred, the values rising: whole milliseconds, and beyond 32,767 ms their 15 highest binary digits, so
 * that a value is too low by less than one part in 16,384. Plain data; parts are merged exactly, in any order.
 */
export type Distribution = readonly (readonly [value: number, count: number])[];

const exactBelow = 32_768;

/** The value under which another is counted. */
export function counted(value: number): number {
  let unit = 1;
  while (value / unit >= exactBelow) unit *= 2;
  return Math.floor(value / unit) * unit;
}

/** Counts whole milliseconds, of which there are few different ones however many are counted. */
export class Histogram {
  readonly #counts = new Map<number, number>();

  add(value: number, count = 1): void {
    const key = value < exactBelow ? value : counted(value);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  addAll(distribution: Distribution): void {
    for (const [value, count] of distribution) this.add(value, count);
  }

  distribution(): Distribution {
    return [...this.#counts].sort(([one], [other]) => one - other);
  }
}

/** What two distributions come to together. */
export function together(one: Distribution, other: Distribution): Distribution {
  const histogram = new Histogram();
  histogram.addAll(one);
  histogram.addAll(other);
  return histogram.distribution();
}

/** How many values there are. */
export const sizeOf = (distribution: Distribution): number => distribution.reduce((sum, [, count]) => sum + count, 0);

/** Their sum. */
export const sumOf = (distribution: Distribution): number =>
  distribution.reduce((sum, [value, count]) => sum + value * count, 0);

/** The value with that place among all, counted from 1; null where there are fewer. */
export function valueAt(distribution: Distribution, place: number): number | null {
  let before = 0;
  for (const [value, count] of distribution) {
    before += count;
    if (place <= before) return value;
  }
  return null;
}
