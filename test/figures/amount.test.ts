import { expect, test } from 'vitest';
import { amountText } from '../../src/figures/amount.ts';

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
