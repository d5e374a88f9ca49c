import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/sim/check/questions/check.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { networkNames, networks, pushServiceNames, pushServices } from '../../src/sim/scenarioFile/presets.ts';
import { scenarioOf } from '../support/scenarios.ts';

const steps = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
  { at: '60s', do: 'dial', call: 1 },
] as const;

describe('a preset', () => {
  test('gives the links and delays that it speaks of, and leaves the others alone', () => {
    const scenario = scenarioOf({ steps: [...steps], network: 'satellite', push: 'apns-far' });
    expect(scenario.links.appSip.latencyMs).toEqual([260, 600]);
    expect(scenario.links.notification.latencyMs).toEqual([500, 4_000]);
    expect(scenario.links.pushServerSip).toEqual(scenarioOf({ steps: [...steps] }).links.pushServerSip);
    expect(scenario.timing.app.coldStart).toEqual([3_000, 10_000]);
  });

  test('gives way to what the scenario says itself', () => {
    const links = { appSip: { latency: '7ms' } };
    const scenario = scenarioOf({ steps: [...steps], network: 'lossy', links, timing: { app: { resume: '1s' } } });
    expect(scenario.links.appSip).toMatchObject({ latencyMs: [7, 7], loss: 0.05 });
    expect(scenario.timing.app.resume).toEqual([1_000, 1_000]);
    expect(scenarioOf({ steps: [...steps], push: 'no-google', notifications: 'available' })).toMatchObject({
      notificationsAvailable: true,
    });
  });

  test.each(Object.values({ ...networks, ...pushServices }))('$title has a source', ({ source }) => {
    expect(source).toMatch(/\S{3}/);
  });

  test('is named in the reference', () => {
    const text = readFileSync(new URL('../../docs/scenarios.md', import.meta.url), 'utf8');
    for (const name of [...networkNames, ...pushServiceNames]) expect(text).toContain(`\`${name}\``);
  });
});

const lossOn = (preset: { network?: (typeof networkNames)[number]; push?: (typeof pushServiceNames)[number] }) =>
  check(scenarioOf({ steps: [...steps], ...preset }, 'continuous'), { properties: [propertyNamed('noInviteLost')] })
    .decisions[0]?.verdict;

/** A call to a suspended app in Continuous: whether the phone alerts depends on network and push service alone. */
describe('a call to a suspended app', () => {
  test.each(networkNames)('is never lost on %s', (network) => expect(lossOn({ network })).toBe('holds'));

  test.each([
    ['apns', 'holds'],
    ['apns-far', 'holds'],
    ['fcm', 'holds'],
    ['fcm-doubled', 'holds'],
    ['apns-late', 'violated'],
    ['fcm-throttled', 'violated'],
    ['doze', 'violated'],
    ['force-stopped', 'violated'],
    ['no-google', 'violated'],
  ] as const)('with %s: %s', (push, verdict) => expect(lossOn({ push })).toBe(verdict));
});
