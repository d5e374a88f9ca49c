import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { intendedServer } from '../../src/profiles/intended.ts';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
  { at: '60s', do: 'dial', call: 1 },
] as const;

const told = (...choice: [delivery: 'overConnection' | 'byRefork', server: 'multi' | 'hold']) =>
  verdictSentences(
    simulate(scenarioOf({ steps: [...steps], delivery: choice[0] }, 'singleDeviceEmulation', choice[1]), 1),
  )[0];

describe('the held call reaches the woken app', () => {
  test('over its connection to the push server, on any server', () => {
    expect(told('overConnection', 'multi')).toMatch(/^Call 1 alerted the user/);
    expect(told('overConnection', 'hold')).toMatch(/^Call 1 alerted the user/);
  });

  test('by re-fork only where the server adds a branch for a binding that comes late (RFC 3261 16.5 has none)', () => {
    expect(told('byRefork', 'hold')).toMatch(/^Call 1 alerted the user/);
    expect(told('byRefork', 'multi')).toContain('but the INVITE never reached the app');
  });
});

describe('a caller who hangs up before the push has arrived', () => {
  test.each(registrationModeNames)(
    'in %s: the end of the call overtakes its push, and the phone does not ring on',
    (mode) => {
      const scenario = scenarioOf(
        {
          steps: [...steps, { after: '1s', do: 'hangUp', call: 1 }],
          faults: [{ do: 'delay', message: 'notification', latency: ['3s', '9s'] }],
        },
        mode,
        intendedServer[mode],
      );
      const { decisions } = check(scenario, { properties: [propertyNamed('ringStops'), propertyNamed('ringsOnce')] });
      expect(decisions.map(({ verdict }) => verdict)).toEqual(['holds', 'holds']);
    },
  );
});

describe('AutoSend180', () => {
  const heard = (autoSend180: boolean) => {
    const lost = {
      steps: [...steps],
      faults: [{ do: 'lose' as const, message: 'notification' as const }],
      autoSend180,
    };
    const { records, verdicts } = simulate(scenarioOf(lost, 'continuous'), 1);
    return {
      rings: records.some(({ targetRef, event }) => targetRef === 'caller' && event.type === 'INVITE.180'),
      lost: verdicts.some(({ property, violation }) => property === 'noInviteLost' && violation !== null),
    };
  };

  test('lets the caller hear ringing although no phone rings: that is its price', () => {
    expect(heard(true)).toEqual({ rings: true, lost: true });
    expect(heard(false)).toEqual({ rings: false, lost: true });
  });
});
