import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RegistrationModeName, registrationModeNames } from '../../../src/machines/registrationModes.ts';
import type { AnyServerProfileName } from '../../../src/profiles/furtherServers.ts';
import { serverProfiles } from '../../../src/profiles/servers.ts';
import { check } from '../../../src/sim/check/questions/check.ts';
import { wholeWindow } from '../../../src/sim/check/questions/wholeWindow.ts';
import { propertyNamed } from '../../../src/sim/properties/properties.ts';
import type { Scenario } from '../../../src/sim/scenario/scenario.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import type { Settings } from '../../../src/sim/system/settings.ts';
import type { TraceRecord } from '../../../src/sim/trace/trace.ts';
import { exactTiming } from '../../support/exactTiming.ts';
import { scenarioOf } from '../../support/scenarios.ts';

const worldOf = (scenario: Settings) => defineWorld(scenario as Scenario);

type Document = Parameters<typeof scenarioOf>[0];
type Delay = string | readonly [string, string];

interface Drawn {
  readonly mode: RegistrationModeName;
  readonly server: AnyServerProfileName;
  /** Which dates are free, or the messages of which link. */
  readonly free: 'home' | 'dial' | 'appSip' | 'pushServerSip' | 'control';
  readonly dialMs: number;
  readonly latencyMs: number;
  readonly property: string;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  // Most of the races are where nobody is registered for a while.
  mode: fc.constantFrom(...registrationModeNames, 'singleDeviceEmulation', 'singleDeviceEmulation'),
  server: fc.constantFrom(...(Object.keys(serverProfiles) as AnyServerProfileName[])),
  free: fc.constantFrom('home', 'dial', 'appSip', 'pushServerSip', 'control'),
  dialMs: fc.integer({ min: 10_000, max: 10_400 }),
  latencyMs: fc.constantFrom(13, 37, 120),
  property: fc.constantFrom('noInviteLost', 'noInviteLost', 'singleRegistration', 'beliefMatches'),
});

/** A hand-over in which all is exact but what is free. */
function document({ free, dialMs, latencyMs }: Drawn): Document {
  const date = (name: Drawn['free'], ms: number): Delay =>
    free === name ? [`${ms - 400}ms`, `${ms + 600}ms`] : `${ms}ms`;
  const latency = (name: string): Delay => (free === name ? ['5ms', '400ms'] : `${latencyMs}ms`);
  const links = ['callerSip', 'appSip', 'pushServerSip', 'control'].map((name) => [name, { latency: latency(name) }]);
  return {
    steps: [
      { at: '1s', do: 'open' },
      { at: date('home', 10_000), do: 'home' },
      { at: date('dial', dialMs), do: 'dial', call: 1 },
    ],
    links: { ...Object.fromEntries(links), pushRequest: { latency: '20ms' }, notification: { latency: '800ms' } },
    timing: exactTiming,
    until: '50s',
  } as Document;
}

/** The same where this event has just this delay. */
function exactly(whole: Document, record: TraceRecord, records: readonly TraceRecord[], ms: number): Document {
  if (record.kind === 'step') {
    const doing = record.event.type === 'user.home' ? 'home' : 'dial';
    const steps = whole.steps.map((step) => (step.do === doing ? { ...step, at: `${ms}ms` } : step));
    return { ...whole, steps } as Document;
  }
  const nameOf = ({ event }: TraceRecord) =>
    'expires' in event && event.expires === 'zero' ? event.type.replace('REGISTER', 'un-REGISTER') : event.type;
  const { sourceRef: from } = record;
  const alike = records.filter(
    (one) => one.kind === 'message' && one.sourceRef === from && nameOf(one) === nameOf(record),
  );
  const occurrence = alike.filter(({ serial }) => serial <= record.serial).length;
  const fault = { do: 'delay', message: nameOf(record), from, occurrence, latency: `${ms}ms` };
  return { ...whole, faults: [fault] } as Document;
}

test('a whole race window ends where the violation does, for dates of steps and for delays of messages', () => {
  const seen = { step: 0, message: 0 };
  const judge = (one: Drawn) => {
    const { mode, server, property } = one;
    const options = { properties: [propertyNamed(property)] };
    const scenario = scenarioOf(document(one), mode, server);
    const counterexample = check(scenario, options).decisions[0]?.counterexample;
    if (!counterexample) return;
    const { records } = counterexample.trace;
    for (const { serial, allowedMs, violatingMs, whole } of wholeWindow({ scenario, worldOf }, counterexample, options)
      .delays) {
      const record = records.find((other) => other.serial === serial && other.kind !== 'start');
      if (record?.kind !== 'step' && record?.kind !== 'message') continue;
      const verdictAt = (ms: number) =>
        check(scenarioOf(exactly(document(one), record, records, ms), mode, server), options).decisions[0]?.verdict;
      const [low, high] = violatingMs;
      expect([verdictAt(low), verdictAt(high)], `${low} and ${high}`).toEqual(['violated', 'violated']);
      for (const ms of [low - 1, high + 1]) {
        if (!whole || ms < allowedMs[0] || ms > allowedMs[1]) continue;
        expect(verdictAt(ms), `${ms} of ${record.event.type}, just outside ${low} and ${high}`).toBe('holds');
        seen[record.kind]++;
      }
    }
  };
  fc.assert(fc.property(drawn, judge), { numRuns: Number(process.env.DRAWN ?? 150) });
  expect(seen.step).toBeGreaterThan(5);
  expect(seen.message).toBeGreaterThan(0);
});

test('a race window is not called whole where what is outside is too much to explore', () => {
  const wide = { latency: ['20ms', '400ms'] as [string, string] };
  const scenario = scenarioOf(
    {
      links: { callerSip: wide, appSip: wide, pushServerSip: wide, control: wide, pushRequest: wide },
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
        { after: ['0s', '2s'], do: 'open' },
        { after: ['0s', '2s'], do: 'home' },
        { at: ['8s', '14s'], do: 'dial', call: 1 },
      ],
    },
    'singleDeviceEmulation',
    'reject',
  );
  const options = { properties: [propertyNamed('noInviteLost')] };
  const counterexample = check(scenario, options).decisions[0]?.counterexample;
  if (!counterexample) throw new Error('no call in the gap is lost');
  const { delays } = wholeWindow({ scenario, worldOf }, counterexample, { ...options, maximumBytes: 1 });
  expect(delays.length).toBeGreaterThan(0);
  expect(delays.map(({ whole }) => whole)).not.toContain(true);
});
