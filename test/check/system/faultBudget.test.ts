import { expect, test } from 'vitest';
import { type Exposed, faultChoices } from '../../../src/sim/check/system/faultBudget.ts';

const budget = { losses: 1, duplicates: 1 };
const fatesOf = (exposed: Exposed) => faultChoices([exposed], budget).map(({ fates }) => fates[0]);
const fault = (what: 'lose' | 'delay' | 'duplicate') => ({ do: what, message: 'REGISTER', occurrence: 1 }) as const;

test('the budget is for messages that no fault of the scenario befalls', () => {
  expect(fatesOf({ demanded: undefined, mayFail: true })).toEqual(['happen', 'lose', 'duplicate']);
  expect(fatesOf({ demanded: undefined, mayFail: false })).toEqual(['happen']);
  expect(fatesOf({ demanded: fault('delay'), mayFail: true })).toEqual(['happen']);
  expect(fatesOf({ demanded: fault('lose'), mayFail: true })).toEqual(['lose']);
  expect(fatesOf({ demanded: fault('duplicate'), mayFail: true })).toEqual(['duplicate']);
});

test('two messages share the budget', () => {
  const one: Exposed = { demanded: undefined, mayFail: true };
  const lost = faultChoices([one, one], { losses: 1, duplicates: 0 }).map(({ fates }) => fates.join());
  expect(lost).toEqual(['happen,happen', 'happen,lose', 'lose,happen']);
});
