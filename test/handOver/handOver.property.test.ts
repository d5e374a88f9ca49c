import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RegistrationModeName } from '../../src/machines/registrationModes.ts';
import { type ServerProfileName, serverProfiles } from '../../src/profiles/servers.ts';
import { type DrawLimits, drawScenario } from '../../src/sim/fuzz/drawScenario.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { callStories } from '../../src/sim/report/callStory.ts';
import { resolveScenario } from '../../src/sim/scenario/resolve.ts';
import type { ScenarioDocument } from '../../src/sim/scenario/schema.ts';
import { judge, simulate } from '../../src/sim/simulate.ts';
import { defineWorld } from '../../src/sim/world/definition.ts';

/** Home and open at any moment, nonces that expire, one lost datagram, any delay within the links' windows. */
const limits: DrawLimits = { changes: 5, kinds: ['home', 'expireNonces'], calls: 2, losses: 1 };
const numRuns = 600;

const resolved = (document: ScenarioDocument, mode: RegistrationModeName, server: ServerProfileName) =>
  resolveScenario(document, serverProfiles, { mode, server: serverProfiles[server] });

function holds(property: string, mode: RegistrationModeName, server: ServerProfileName, drawn = limits): void {
  const properties = [propertyNamed(property)];
  fc.assert(
    fc.property(drawScenario(drawn), (document) => {
      const [verdict] = judge(defineWorld(resolved(document, mode, server)), 1, { properties });
      expect(verdict?.violation ?? null).toBeNull();
    }),
    { numRuns, seed: 20_26 },
  );
}

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
    const drawn: DrawLimits = { ...limits, kinds: ['home', 'expireNonces', 'changeNetwork'] };
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
        fc.property(drawScenario(limits), (document) => {
          const trace = simulate(resolved(document, 'singleDeviceEmulation', server), 1);
          const violation = trace.verdicts.find(({ property }) => property === 'noInviteLost')?.violation;
          for (const { call, nobody } of callStories(trace)) {
            const isLost = violation?.calls.includes(call) ?? false;
            expect(isLost, `call ${call}`).toBe(nobody !== null);
            if (isLost) lost++;
          }
        }),
        { numRuns, seed: 20_26 },
      );
      expect(lost).toBeGreaterThan(10);
    },
  );
});
