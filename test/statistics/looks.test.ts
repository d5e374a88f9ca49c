import { expect, test } from 'vitest';
import { doubling, type Looks, sharingError, trialsAtWorst, trialsWithoutHit } from '../../src/sim/statistics/looks.ts';
import { farthest, shareInterval } from '../../src/sim/statistics/share.ts';
import { binomial } from '../support/binomial.ts';

const looksFor = (precision: number, confidence: number): Looks<number> =>
  sharingError(confidence, (each) => doubling(trialsWithoutHit(precision, each), trialsAtWorst(precision, each)));

const precise = (hits: number, trials: number, { confidence }: Looks<number>, precision: number) =>
  farthest(shareInterval(hits, trials, confidence), hits / trials) <= precision;

/** The probability that the interval at which somebody stops covers the truth: every course of hits, weighed. */
function coverage(looks: Looks<number>, precision: number, share: number): number {
  /** By hits so far, how likely it is to have gone on with them. */
  let going = new Map([[0, 1]]);
  let covered = 0;
  let before = 0;
  for (const size of looks.looks) {
    const next = new Map<number, number>();
    for (const [hits, weight] of going) {
      for (let more = 0; more <= size - before; more++) {
        const sum = hits + more;
        next.set(sum, (next.get(sum) ?? 0) + weight * binomial(size - before, more, share));
      }
    }
    for (const [hits, weight] of next) {
      if (size !== looks.looks.at(-1) && !precise(hits, size, looks, precision)) continue;
      const [low, high] = shareInterval(hits, size, looks.confidence);
      if (low <= share && share <= high) covered += weight;
      next.delete(hits);
    }
    before = size;
    going = next;
  }
  return covered;
}

test('who stops when the interval is narrow enough still covers the truth', () => {
  const looks = looksFor(0.1, 0.95);
  expect(looks.looks.length).toBeGreaterThan(1);
  for (let percent = 0; percent <= 50; percent += 5)
    expect(coverage(looks, 0.1, percent / 100), `${percent} %`).toBeGreaterThanOrEqual(0.95);
});

test('the first look does where nothing is hit, the last one always', () => {
  for (const [precision, confidence] of [
    [0.05, 0.95],
    [0.01, 0.95],
    [0.01, 0.999],
    [0.001, 0.9],
  ] as const) {
    const looks = looksFor(precision, confidence);
    const [first = 0] = looks.looks;
    const last = looks.looks.at(-1) as number;
    expect(precise(0, first, looks, precision)).toBe(true);
    expect(precise(0, first - 2, looks, precision)).toBe(false);
    for (const hits of [0, 1, Math.floor(last / 3), Math.floor(last / 2), last])
      expect(precise(hits, last, looks, precision), `${hits} of ${last}`).toBe(true);
    expect([...looks.looks].sort((one, other) => one - other)).toEqual(looks.looks);
  }
});

test('sizes double up to the last one', () => {
  expect(doubling(3, 20)).toEqual([3, 6, 12, 20]);
  expect(doubling(5, 5)).toEqual([5]);
});
