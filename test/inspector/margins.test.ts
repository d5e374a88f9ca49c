import { expect, test } from 'vitest';
import { marginsOf } from '../../src/inspector/model/margins.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { example, exampleNames } from '../support/scenarios.ts';

/** The limit that each property with a bound obeys. */
const limitOf = {
  ringStops: 'ringStopMs',
  noBlackout: 'blackoutMs',
  cleanLogout: 'logoutMs',
  beliefMatches: 'beliefMs',
} as const satisfies Record<string, keyof Scenario['limits']>;

const bounded = Object.keys(limitOf) as (keyof typeof limitOf)[];

const runs = exampleNames.flatMap((name) =>
  (['standard', 'singleDeviceEmulation'] as const).map((mode) =>
    resolveScenario({ server: 'multi', ...example(name), mode }, everyServerProfile),
  ),
);

const verdictOf = (scenario: Scenario, property: string) =>
  simulate(scenario, 1).verdicts.find((one) => one.property === property)?.verdict;

test('a bound that is as long as the margin says still holds, and one that is a millisecond shorter does not', () => {
  const proven = new Set<string>();
  for (const scenario of runs) {
    const margins = marginsOf(simulate(scenario, 1));
    for (const property of bounded) {
      const margin = margins[property];
      if (margin === undefined || margin.tookMs === 0) continue;
      const limit = limitOf[property];
      expect(margin.limitMs).toBe(scenario.limits[limit]);
      const within = (ms: number) => verdictOf({ ...scenario, limits: { ...scenario.limits, [limit]: ms } }, property);
      expect([scenario.name, property, within(margin.tookMs)]).toEqual([scenario.name, property, 'holds']);
      expect([scenario.name, property, within(margin.tookMs - 1)]).toEqual([scenario.name, property, 'violated']);
      proven.add(property);
    }
  }
  expect([...proven].sort()).toEqual(['beliefMatches', 'noBlackout', 'ringStops']);
});

test('what was never put to the test, or is violated, has no margin', () => {
  for (const scenario of runs) {
    const trace = simulate(scenario, 1);
    const holding = trace.verdicts.filter(({ verdict }) => verdict === 'holds').map(({ property }) => property);
    expect(holding).toEqual(expect.arrayContaining(Object.keys(marginsOf(trace))));
  }
});
