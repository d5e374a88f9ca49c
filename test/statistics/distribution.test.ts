import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counted, type Distribution, Histogram, sizeOf, sumOf, together } from '../../src/sim/statistics/histogram.ts';
import { quantileOf } from '../../src/sim/statistics/quantile.ts';

const of = (values: readonly number[]): Distribution => {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram.distribution();
};

const durations = fc.array(fc.integer({ min: 0, max: 100_000_000 }), { maxLength: 30 });

test('it makes no difference in which parts and which order values are counted', () =>
  fc.assert(
    fc.property(durations, durations, durations, (one, other, third) => {
      const all = of([...third, ...one, ...other]);
      expect(together(of(one), together(of(other), of(third)))).toEqual(all);
      expect(together(together(of(third), of(one)), of(other))).toEqual(all);
      expect(sizeOf(all)).toBe(one.length + other.length + third.length);
    }),
    { numRuns: 50 },
  ));

test('half a minute is exact, and a day is too low by less than one part in 16,384', () => {
  expect(of([0, 1, 32_767])).toEqual([
    [0, 1],
    [1, 1],
    [32_767, 1],
  ]);
  for (const ms of [32_768, 65_537, 1_000_003, 86_399_999]) {
    expect(counted(ms)).toBeLessThanOrEqual(ms);
    expect((ms - counted(ms)) / ms).toBeLessThan(1 / 16_384);
    expect(counted(counted(ms))).toBe(counted(ms));
  }
  expect(sumOf(of([3, 3, 4]))).toBe(10);
});

test('a quantile is the value that the sorted list has at its place', () =>
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 32_000 }), { minLength: 1, maxLength: 60 }),
      fc.constantFrom(0.05, 0.5, 0.95),
      (values, share) => {
        const sorted = [...values].sort((one, other) => one - other);
        const { value, interval } = quantileOf(of(values), share, 0.9) ?? {};
        expect(value).toBe(sorted[Math.ceil(share * sorted.length) - 1]);
        expect(interval?.[0] ?? 0).toBeLessThanOrEqual(value as number);
        expect(interval?.[1] ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(value as number);
      },
    ),
    { numRuns: 50 },
  ));

/** Conover, Practical Nonparametric Statistics, 3.2: the median of 16 values lies between the 4th and the 13th with 97.87 %. */
test('the interval of the median of 16 values is that of the tables', () => {
  const values = of(Array.from({ length: 16 }, (_, index) => index + 1));
  expect(quantileOf(values, 0.5, 0.95)?.interval).toEqual([4, 13]);
  // 0.0106 lies beyond the 4th on either side, 0.0384 beyond the 5th.
  expect(quantileOf(values, 0.5, 0.978)?.interval).toEqual([4, 13]);
  expect(quantileOf(values, 0.5, 0.98)?.interval).toEqual([3, 14]);
  expect(quantileOf(values, 0.95, 0.95)?.interval[1]).toBeNull();
  expect(quantileOf([], 0.5, 0.95)).toBeNull();
});
