import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../../src/sim/check/questions/check.ts';
import { ofOneCall, partsOf } from '../../../src/sim/check/questions/parts.ts';
import { properties, propertyNamed } from '../../../src/sim/properties/properties.ts';
import type { Sighting } from '../../../src/sim/scenario/sighting.ts';
import { withCalls } from '../../../src/sim/scenarioFile/withCalls.ts';
import { sightingTable } from '../../../src/sim/system/eventTable.ts';
import { type AnyProperty, PropertyTable } from '../../../src/sim/system/property.ts';
import { example, scenarioOf } from '../../support/scenarios.ts';

const twoCalls = scenarioOf(withCalls(example('call-while-going-to-background'), 2), 'singleDeviceEmulation', 'reject');
/** The second call has hours of its own. */
const apart = {
  ...twoCalls,
  steps: twoCalls.steps.map((step, index) => (index === 0 ? step : { ...step, afterMs: [index, 60_000] as const })),
};
const judgingEachCall = properties.filter((property) => property.judgesEachCall);

const more: Readonly<Record<string, object>> = {
  'call.failed': { code: 480 },
  'call.connected': { contact: 'pushServer' },
  'phone.ended': { cause: 'told' },
};
const sightingOf = (type: string, call: number) => ({ type, call, ...more[type] }) as Sighting;

const sightings = fc.array(
  fc
    .record({
      type: fc.constantFrom(
        'call.placed',
        'call.connected',
        'call.failed',
        'call.abandoned',
        'call.hungUp',
        'call.ended',
        'phone.ended',
        'ringing.started',
        'ringing.alerting',
        'ringing.stopped',
        'ringing.answered',
      ),
      call: fc.constantFrom(1, 2),
    })
    .map(({ type, call }) => sightingTable.idOf(sightingOf(type, call))),
  { maxLength: 12 },
);

/** A call is placed once: its caller does not dial again (`caller`). */
const placedOnce = (seen: readonly number[]) =>
  seen.filter((one, at) => sightingTable.of(one).type !== 'call.placed' || seen.indexOf(one) === at);

/** Whether a property is violated once it has seen these, and whether it was settled before it was violated. */
function judged(property: AnyProperty, seen: readonly number[]): { isViolated: boolean; wasSettledTooSoon: boolean } {
  const table = new PropertyTable(property, apart);
  const states = [table.initial];
  for (const one of seen) states.push(table.next(states.at(-1) as number, one));
  const isViolated = table.unfinished(states.at(-1) as number) !== null;
  const settledAt = states.findIndex((state) => table.isSettled(state));
  const wasSettledTooSoon = settledAt >= 0 && isViolated && table.violation(states[settledAt] as number) === null;
  return { isViolated, wasSettledTooSoon };
}

describe('a property that judges each call is violated just when one of its parts is', () => {
  test.each(judgingEachCall)('$name of one call has no parts, be the calls alike or not', (property) => {
    const second = ofOneCall(property, 2);
    expect(partsOf(second, twoCalls)).toEqual([second]);
  });

  test('seven of them do', () => {
    expect(judgingEachCall.map(({ name }) => name)).toEqual([
      'noInviteLost',
      'answeredConnects',
      'ringsOnce',
      'answeredOnce',
      'finalAnswer',
      'callSurvives',
      'endsAgree',
    ]);
  });

  test.each(judgingEachCall.map((property) => [property.name, property] as const))('%s', (_, property) => {
    const parts = partsOf(property, apart);
    expect(parts.length).toBe(2);
    fc.assert(
      fc.property(sightings.map(placedOnce), (seen) => {
        const whole = judged(property, seen);
        const pieces = parts.map((part) => judged(part, seen));
        expect(pieces.some(({ isViolated }) => isViolated)).toBe(whole.isViolated);
        for (const { wasSettledTooSoon } of [whole, ...pieces]) expect(wasSettledTooSoon).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  describe('calls that could change their names are judged once', () => {
    const windows = [
      { at: ['10s', '20s'], do: 'dial', call: 1 },
      { at: ['10s', '20s'], do: 'dial', call: 2 },
      { after: '3s', do: 'hangUp', call: 2 },
    ] as const;
    const open = { at: '1s', do: 'open' } as const;
    const parts = (steps: readonly object[], more = {}) =>
      partsOf(propertyNamed('noInviteLost'), scenarioOf({ steps: [open, ...steps] as never, ...more })).length;

    test('where all that the environment does is the same for both', () => {
      expect(parts(windows.slice(0, 2))).toBe(1);
      expect(parts([windows[1], windows[0]])).toBe(1);
      const hungUp = [windows[0], { ...windows[2], call: 1 }, windows[1], windows[2]];
      expect(parts(hungUp)).toBe(1);
    });

    test('not where one has another window, another hang-up, or a fault may tell them apart', () => {
      expect(parts([windows[0], { ...windows[1], at: '12s' }])).toBe(2);
      expect(parts(windows)).toBe(2);
      const faults = [{ do: 'lose', message: 'INVITE', occurrence: 1 }];
      expect(parts(windows.slice(0, 2), { faults })).toBe(2);
    });

    test('and the verdict is that on both: no part of either is violated unless the other is', () => {
      const scenario = scenarioOf({ steps: [open, { at: '10s', do: 'home' }, ...windows.slice(0, 2)] as never });
      const both = [propertyNamed('noInviteLost'), propertyNamed('ringsOnce')];
      const options = { properties: both, maximumBytes: 1e9 };
      const verdicts = (more: object) =>
        check(scenario, { ...options, ...more }).decisions.map(({ verdict }) => verdict);
      expect(verdicts({ jointSituations: 0 })).toEqual(verdicts({ jointSituations: Number.POSITIVE_INFINITY }));
    });
  });

  test('with one call there is nothing to take apart', () => {
    const [part] = partsOf(propertyNamed('noInviteLost'), scenarioOf(example('call-while-going-to-background')));
    expect(part).toBe(propertyNamed('noInviteLost'));
  });
});

describe('a large world decided property by property and call by call: the same verdicts', () => {
  const cells = [
    ['call-while-going-to-background', 2, 'singleDeviceEmulation', 'reject'],
    ['call-while-suspended', 2, 'standard', 'multi'],
    ['second-call-while-waking', 2, 'continuous', 'multi'],
    ['app-killed-in-hand-over', 1, 'singleDeviceTakeover', 'overwrite'],
  ] as const;

  test.each(cells)('%s with %i calls, %s on %s', (name, count, mode, server) => {
    const scenario = scenarioOf(withCalls(example(name), count), mode, server);
    const decide = (jointSituations: number) =>
      check(scenario, { jointSituations }).decisions.map(({ property, verdict, witnessed }) => ({
        property,
        verdict,
        witnessed,
      }));
    expect(decide(0)).toEqual(decide(Number.POSITIVE_INFINITY));
  });

  test('a counterexample of one part violates the whole property', () => {
    const { decisions } = check(twoCalls, { jointSituations: 0, properties: [propertyNamed('noInviteLost')] });
    const verdict = decisions[0]?.counterexample?.trace.verdicts.find(({ property }) => property === 'noInviteLost');
    expect(verdict?.verdict).toBe('violated');
  });
});
