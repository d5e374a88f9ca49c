import { expect, test } from 'vitest';
import { check } from '../../../src/sim/check/questions/check.ts';
import { supremumOf } from '../../../src/sim/check/questions/supremum.ts';
import type { Property } from '../../../src/sim/properties/property.ts';
import { simulate } from '../../../src/sim/run/simulate.ts';
import type { AnyProperty } from '../../../src/sim/system/property.ts';
import { exactTiming } from '../../support/exactTiming.ts';
import { scenarioOf } from '../../support/scenarios.ts';

test('what happens at the very end of the run still happens', () => {
  const property: Property<boolean> = {
    name: 'no step',
    sentence: () => 'nothing is done',
    appliesTo: () => true,
    initial: false,
    next: (state, sighting) => state || sighting.type === 'environment',
    violation: (state) => (state ? { what: 'a step', calls: [] } : null),
    witnessed: () => true,
  };
  const verdict = (until: string) => {
    const scenario = scenarioOf({ steps: [{ at: '20s', do: 'open' }], until });
    return check(scenario, { properties: [property as unknown as AnyProperty] }).decisions[0]?.verdict;
  };
  expect([verdict('20s'), verdict('19999ms')]).toEqual(['violated', 'holds']);
});

test('what lasts from the first moment to the last lasts as long as the run', () => {
  // The call is held until the app has registered; the run ends as the phone alerts.
  const steps = [
    { at: '0s', do: 'open' },
    { at: '0s', do: 'dial', call: 1 },
  ] as const;
  const held = (until: string) =>
    scenarioOf({ steps: [...steps], timing: exactTiming, links, until }, 'standard', 'hold');
  const exact = { latency: '30ms' };
  const links = { callerSip: exact, appSip: exact, pushServerSip: exact, control: exact };
  const { records } = simulate(held('60s'), 1);
  const alert = records.find(({ observations }) => observations.some(({ type }) => type === 'ringing.alerting'));
  expect(alert?.atMs).toBeGreaterThan(1_000);
  const atMs = alert?.atMs as number;
  expect(supremumOf(held(`${atMs}ms`), 'alerting').longestMs).toBe(atMs);
});
