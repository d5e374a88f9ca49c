import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../../src/profiles/servers.ts';
import { explored } from '../../../src/sim/check/engine/exploring.ts';
import { regressionOf } from '../../../src/sim/check/explain/regression.ts';
import { check } from '../../../src/sim/check/questions/check.ts';
import type { CheckOptions } from '../../../src/sim/check/questions/decision.ts';
import { JointCheck } from '../../../src/sim/check/questions/jointCheck.ts';
import { properties, propertyNamed } from '../../../src/sim/properties/properties.ts';
import { parseTrace, replay } from '../../../src/sim/run/replay.ts';
import { judge, simulate } from '../../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../../src/sim/scenarioFile/document.ts';
import { mitigated } from '../../../src/sim/scenarioFile/mitigated.ts';
import { parseScenario } from '../../../src/sim/scenarioFile/parse.ts';
import { withCalls } from '../../../src/sim/scenarioFile/withCalls.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import type { Trace } from '../../../src/sim/trace/trace.ts';
import { callScenarios, designScenarios, fieldScenarios, topologyScenarios } from '../../support/fieldScenarios.ts';
import { example, scenarioOf } from '../../support/scenarios.ts';

const callInHandOver = example('call-while-going-to-background');
const gap = scenarioOf(callInHandOver, 'singleDeviceEmulation', 'reject');

const verdicts = (...given: Parameters<typeof check>) =>
  Object.fromEntries(check(...given).decisions.map(({ property, verdict }) => [property, verdict]));

describe('hulls find nothing that the exact classes do not, and miss nothing', () => {
  const names = [
    'call-while-going-to-background',
    'app-killed-in-hand-over',
    'log-out-racing-a-refresh',
    'network-change',
  ];
  test.each(names)('%s', (name) => {
    for (const mode of registrationModeNames) {
      for (const server of ['multi', 'reject'] as const) {
        const scenario = scenarioOf(example(name), mode, server);
        expect(verdicts(scenario, { hulls: false }), `${mode} on ${server}`).toEqual(verdicts(scenario));
      }
    }
  });
});

describe('messages that no longer do anything decide nothing', () => {
  test.each([
    ['home-open-home', 0],
    ['nonce-stale-in-hand-over', 0],
    ['call-while-suspended', 1],
    ['unregister-lost', 1],
  ])('%s, with %i messages lost besides', (name, losses) => {
    for (const mode of registrationModeNames) {
      for (const server of ['multi', 'overwrite'] as const) {
        const scenario = scenarioOf(example(name), mode, server);
        const budget = { losses, duplicates: 0 };
        const properties = [propertyNamed('noInviteLost'), propertyNamed('beliefMatches'), propertyNamed('settles')];
        const options: CheckOptions = { budget, properties: properties.filter((one) => one.appliesTo(scenario)) };
        const whole = verdicts(scenario, { ...options, inertMessages: false });
        expect(verdicts(scenario, options), `${mode} on ${server}`).toEqual(whole);
      }
    }
  });
});

describe('a counterexample', () => {
  const { counterexample } = check(gap, { properties: [propertyNamed('noInviteLost')] }).decisions[0] ?? {};

  test('has the fewest events: the exact classes know no shorter one', () => {
    const options: CheckOptions = { properties: [propertyNamed('noInviteLost')], hulls: false };
    expect(counterexample).toMatchObject({ kind: 'shortest', events: 15 });
    expect(check(gap, options).decisions[0]?.counterexample?.events).toBe(15);
  });

  test('leaves every date room: moved by that much, the run violates the property all the same', () => {
    expect(counterexample?.slackMs).toBeGreaterThan(5);
  });

  test('has a race window of which both ends violate the property', () => {
    const [dial] = counterexample?.window.delays ?? [];
    expect(dial).toBeDefined();
    for (const ms of dial?.violatingMs ?? []) {
      const steps = callInHandOver.steps.map((step) => (step.do === 'dial' ? { ...step, at: `${ms}ms` } : step));
      expect(verdicts(scenarioOf({ steps }, 'singleDeviceEmulation', 'reject')).noInviteLost).toBe('violated');
    }
  });
});

describe('a counterexample as a regression scenario', () => {
  const cells = [
    ['call-while-going-to-background', 'singleDeviceEmulation', 'reject', 'noInviteLost'],
    ['home-open-home', 'standard', 'overwrite', 'noInviteLost'],
    ['caller-cancels-while-waking', 'continuous', 'multi', 'noInviteLost'],
    ['app-killed-in-hand-over', 'singleDeviceTakeover', 'multi', 'singleRegistration'],
  ] as const;

  test.each(cells)('%s, %s on %s: violates %s with every seed', (name, mode, server, property) => {
    const [decision] = check(scenarioOf(example(name), mode, server), {
      properties: [propertyNamed(property)],
    }).decisions;
    const { trace } = decision?.counterexample ?? {};
    expect(trace).toBeDefined();
    if (trace === undefined) return;
    const text = JSON.stringify(regressionOf(example(name), mode, trace, property));
    const document = parseScenario(text, 'regression.yaml', serverProfiles);
    expect(document.expect?.[server]?.[mode]).toContain(property);
    for (let seed = 1; seed <= 20; seed++) {
      const verdicts = judge(defineWorld(scenarioOf(document, mode, server)), seed);
      expect(verdicts.find((one) => one.property === property)?.verdict, `seed ${seed}`).toBe('violated');
    }
  });
});

describe('the earliest violation', () => {
  test('comes when everything before it is as fast as it can be', () => {
    const [decision] = check(gap, { properties: [propertyNamed('noInviteLost')], fastest: true }).decisions;
    const { atMs } = decision?.fastest?.trace.verdicts.find(({ property }) => property === 'noInviteLost') ?? {};
    // Home at 10 s, the un-REGISTER takes 30 ms, the 480 that follows at once takes 5 ms.
    expect(atMs).toBe(10_035);
  });
});

describe('faults within a budget', () => {
  const suspended = scenarioOf(example('call-while-suspended'));

  test('a push may be lost: then the call is, and otherwise not', () => {
    expect(verdicts(suspended).noInviteLost).toBe('holds');
    const lost = check(suspended, { budget: { losses: 1, duplicates: 0 } });
    const { counterexample } = lost.decisions.find(({ property }) => property === 'noInviteLost') ?? {};
    expect(counterexample?.trace.records.some(({ fate }) => fate === 'lose')).toBe(true);
  });

  test('a push that arrives twice rings once', () => {
    const { decisions } = check(suspended, { budget: { losses: 0, duplicates: 1 } });
    expect(decisions.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
  });

  test('a fault that the scenario demands happens in every run', () => {
    const steps: ScenarioDocument['steps'] = example('push-lost').steps;
    const faults: ScenarioDocument['faults'] = [{ do: 'lose', message: 'notification' }];
    expect(verdicts(scenarioOf({ steps, faults })).noInviteLost).toBe('violated');
    expect(verdicts(scenarioOf({ steps })).noInviteLost).toBe('holds');
  });
});

describe('limits', () => {
  const large = scenarioOf(example('home-open-home'), 'singleDeviceEmulation', 'reject');

  test('out of memory is inconclusive, and says how far it came', () => {
    const { decisions, extent } = check(large, { maximumBytes: 1 });
    expect(extent.ending).toBe('memory');
    expect(new Set(decisions.map(({ verdict }) => verdict))).toContain('inconclusive');
    expect(decisions.map(({ verdict }) => verdict)).not.toContain('holds');
  });

  test('interrupted, it keeps what it knows', () => {
    const { decisions } = check(large, { onProgress: () => false });
    expect(decisions.length).toBe(properties.filter(({ appliesTo }) => appliesTo(large)).length);
    expect(decisions.map(({ verdict }) => verdict)).not.toContain('holds');
  });

  test('a late message that may hold others of its link back or not is inconclusive, not wrong', () => {
    const latency: [string, string] = ['20ms', '20s'];
    const faults: ScenarioDocument['faults'] = [{ do: 'delay', message: 'control.background', latency }];
    const { decisions, extent } = check(scenarioOf({ ...callInHandOver, faults }));
    expect(extent.ending).toBe('order');
    expect(decisions.map(({ verdict }) => verdict)).not.toContain('holds');
  });

  test('what other explorations hold counts towards the limit of memory', () => {
    const settles = propertyNamed('settles');
    const ending = (maximumBytes: number, heldBytes: number) => {
      const whole = new JointCheck(defineWorld(large), [settles], { maximumBytes }, () => heldBytes);
      return explored(whole.deciding(null)).get(settles)?.ending;
    };
    const whole = new JointCheck(defineWorld(large), [settles], {});
    explored(whole.deciding(null));
    const needed = whole.bytes;
    expect(ending(needed, 0)).toBe('complete');
    expect(ending(2 * needed, needed)).toBe('complete');
    expect(ending(2 * needed, 1.9 * needed)).toBe('memory');
  });
});

describe('calls', () => {
  test('a second call is dialled in the window of the first, or both are left out', () => {
    const dials = (calls: number) => withCalls(callInHandOver, calls).steps.filter(({ do: verb }) => verb === 'dial');
    expect(dials(2)).toEqual([
      { at: ['10s', '10.6s'], do: 'dial', call: 1 },
      { at: ['10s', '10.6s'], do: 'dial', call: 2 },
    ]);
    expect(dials(0)).toEqual([]);
  });
});

test('what holds has a witness: some run gives every property something to judge', () => {
  const scenarios = [
    scenarioOf(example('caller-cancels-while-waking'), 'singleDeviceEmulation'),
    scenarioOf(example('log-out-racing-a-refresh'), 'singleDeviceEmulation'),
    gap,
    // AutoSend180 keeps its promise on an ordinary day.
    scenarioOf({ ...example('call-while-suspended'), autoSend180: true }),
    ...callScenarios.map((document) => scenarioOf(document, 'continuous')),
    ...topologyScenarios.filter(({ name }) => name === 'two-phones-ring').map((document) => scenarioOf(document)),
    ...fieldScenarios
      .filter(({ limits }) => limits?.registers !== undefined)
      .map((document) => scenarioOf(mitigated(document))),
    ...designScenarios
      .filter(({ name }) => name === 'refresh-push-rings')
      .map((document) => scenarioOf(document, 'sipServerPushes', 'opensips-push')),
  ];
  const witnessed = scenarios.flatMap((scenario) => check(scenario).decisions.filter((one) => one.witnessed));
  expect(new Set(witnessed.map(({ property }) => property))).toEqual(new Set(properties.map(({ name }) => name)));
});

test('the trace of a counterexample is a run like any other, and keeps its race window when it is read again', () => {
  const [decision] = check(gap, { properties: [propertyNamed('noInviteLost')] }).decisions;
  if (!decision?.counterexample) throw new Error('there is no counterexample');
  const { trace, window } = decision.counterexample;
  expect(Object.keys(trace)).toEqual([...Object.keys(simulate(gap, 1)), 'raceWindow']);
  const read = parseTrace(JSON.stringify(trace), 'counterexample.json');
  expect(replay(read, 'counterexample.json').raceWindow).toEqual(window);
  const { property: _, ...unnamed } = window;
  const older = { ...read, raceWindow: unnamed } as Trace;
  expect(replay(older, 'older.json').raceWindow).toEqual(window);
});
