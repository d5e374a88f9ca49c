import { expect, test } from 'vitest';
import { check } from '../../../src/sim/check/questions/check.ts';
import { longestRunMs } from '../../../src/sim/check/questions/decision.ts';
import { propertyNamed } from '../../../src/sim/properties/properties.ts';
import { simulate } from '../../../src/sim/run/simulate.ts';
import { scenarioOf } from '../../support/scenarios.ts';

const steps = [
  { at: '276h', do: 'open' },
  { after: '10s', do: 'home' },
  { after: ['0s', '1s'], do: 'dial', call: 1 },
] as const;

test('the longest run that is explored has dates to its end', () => {
  const scenario = scenarioOf({ steps: [...steps] as never, until: '277h' }, 'singleDeviceEmulation', 'reject');
  expect(scenario.untilMs).toBe(longestRunMs);
  const [decision] = check(scenario, { properties: [propertyNamed('noInviteLost')] }).decisions;
  expect(decision?.verdict).toBe('violated');
  const dial = decision?.counterexample?.trace.records.find(({ event }) => event.type === 'call.dial');
  expect(dial?.atMs).toBeGreaterThan(276 * 3_600_000);
  const seeds = Array.from({ length: 20 }, (_, seed) => simulate(scenario, seed).verdicts);
  expect(seeds.some(([noInviteLost]) => noInviteLost?.verdict === 'violated')).toBe(true);
});

test('a longer one is refused, and says how long it may be', () => {
  const scenario = scenarioOf({ steps: [...steps] as never, until: '278h' });
  expect(() => check(scenario)).toThrow(/1000800000 ms, more than the 997200000 that are explored/);
});
