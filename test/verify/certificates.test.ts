import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { certify } from '../../src/sim/check/questions/certify.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { example, scenarioOf } from '../support/scenarios.ts';
import { certifiedIn, judgement } from './certified.ts';
import { outsideOf } from './concreteRuns.ts';

describe('what holds has a certificate that is accepted', () => {
  const names = [
    'call-while-suspended',
    'call-while-going-to-background',
    'app-killed-in-hand-over',
    'unregister-lost',
    'push-lost',
  ];
  test.each(names)('%s', (name) => {
    for (const mode of registrationModeNames) {
      for (const server of ['multi', 'reject', 'overwrite'] as const) {
        expect(judgement(certifiedIn(example(name), mode, server)), `${mode} on ${server}`).toBe('accepted');
      }
    }
  });

  test.each([
    [1, 0],
    [0, 1],
  ])('also with %i messages lost and %i doubled', (losses, duplicates) => {
    const certificate = certifiedIn(example('call-while-suspended'), 'continuous', 'multi', { losses, duplicates });
    expect(certificate.inert.length).toBeGreaterThan(0);
    expect(judgement(certificate)).toBe('accepted');
  });
});

describe('the classes are those of the runs', () => {
  test.each([
    ['call-while-going-to-background', 'singleDeviceEmulation', 'reject', 0],
    ['call-while-suspended', 'standard', 'multi', 1],
    ['push-server-restarts', 'singleDeviceTakeover', 'overwrite', 0],
  ] as const)(
    '%s, %s on %s with %i lost: every run with dates of its own is within them',
    (name, mode, server, losses) => {
      expect(outsideOf(certifiedIn(example(name), mode, server, { losses, duplicates: 0 }), 60)).toBeNull();
    },
  );
});

test('what is violated has none', () => {
  const world = defineWorld(scenarioOf(example('call-while-going-to-background'), 'singleDeviceEmulation', 'reject'));
  expect(certify(world, [propertyNamed('noInviteLost')] as never, {})).toBe('violated');
});

test('a set that has no room has none', () => {
  const world = defineWorld(scenarioOf(example('home-open-home'), 'standard', 'multi'));
  expect(certify(world, [propertyNamed('noInviteLost')] as never, { maximumBytes: 1_000 })).toBe('memory');
});
