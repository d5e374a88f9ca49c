import { expect, test } from 'vitest';
import { lossText } from '../../src/sim/summary/figures.ts';

const text = (share: number, interval: readonly [number, number]) =>
  lossText({ share, interval, estimator: 'drawn' } as unknown as Parameters<typeof lossText>[0]);

test('a share is told with what covers it, and nothing lost as a bound', () => {
  expect(text(0.287, [0.279, 0.296])).toBe('28.7 ±0.9');
  expect(text(0, [0, 0.0083])).toBe('<0.9');
});

test('a share that is lost is not rounded to nothing', () => {
  expect(text(0.0047, [0, 0.038])).toBe('0.47 (0 to 4)');
  expect(text(0.004, [0.0001, 0.03])).toBe('0.4 (0.01 to 3)');
});
