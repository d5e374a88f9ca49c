import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DrawLimits } from '../../src/sim/fuzz/drawLimits.ts';
import { drawScenario } from '../../src/sim/fuzz/drawScenario.ts';
import { callStories } from '../../src/sim/report/callStory.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { drawing, handOvers, holds, resolvedFor } from '../support/drawn.ts';

describe('no INVITE is lost in a hand-over', () => {
  test.each([
    ['standard', 'multi'],
    ['standard', 'evict'],
    ['singleDeviceEmulation', 'hold'],
    ['continuous', 'multi'],
    ['continuous', 'reject'],
    ['singleDeviceTakeover', 'overwrite'],
  ] as const)('%s on %s', (mode, server) => holds('noInviteLost', mode, server));

  test('nor when the network changes in Continuous mode', () => {
    const drawn: DrawLimits = { ...handOvers, kinds: ['home', 'expireNonces', 'changeNetwork'] };
    holds('noInviteLost', 'continuous', 'multi', drawn);
  });
});

describe('the single-device modes never register twice', () => {
  test.each([
    ['singleDeviceEmulation', 'reject'],
    ['singleDeviceEmulation', 'hold'],
    ['singleDeviceEmulation', 'multi'],
    ['singleDeviceTakeover', 'overwrite'],
  ] as const)('%s on %s', (mode, server) => holds('singleRegistration', mode, server));
});

describe('Single Device Emulation without a hold', () => {
  test.each(['reject', 'multi', 'overwrite'] as const)(
    'on %s loses an INVITE if and only if it reaches the server between the two commits',
    (server) => {
      let lost = 0;
      fc.assert(
        fc.property(drawScenario(handOvers), (document) => {
          const trace = simulate(resolvedFor(document, 'singleDeviceEmulation', server), 1);
          const violation = trace.verdicts.find(({ property }) => property === 'noInviteLost')?.violation;
          for (const { call, nobody } of callStories(trace)) {
            const isLost = violation?.calls.includes(call) ?? false;
            expect(isLost, `call ${call}`).toBe(nobody !== null);
            if (isLost) lost++;
          }
        }),
        drawing,
      );
      expect(lost).toBeGreaterThan(10);
    },
  );
});
