import { expect, test } from 'vitest';
import { meanDifferenceInterval, meanInterval } from '../../src/sim/statistics/mean.ts';
import { type Moments, MomentsSum, momentsTogether, noMoments } from '../../src/sim/statistics/moments.ts';
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

function momentsOf(values: readonly number[], most: number): Moments {
  const sum = new MomentsSum(most);
  for (const value of values) sum.add(value);
  return sum.moments();
}

test('parts of values come to what all of them come to', () => {
  const values = [0, 3, 3, 10, 0, 7, 10];
  expect(momentsTogether(momentsOf(values.slice(4), 10), momentsOf(values.slice(0, 4), 10))).toEqual(
    momentsOf(values, 10),
  );
  expect(momentsTogether(noMoments, momentsOf(values, 10))).toEqual(momentsOf(values, 10));
});

test("the interval of a mean is Student's: 40 values, t = 2.0227 at 39 degrees", () => {
  const values = Array.from({ length: 40 }, (_, index) => 30 + (index % 2 === 0 ? 5 : -5));
  const reach = (2.0226909 * Math.sqrt((40 * 25) / 39)) / Math.sqrt(40);
  const [low, high] = meanInterval(momentsOf(values, 100), 100, 0.95);
  expect(low).toBeCloseTo((30 - reach) / 100, 7);
  expect(high).toBeCloseTo((30 + reach) / 100, 7);
});

test('with few values above 0, or below the largest, the interval is that of as many hits, at a smaller error', () => {
  expect(meanInterval(momentsOf(Array<number>(1_000).fill(0), 50), 50, 0.95)).toEqual(shareInterval(0, 1_000, 0.95));
  const few = [...Array<number>(1_000).fill(0), 30, 40];
  const surer = 1 - 0.05 / Math.E;
  expect(meanInterval(momentsOf(few, 50), 50, 0.95)).toEqual([
    expect.closeTo(shareInterval(1, 1_002, surer)[0], 12),
    expect.closeTo(shareInterval(2, 1_002, surer)[1], 12),
  ]);
  const most = [...Array<number>(1_000).fill(50), 30, 40];
  expect(meanInterval(momentsOf(most, 50), 50, 0.95)).toEqual([
    expect.closeTo(shareInterval(1_001, 1_002, surer)[0], 12),
    1,
  ]);
});

test('what is all or nothing has the exact interval, alone and in pairs', () => {
  const values = [...Array<number>(40).fill(7), ...Array<number>(60).fill(0)];
  expect(meanInterval(momentsOf(values, 7), 7, 0.95)).toEqual(shareInterval(40, 100, 0.95));
  const other = [...Array<number>(30).fill(7), ...Array<number>(70).fill(0)];
  expect(meanDifferenceInterval(momentsOf(values, 7), momentsOf(other, 7), String(30 * 49), 7, 0.95)).toEqual(
    differenceInterval({ trials: 100, onlyOne: 10, onlyOther: 0 }, 0.95),
  );
});

test('squares of milliseconds of a day are exact', () => {
  const day = 86_400_000;
  expect(momentsOf([day, day, 1], day).squares).toBe('14929920000000001');
});

test('of pairs that go together the difference is known better than either', () => {
  const luck = Array.from({ length: 200 }, (_, index) => (index * 37) % 101);
  const one = luck.map((value) => value + 10);
  const products = luck.reduce((sum, value, index) => sum + value * (one[index] as number), 0);
  const interval = meanDifferenceInterval(momentsOf(one, 200), momentsOf(luck, 200), String(products), 200, 0.95);
  expect(interval.map((end) => end.toFixed(9))).toEqual(['0.050000000', '0.050000000']);
});
