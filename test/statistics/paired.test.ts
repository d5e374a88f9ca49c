import { expect, test } from 'vitest';
import {
  type Moments,
  meanDifferenceInterval,
  meanInterval,
  momentsTogether,
  noMoments,
} from '../../src/sim/statistics/mean.ts';
import { differenceInterval } from '../../src/sim/statistics/paired.ts';
import { shareInterval } from '../../src/sim/statistics/share.ts';
import { binomial } from '../support/binomial.ts';

test('whatever the two probabilities, the interval of their difference covers it', () => {
  const trials = 24;
  const intervals = new Map<string, readonly [number, number]>();
  for (let onlyOne = 0; onlyOne <= trials; onlyOne++)
    for (let onlyOther = 0; onlyOne + onlyOther <= trials; onlyOther++)
      intervals.set(`${onlyOne} ${onlyOther}`, differenceInterval({ trials, onlyOne, onlyOther }, 0.9));
  for (const one of [0, 0.02, 0.1, 0.3, 0.6])
    for (const other of [0, 0.02, 0.1, 0.3]) {
      let covered = 0;
      for (let onlyOne = 0; onlyOne <= trials; onlyOne++) {
        const rest = binomial(trials, onlyOne, one);
        for (let onlyOther = 0; onlyOne + onlyOther <= trials; onlyOther++) {
          const [low, high] = intervals.get(`${onlyOne} ${onlyOther}`) as readonly [number, number];
          const weight = rest * binomial(trials - onlyOne, onlyOther, other / (1 - one));
          if (low <= one - other && one - other <= high) covered += weight;
        }
      }
      expect(covered, `${one} - ${other}`).toBeGreaterThanOrEqual(0.9);
    }
});

test('where no trial tells two sides apart, the difference is as small as the rule of three says', () => {
  const [low, high] = differenceInterval({ trials: 1_000, onlyOne: 0, onlyOther: 0 }, 0.95);
  expect(high).toBeCloseTo(shareInterval(0, 1_000, 0.975)[1], 12);
  expect(low).toBeCloseTo(-high, 12);
});

const momentsOf = (values: readonly number[]): Moments =>
  values
    .map((value): Moments => ({ values: 1, positive: value > 0 ? 1 : 0, sum: value, squares: BigInt(value) ** 2n }))
    .reduce(momentsTogether, noMoments);

test("the interval of a mean is Student's: 40 values, t = 2.0227 at 39 degrees", () => {
  const values = Array.from({ length: 40 }, (_, index) => 30 + (index % 2 === 0 ? 5 : -5));
  const reach = (2.0226909 * Math.sqrt((40 * 25) / 39)) / Math.sqrt(40);
  const [low, high] = meanInterval(momentsOf(values), 100, 0.95);
  expect(low).toBeCloseTo((30 - reach) / 100, 7);
  expect(high).toBeCloseTo((30 + reach) / 100, 7);
});

test('who has hardly seen a value above 0 knows of the share of such values, and no more', () => {
  expect(meanInterval({ ...noMoments, values: 1_000 }, 50, 0.95)).toEqual(shareInterval(0, 1_000, 0.95));
  const some = momentsOf([...Array<number>(1_000).fill(0), 3, 4]);
  expect(meanInterval(some, 50, 0.95)).toEqual([0, shareInterval(2, 1_002, 0.95)[1]]);
});

test('squares of milliseconds of a day are exact', () => {
  const day = 86_400_000;
  expect(momentsOf([day, day, 1]).squares).toBe(14_929_920_000_000_001n);
});

test('of pairs that go together the difference is known better than either', () => {
  const luck = Array.from({ length: 200 }, (_, index) => (index * 37) % 101);
  const one = luck.map((value) => value + 10);
  const products = luck.reduce((sum, value, index) => sum + BigInt(value * (one[index] as number)), 0n);
  const [low, high] = meanDifferenceInterval(momentsOf(one), momentsOf(luck), products, 200, 0.95);
  expect(low).toBeCloseTo(0.05, 9);
  expect(high).toBeCloseTo(0.05, 9);
});
