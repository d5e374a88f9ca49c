import { describe, expect, test } from 'vitest';
import { ringStops, ringsOnce } from '../../src/sim/properties/calls.ts';
import type { Property } from '../../src/sim/properties/property.ts';
import { cleanLogout, noBlackout, singleRegistration } from '../../src/sim/properties/registrations.ts';
import type { Sighting } from '../../src/sim/scenario/sighting.ts';
import { scenarioOf } from '../support/scenarios.ts';

const settings = scenarioOf(
  {
    topology: { phones: 2 },
    steps: [
      { at: '1s', do: 'open' },
      { at: '2s', do: 'open', phone: 2 },
    ],
  },
  'singleDeviceTakeover',
  'overwrite',
);

const seeing = <State>(property: Property<State>, sightings: readonly Sighting[]): State =>
  sightings.reduce((state, one) => property.next(state, one, settings), property.initial);

const dues = <State>(property: Property<State>, state: State) =>
  (property.obligations?.(state, settings) ?? []).map(({ key }) => key);

const rings: Sighting = { type: 'ringing.started', call: 1 };
const ringsToo: Sighting = { type: 'ringing.started', call: 1, phone: 2 };

describe('what is promised of a phone is judged for each', () => {
  test('two phones that ring for one call are no phone that rings twice', () => {
    expect(ringsOnce.violation(seeing(ringsOnce, [rings, ringsToo]))).toBeNull();
    const twice = ringsOnce.violation(seeing(ringsOnce, [rings, ringsToo, ringsToo]));
    expect(twice).toEqual({ what: 'phone 2: the phone rang twice for call 1', calls: [1] });
  });

  test('each has a time of its own to fall silent', () => {
    const gone: Sighting = { type: 'call.abandoned', call: 1 };
    const both = seeing(ringStops, [rings, ringsToo, gone]);
    expect(dues(ringStops, both)).toEqual(['call 1', 'call 1 of phone 2']);
    const stopped = ringStops.next(both, { type: 'ringing.stopped', call: 1 }, settings);
    expect(dues(ringStops, stopped)).toEqual(['call 1 of phone 2']);
    const late = ringStops.missed?.(stopped, 'call 1 of phone 2') ?? stopped;
    expect(ringStops.violation(late)?.what).toBe('phone 2: the phone rang on after call 1 was over');
  });

  test('after the log-out of one the other keeps its binding', () => {
    const bound = (contacts: Extract<Sighting, { type: 'bindings' }>['contacts']): Sighting => ({
      type: 'bindings',
      contacts,
      change: { how: 'registered', by: 'app' },
    });
    const loggedOut: Sighting = { type: 'loggedOut', loggedOut: true, phone: 2 };
    expect(dues(cleanLogout, seeing(cleanLogout, [bound(['app@wifi', 'app2@wifi']), loggedOut]))).toEqual([
      'bound of phone 2',
    ]);
    expect(dues(cleanLogout, seeing(cleanLogout, [bound(['app@wifi']), loggedOut]))).toEqual([]);
  });
});

describe('what is promised of the user is judged for all phones together', () => {
  const enabled: Sighting = { type: 'push.enabled', enabled: true };
  const bindings = (contacts: Extract<Sighting, { type: 'bindings' }>['contacts']): Sighting => ({
    type: 'bindings',
    contacts,
    change: { how: 'registered', by: 'app2' },
  });

  test('he can be reached as long as one of them can', () => {
    const reachable: Sighting = { type: 'app.reachable', contact: 'app2@wifi', phone: 2 };
    const state = seeing(noBlackout, [enabled, reachable, bindings(['app2@wifi'])]);
    expect(dues(noBlackout, state)).toEqual([]);
    expect(dues(noBlackout, noBlackout.next(state, { ...reachable, contact: null }, settings))).toEqual(['dark']);
  });

  test('he expects calls while push is on for one of them', () => {
    const off: Sighting = { type: 'loggedOut', loggedOut: true };
    const both = [enabled, { ...enabled, phone: 2 } as Sighting, off];
    expect(dues(noBlackout, seeing(noBlackout, both))).toEqual(['dark']);
    expect(dues(noBlackout, seeing(noBlackout, [...both, { ...off, phone: 2 } as Sighting]))).toEqual([]);
  });

  test('a single device is one of all sides of all phones', () => {
    const state = seeing(singleRegistration, [bindings(['pushServer', 'app2@wifi'])]);
    expect(singleRegistration.violation(state)?.what).toBe('app2 and pushServer were registered together');
  });
});
