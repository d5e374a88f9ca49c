import { expect, test } from 'vitest';
import { shareInterval } from '../../src/sim/statistics/share.ts';
import { binomial } from '../support/binomial.ts';

/** At 95 %: 0 of 10 in closed form, the others from Clopper and Pearson's tables as R's binom.test prints them. */
test.each([
  [0, 10, 0, 0.30849710781876083],
  [10, 10, 0.6915028921812392, 1],
  [5, 10, 0.18708602844739855, 0.8129139715526015],
  [1, 1_000, 0.00002531749, 0.005558924],
  [3, 1_000, 0.0006190999, 0.008742023],
  [30, 10_000, 0.002024975, 0.00427994],
])('%i of %i: the interval is the published one', (hits, trials, low, high) => {
  const [found, end] = shareInterval(hits, trials, 0.95);
  expect(found).toBeCloseTo(low, 8);
  expect(end).toBeCloseTo(high, 8);
});

test.each([
  [1_000, 0.95],
  [1_000_000, 0.999999],
  [1_000_000_000, 0.99],
])('no hit in %i trials: the rule of three in closed form', (trials, confidence) => {
  const [low, high] = shareInterval(0, trials, confidence);
  expect(low).toBe(0);
  expect(high / -Math.expm1(Math.log((1 - confidence) / 2) / trials)).toBeCloseTo(1, 6);
  const [mirrored, end] = shareInterval(trials, trials, confidence);
  expect(1 - mirrored).toBeCloseTo(high, 12);
  expect(end).toBe(1);
});

test('without a trial nothing is known', () => expect(shareInterval(0, 0, 0.95)).toEqual([0, 1]));

test.each([0.8, 0.95, 0.999])('whatever the probability, the interval covers it with %d at least', (confidence) => {
  const trials = 40;
  const intervals = Array.from({ length: trials + 1 }, (_, hits) => shareInterval(hits, trials, confidence));
  for (let percent = 0; percent <= 100; percent++) {
    const share = percent / 100;
    const covered = intervals.reduce(
      (sum, [low, high], hits) => sum + (low <= share && share <= high ? binomial(trials, hits, share) : 0),
      0,
    );
    expect(covered, `${percent} %`).toBeGreaterThanOrEqual(confidence - 1e-9);
  }
});
