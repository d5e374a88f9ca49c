import { describe, expect, test } from 'vitest';
import type { ChartState, Drawing } from '../../src/inspector/charts/chart.ts';
import { compact } from '../../src/inspector/charts/compact.ts';
import { type PackedCharts, unpacked } from '../../src/inspector/charts/packed.ts';
import { ownCharts } from '../../src/inspector/charts/plugin.ts';

const everyChart = ownCharts().then((found) => unpacked(JSON.parse(JSON.stringify(found)) as PackedCharts));

const rooms = [
  [1100, 560],
  [720, 500],
  [360, 420],
] as const;

const touch = (one: ChartState, other: ChartState): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

/** Sums of lengths that are no whole pixels are not exact. */
const isAt = (one: number, other: number): boolean => Math.abs(one - other) < 1e-9;

const leaves = ({ states }: Drawing): ChartState[] => states.filter(({ inside }) => inside !== 'drawn');

describe('a chart in little room', () => {
  test.each(rooms)('fits as a whole into %i by %i pixels, and no text is smaller than 9', async (width, height) => {
    for (const chart of await everyChart) {
      const small = compact(chart, width, height, () => false);
      expect([chart.path, small.width <= width, small.height <= height]).toEqual([chart.path, true, true]);
      expect(small.font).toBeGreaterThanOrEqual(9);
    }
  });

  test('has every name in the room of a desk, each inside of its state', async () => {
    for (const chart of await everyChart) {
      const small = compact(chart, 1100, 560, () => false);
      for (const { name, width, inside } of small.states) {
        expect(name).not.toBe('');
        if (inside !== 'drawn') expect(width).toBeGreaterThanOrEqual(name.length * small.font * 0.6);
      }
    }
  });

  test('keeps the names that it is told to keep, where there is no room for all', async () => {
    const largest = (await everyChart).reduce((one, other) => (one.width > other.width ? one : other));
    const [kept] = leaves(largest);
    const { states } = compact(largest, 340, 300, (path) => path === kept?.path);
    expect(states.flatMap(({ name }) => (name === '' ? [] : [name]))).toEqual([kept?.name]);
  });

  test('looks as it did: no states touch that did not, what was left or above is so, arrows end where they ended', async () => {
    for (const chart of await everyChart) {
      const small = compact(chart, 360, 420, () => true);
      const [before, after] = [leaves(chart), leaves(small)];
      before.forEach((one, index) => {
        before.forEach((other, at) => {
          const [a, b] = [after[index], after[at]];
          if (a === undefined || b === undefined || at <= index) return;
          expect(touch(a, b)).toBe(touch(one, other));
          if (one.x < other.x) expect(a.x).toBeLessThanOrEqual(b.x);
          if (one.y < other.y) expect(a.y).toBeLessThanOrEqual(b.y);
        });
      });
      chart.arrows.forEach(({ points, to }, index) => {
        const end = points.at(-1);
        const [state, moved] = [chart, small].map(({ states }) => states.find(({ path }) => path === to));
        const movedEnd = small.arrows[index]?.points.at(-1);
        if (end === undefined || !state || !moved || movedEnd === undefined) throw new Error(`${to} has no arrow`);
        const sides = ({ x, y, width, height }: ChartState, point: readonly [number, number]) => [
          isAt(point[0], x),
          isAt(point[0], x + width),
          isAt(point[1], y),
          isAt(point[1], y + height),
        ];
        expect(sides(moved, movedEnd)).toEqual(sides(state, end));
      });
    }
  });
});
