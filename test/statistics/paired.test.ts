import { expect, test } from 'vitest';
import { randomBits, share } from '../../src/sim/data/random.ts';
import { DifferencesSum, differencesTogether, meanDifferenceInterval } from '../../src/sim/statistics/differences.ts';
import { meanInterval } from '../../src/sim/statistics/mean.ts';
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

function differencesOf(one: readonly number[], other: readonly number[], most: number) {
  const sum = new DifferencesSum(most);
  for (const [index, value] of one.entries()) sum.add(value, other[index] as number);
  return sum.differences();
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
  expect(meanDifferenceInterval(differencesOf(values, other, 7), 7, 0.95)).toEqual(
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
  const all = differencesOf(one, luck, 200);
  expect(meanDifferenceInterval(all, 200, 0.95).map((end) => end.toFixed(9))).toEqual(['0.050000000', '0.050000000']);
  const parts = [0, 77].map((from) => [one, luck].map((values) => values.slice(from, from === 0 ? 77 : 200)));
  const [first, second] = parts.map(([left = [], right = []]) => differencesOf(left, right, 200));
  expect(first && second && differencesTogether(second, first)).toEqual(all);
});

test('of many values that are not 0 the few in which two sides differ say how far apart they may be', () => {
  // A thousand days, on each of which both sides lose the same, but for some on which one of them loses one more.
  const days = 1_000;
  const same = Array.from({ length: days }, (_, day) => day % 4);
  const sizes = [1, 1, 1, 2, 3];
  const mean = 8 / sizes.length;
  for (const rate of [0, 0.5, 1, 2, 5, 10, 20, 60]) {
    let covered = 0;
    const repetitions = 400;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const more = same.map((value, day) => {
        const isHit = share(randomBits(repetition, rate * 10, day)) < rate / days;
        return isHit ? value + (sizes[randomBits(repetition, 7, day) % sizes.length] as number) : value;
      });
      const [low, high] = meanDifferenceInterval(differencesOf(more, same, 12), 12, 0.95);
      const truth = (rate * mean) / days / 12;
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / repetitions, `${rate} of ${days} days`).toBeGreaterThanOrEqual(0.93);
  }
  const fourOfAll = same.map((value, day) => (day % 250 === 0 ? value + 1 : value));
  const [low] = meanDifferenceInterval(differencesOf(fourOfAll, same, 12), 12, 0.95);
  expect(low).toBeLessThan(0);
});
