import { describe, expect, test } from 'vitest';
import { calls } from '../../src/machines/messages.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import type { Property } from '../../src/sim/properties/property.ts';
import { beliefMatches } from '../../src/sim/properties/registrations.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { Scenario } from '../../src/sim/scenario/scenario.ts';
import type { Sighting } from '../../src/sim/scenario/sighting.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { sightingTable } from '../../src/sim/system/eventTable.ts';
import { PropertyTable } from '../../src/sim/system/property.ts';
import { scenarioOf } from '../support/scenarios.ts';

/** What the checker and one run say of a property. */
const verdictsOn = (scenario: Scenario, name: string) => [
  check(scenario, { properties: [propertyNamed(name)] }).decisions[0]?.verdict,
  simulate(scenario, 1).verdicts.find(({ property }) => property === name)?.verdict,
];

describe('ringStops', () => {
  /** Two calls ring from 5 s on; their callers hang up, and each CANCEL reaches the phone that long after it was sent. */
  const hungUp = (atMs: readonly [number, number], cancelMs: readonly [number, number]) => {
    const lost = Array.from({ length: 40 }, (_, index) => ({ do: 'lose', occurrence: index + 3 }) as const);
    const cancels = { message: 'CANCEL', from: 'sipServer', to: 'app' } as const;
    const late = calls.map(
      (call, index) => ({ do: 'delay', occurrence: call, latency: `${cancelMs[index]}ms` }) as const,
    );
    const document: Pick<ScenarioDocument, 'steps' | 'faults' | 'links' | 'user'> = {
      user: 'ignores',
      links: { appSip: { transport: 'udp', latency: '30ms' }, callerSip: { latency: '10ms' } },
      steps: [
        { at: '1s', do: 'open' },
        ...calls.map((call) => ({ at: '5s', do: 'dial', call }) as const),
        ...calls.map((call, index) => ({ at: `${atMs[index]}ms`, do: 'hangUp', call }) as const),
      ],
      faults: [...late, ...lost].map((fault) => ({ ...fault, ...cancels })),
    };
    return scenarioOf(document);
  };

  test('gives each call a time of its own: 5 s after its own caller is gone', () => {
    expect(verdictsOn(hungUp([10_000, 10_200], [4_500, 8_000]), 'ringStops')).toEqual(['violated', 'violated']);
    expect(verdictsOn(hungUp([10_000, 10_200], [8_000, 4_500]), 'ringStops')).toEqual(['violated', 'violated']);
    expect(verdictsOn(hungUp([10_000, 10_200], [4_500, 4_500]), 'ringStops')).toEqual(['holds', 'holds']);
  });
});

test('beliefMatches gives each owner a time of its own, and names the one who was wrong', () => {
  const table = new PropertyTable(beliefMatches as unknown as Property<never>, scenarioOf({ steps: [] }));
  const see = (state: number, sighting: Sighting) => table.next(state, sightingTable.idOf(sighting));
  const keys = (state: number) => table.obligations(state).map(({ key }) => key);
  const app = see(table.initial, { type: 'believes', owner: 'app', contact: 'app@wifi' });
  const both = see(app, { type: 'believes', owner: 'pushServer', contact: 'pushServer' });
  expect(keys(app)).toEqual(['app']);
  expect(keys(both)).toEqual(['app', 'pushServer']);
  expect(table.violation(table.missed(both, 'pushServer'))?.what).toMatch(/^pushServer believed/);
  expect(table.violation(table.missed(both, 'app'))?.what).toMatch(/^app believed/);
});

test('cleanLogout speaks of app and push server, not of a desk phone that stays registered', () => {
  const loggedOut = (otherDevice: 'ignores' | undefined, faults: ScenarioDocument['faults'] = []) =>
    scenarioOf({
      ...(otherDevice && { otherDevice }),
      faults,
      links: { appSip: { transport: 'udp' } },
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'logOut' },
      ],
    });
  expect(verdictsOn(loggedOut('ignores'), 'cleanLogout')).toEqual(['holds', 'holds']);
  expect(verdictsOn(loggedOut('ignores'), 'otherDeviceStays')).toEqual(['holds', 'holds']);
  const unanswered = Array.from(
    { length: 12 },
    (_, index) => ({ do: 'lose', message: 'un-REGISTER', occurrence: index + 1 }) as const,
  );
  for (const otherDevice of ['ignores', undefined] as const) {
    expect(verdictsOn(loggedOut(otherDevice, unanswered), 'cleanLogout')).toEqual(['violated', 'violated']);
  }
});
