import { describe, expect, test } from 'vitest';
import type { ServerProfile } from '../../../src/machines/serverProfile.ts';
import { everyServerProfile } from '../../../src/profiles/furtherServers.ts';
import { check } from '../../../src/sim/check/questions/check.ts';
import { envelopeOf } from '../../../src/sim/check/questions/envelope.ts';
import { type Parameter, parameterNamed, windowOf, withWindow } from '../../../src/sim/check/questions/parameter.ts';
import { supremumOf } from '../../../src/sim/check/questions/supremum.ts';
import { largestTrue } from '../../../src/sim/data/bisect.ts';
import { propertyNamed } from '../../../src/sim/properties/properties.ts';
import type { ScenarioDocument } from '../../../src/sim/scenarioFile/document.ts';
import { exactTiming } from '../../support/exactTiming.ts';
import { example, scenarioOf } from '../../support/scenarios.ts';

const noInviteLost = propertyNamed('noInviteLost');
const sleepThenDial: ScenarioDocument['steps'] = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
  { at: '30s', do: 'kill' },
  { at: '60s', do: 'dial', call: 1 },
];

describe('halving', () => {
  test('finds the last value for which something is true, wherever it is', () => {
    for (let limit = -1; limit <= 40; limit++) {
      expect(
        largestTrue(0, 33, (value) => value <= limit),
        `limit ${limit}`,
      ).toBe(Math.min(limit, 33));
    }
  });

  test('says so when it cannot be known', () => {
    expect(largestTrue(0, 9, () => null)).toBeNull();
  });
});

describe('parameters', () => {
  test('are named by link, by delay of a party, or by step', () => {
    expect(parameterNamed('push.latency')).toEqual({ of: 'link', link: 'notification' });
    expect(parameterNamed('app.coldStart')).toEqual({ of: 'delay', party: 'app', delay: 'coldStart' });
    expect(parameterNamed('step.2')).toEqual({ of: 'step', index: 1 });
    expect(parameterNamed('app.coldstart')).toBeNull();
  });

  test('are read and replaced in the same place', () => {
    const scenario = scenarioOf(example('call-while-suspended'));
    for (const name of ['push.latency', 'app.coldStart', 'step.1', 'caller.patience']) {
      const parameter = parameterNamed(name) as Parameter;
      expect(windowOf(withWindow(scenario, parameter, [3, 4]), parameter), name).toEqual([3, 4]);
    }
  });
});

describe('delays that follow from the profile of the server', () => {
  const asked = { ...everyServerProfile['sbc-alert-timeout'], branchTimeoutMs: 41_000, noAnswerMs: 47_000 };
  const server = {
    ...asked,
    withoutBinding: { do: 'hold', ms: 8_000 },
    sbc: { ...asked.sbc, cacheMs: 31_000, flowMs: 32_000 },
  };
  const scenario = { ...scenarioOf(example('call-while-suspended')), server: server as ServerProfile };

  test.each([
    ['sipServer.alertTimeout', 10_000],
    ['sipServer.registrationCache', 31_000],
    ['sipServer.flowIdle', 32_000],
    ['sipServer.branchTimeout', 41_000],
    ['sipServer.noAnswer', 47_000],
    ['sipServer.holdTime', 8_000],
    ['sipServer.appBindingLifetime', scenario.askedExpiresMs.app],
    ['sipServer.pushServerBindingLifetime', scenario.askedExpiresMs.pushServer],
    ['app.refreshInterval', scenario.askedExpiresMs.app * 0.9],
    ['pushServer.refreshInterval', scenario.askedExpiresMs.pushServer * 0.9],
  ])('are asked from there: %s', (name, ms) => {
    const parameter = parameterNamed(name) as Parameter;
    expect(windowOf(scenario, parameter)).toEqual([ms, ms]);
    expect(windowOf(withWindow(scenario, parameter, [1, 2]), parameter)).toEqual([1, 2]);
  });

  test('are violated in the envelope where they are without it', () => {
    const slow = scenarioOf({ push: 'apns-far', steps: sleepThenDial }, 'continuous', 'sbc-alert-timeout');
    const [decision] = check(slow, { properties: [noInviteLost] }).decisions;
    const parameter = parameterNamed('sipServer.alertTimeout') as Parameter;
    const { safeUpToMs, violatingMs } = envelopeOf(slow, noInviteLost, parameter);
    expect([decision?.verdict, safeUpToMs, violatingMs]).toEqual(['violated', null, [10_000, 10_000]]);
  });
});

describe('the envelope of the push', () => {
  const scenario = scenarioOf(example('call-while-suspended'));
  const parameter = parameterNamed('push.latency') as Parameter;
  const { safeUpToMs } = envelopeOf(scenario, noInviteLost, parameter);
  const decidedAt = (latestMs: number) =>
    check(withWindow(scenario, parameter, [300, latestMs]), { properties: [noInviteLost] }).decisions[0];

  test('is exact: it holds at the limit and is violated one millisecond later', () => {
    expect(decidedAt(safeUpToMs as number)?.verdict).toBe('holds');
    expect(decidedAt((safeUpToMs as number) + 1)?.verdict).toBe('violated');
  });

  test("is what the caller's patience leaves: 30 s less the way of the INVITE and the start of the app", () => {
    expect(safeUpToMs).toBeGreaterThan(28_000);
    expect(safeUpToMs).toBeLessThan(30_000);
  });

  test('says nothing of values below a window that is violated from its lower end on', () => {
    const gap = scenarioOf(example('call-while-going-to-background'), 'singleDeviceEmulation', 'reject');
    expect(envelopeOf(gap, noInviteLost, parameter)).toMatchObject({ isDecided: true, safeUpToMs: null });
  });

  test('a date: the call is lost only within a part of its window', () => {
    const gap = scenarioOf(example('call-while-going-to-background'), 'singleDeviceEmulation', 'reject');
    const { violatingMs } = envelopeOf(gap, noInviteLost, parameterNamed('step.3') as Parameter);
    expect(violatingMs?.[0]).toBe(10_000);
    const last = violatingMs?.[1] as number;
    expect(last).toBeLessThan(10_600);
    const step = parameterNamed('step.3') as Parameter;
    const verdictAt = (ms: number) =>
      check(withWindow(gap, step, [ms, ms]), { properties: [noInviteLost] }).decisions[0]?.verdict;
    expect([verdictAt(last), verdictAt(last + 1)]).toEqual(['violated', 'holds']);
  });
});

describe('the longest', () => {
  test('blackout of a hand-over in Single Device Emulation is that of its messages at their slowest', () => {
    const scenario = scenarioOf(
      {
        steps: [
          { at: '1s', do: 'open' },
          { at: '10s', do: 'home' },
        ],
      },
      'singleDeviceEmulation',
      'reject',
    );
    const { longestMs, example: run } = supremumOf(scenario, 'blackout');
    // Enabling to the first binding: enabled, foreground and released (120 ms each), REGISTER, 401, REGISTER (80 ms each).
    expect(longestMs).toBe(3 * 120 + 3 * 80);
    expect(run?.trace.verdicts.find(({ property }) => property === 'noBlackout')?.verdict).toBe('violated');
  });

  test('time to alerting of a suspended app: the INVITE, the push, the resumption and the fetched INVITE', () => {
    const { longestMs } = supremumOf(scenarioOf(example('call-while-suspended')), 'alerting');
    expect(longestMs).toBe(30 + 20 + 80 + 2_000 + 500 + 120 + 120);
  });

  test('time to alerting can be the whole run: a held call that is dialled with its first event and alerts with its last', () => {
    const held = (until: string) =>
      scenarioOf(
        {
          until,
          timing: exactTiming,
          links: Object.fromEntries(
            ['callerSip', 'appSip', 'pushServerSip', 'control'].map((link) => [link, { latency: '20ms' }]),
          ),
          steps: [
            { at: '0s', do: 'open' },
            { at: '0s', do: 'dial', call: 1 },
          ],
        },
        'standard',
        'hold',
      );
    const { longestMs } = supremumOf(held('20s'), 'alerting');
    expect(longestMs).toBeGreaterThan(1_000);
    expect(supremumOf(held(`${longestMs}ms`), 'alerting').longestMs).toBe(longestMs);
  });
});
