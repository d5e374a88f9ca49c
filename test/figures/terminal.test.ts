import { expect, test } from 'vitest';
import { amountText } from '../../src/figures/amount.ts';
import { intervalBar, sparkline } from '../../src/figures/terminal.ts';

test('a sparkline has the highest value of each column, and a column for each value where there are few', () => {
  expect(sparkline([0, 1, 2, 4], 10)).toBe('▁▃▅█');
  expect(sparkline([0, 8, 0, 0, 0, 0], 3)).toBe('█▁▁');
  expect(sparkline([0, 0], 2)).toBe('▁▁');
  expect(sparkline([], 5)).toBe('');
});

test('an interval stands on its axis, and never beside it', () => {
  expect(intervalBar({ value: 5, low: 2, high: 8 }, 10, 11)).toBe('  ───●───  ');
  expect(intervalBar({ value: 0, low: 0, high: 30 }, 10, 5)).toBe('●────');
});

test.each([
  [0, 'share', '0 %'],
  [0.0123, 'share', '1.23 %'],
  [0.000001, 'share', '1.0 × 10^-4 %'],
  [999, 'ms', '999 ms'],
  [1130, 'ms', '1.13 s'],
  [12_345, 'number', '12,345'],
  [148.2, 'perSecond', '148/s'],
  [30_600_000, 'timeOfDay', '08:30'],
] as const)('%d as %s is said as %s', (value, unit, said) => {
  expect(amountText(value, unit)).toBe(said);
});
