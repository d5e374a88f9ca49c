import { describe, expect, test } from 'vitest';
import { check } from '../../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../../src/sim/properties/properties.ts';
import { simulate } from '../../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../../src/sim/scenarioFile/document.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { eventTable } from '../../../src/sim/system/eventTable.ts';
import { World } from '../../../src/sim/world/world.ts';
import { impossibleIn } from '../../support/faultyRuns.ts';
import { scenarioOf } from '../../support/scenarios.ts';

const backAndForth: ScenarioDocument['steps'] = [
  { at: '2s', do: 'open' },
  { at: '9s', do: 'home' },
  { at: '11500ms', do: 'open' },
  { at: '12s', do: 'dial', call: 1 },
];

describe('a message that is delayed on an ordered link holds later ones back', () => {
  test.each(['15s', '60s', '300s'])('by %s in a run of 70 s', (latency) => {
    const faults = [{ do: 'delay', message: 'control.background', occurrence: 1, latency }] as const;
    const scenario = scenarioOf(
      { until: '70s', steps: backAndForth, faults: [...faults] },
      'singleDeviceEmulation',
      'reject',
    );
    const run = simulate(scenario, 4);
    const violated = run.verdicts.filter(({ verdict }) => verdict === 'violated').map(({ property }) => property);
    expect(violated).toContain('noInviteLost');
    const { decisions } = check(scenario);
    expect(decisions.filter(({ verdict }) => verdict === 'inconclusive')).toEqual([]);
    for (const { property, verdict, counterexample } of decisions) {
      if (violated.includes(property)) expect(verdict, property).toBe('violated');
      if (counterexample) expect(impossibleIn(counterexample.trace, scenario), property).toBeNull();
    }
  });
});

test('a caller whose patience ends with the run has an answer; one whose patience ends later has none', () => {
  const verdict = (until: string) => {
    const steps: ScenarioDocument['steps'] = [
      { at: '1s', do: 'open' },
      { at: '7s', do: 'dial', call: 1 },
    ];
    const scenario = scenarioOf({ user: 'ignores', until, steps });
    const simulated = simulate(scenario, 1).verdicts.find(({ property }) => property === 'finalAnswer')?.verdict;
    return [check(scenario, { properties: [propertyNamed('finalAnswer')] }).decisions[0]?.verdict, simulated];
  };
  expect(verdict('37s')).toEqual(['holds', 'holds']);
  expect(verdict('36999ms')).toEqual(['violated', 'violated']);
});

test('the copy of a REGISTER is as old as its original: a newer one that was sent before the copy was made outdates it', () => {
  const { world } = World.start(defineWorld(scenarioOf({ steps: [{ at: '1s', do: 'open' }] })));
  const firstOf = (type: string, isCopy = false) =>
    world.pending.findIndex((one) => one.event >= 0 && one.isCopy === isCopy && eventTable.of(one.event).type === type);
  for (let guard = 0; firstOf('REGISTER') < 0 && guard < 50; guard++) world.fire(0);
  const original = world.pending[firstOf('REGISTER')];
  if (original === undefined) throw new Error('no REGISTER is sent');
  // A newer REGISTER of the same sender is under way when the older one arrives twice: created before the copy is.
  const newer = eventTable.idOf({ ...eventTable.of(original.event), authorization: true } as never);
  world.pending.push({ ...original, event: newer, serial: original.serial + 0.5, sent: original.serial + 0.5 });
  world.fire(firstOf('REGISTER'), 'duplicate');
  const copy = () => world.pending.find((one) => one.isCopy);
  expect(eventTable.of(copy()?.event as number)).toMatchObject({ type: 'REGISTER', stale: false });
  world.fire(world.pending.findIndex(({ event }) => event === newer));
  expect(eventTable.of(copy()?.event as number)).toMatchObject({ type: 'REGISTER', stale: true });
});

test('a message without effect waits behind one that a fault holds back on its connection', () => {
  const links = { appSip: { transport: 'tls', latency: ['30ms', '120ms'] }, control: { latency: '40ms' } };
  const document = {
    until: '30s',
    links,
    limits: { belief: '1s' },
    steps: [
      { at: '1s', do: 'open' },
      { at: '3s', do: 'changeNetwork' },
      { at: '3s', do: 'home' },
      { at: '4s', do: 'dial', call: 2 },
      { at: '4061ms', do: 'dial', call: 1 },
    ],
    faults: [{ do: 'delay', message: 'REGISTER.200', occurrence: 2, latency: '2min' }],
  } as unknown as Parameters<typeof scenarioOf>[0];
  const scenario = scenarioOf(document, 'singleDeviceEmulation', 'overwrite');
  const [decision] = check(scenario, { properties: [propertyNamed('beliefMatches')] }).decisions;
  if (!decision?.counterexample) throw new Error('beliefMatches is not violated');
  expect(impossibleIn(decision.counterexample.trace, scenario)).toBeNull();
});
