import { describe, expect, test } from 'vitest';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import { simulate } from '../../src/sim/simulate.ts';
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
