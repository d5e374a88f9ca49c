import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../../src/machines/registrationModes.ts';
import { serverProfiles } from '../../../src/profiles/servers.ts';
import { windowOfRun } from '../../../src/sim/check/explain/windowOfRun.ts';
import { check } from '../../../src/sim/check/questions/check.ts';
import { simulate } from '../../../src/sim/run/simulate.ts';
import type { RaceWindow } from '../../../src/sim/trace/raceWindow.ts';
import type { TraceRecord } from '../../../src/sim/trace/trace.ts';
import { example, scenarioOf } from '../../support/scenarios.ts';

const gap = scenarioOf(example('call-while-going-to-background'), 'singleDeviceEmulation', 'reject');

/** How long after its creation an event may have happened: a step counts from the start or from the one before it. */
function delaysOf({ kind, atMs, sentAtMs, step }: TraceRecord, records: readonly TraceRecord[]): number[] {
  if (kind === 'message') return [atMs - (sentAtMs ?? 0)];
  const earlier = records.filter((one) => one.kind === 'step' && one.step < step);
  return kind === 'step' ? [atMs, ...earlier.map((one) => atMs - one.atMs)] : [];
}

/** A race window as sets: steps that cannot notice each other have no order. */
const inAnyOrder = ({ property, delays, races }: RaceWindow) => ({
  property,
  delays: new Set(delays),
  races: new Set(races),
});

describe('the race window of any run', () => {
  test('is that of the checker for a run that the checker has found, where that leaves no message out', () => {
    const cells = [
      ['call-while-going-to-background', 'singleDeviceEmulation', 'reject', 0],
      ['home-open-home', 'standard', 'overwrite', 0],
      ['home-open-home', 'singleDeviceTakeover', 'reject', 0],
      ['call-while-suspended', 'continuous', 'multi', 2],
      ['network-change', 'standard', 'multi', 0],
      ['push-server-restarts', 'continuous', 'multi', 0],
      ['app-killed-in-hand-over', 'singleDeviceEmulation', 'hold', 0],
    ] as const;
    for (const [name, mode, server, losses] of cells) {
      let compared = 0;
      const budget = { losses, duplicates: 0 };
      const result = check(scenarioOf(example(name), mode, server), { budget, inertMessages: false });
      for (const { counterexample, property } of result.decisions) {
        if (counterexample === null) continue;
        const { trace, window } = counterexample;
        compared++;
        expect(window.property).toBe(property);
        const own = trace.verdicts.filter((verdict) => verdict.property === property);
        const found = windowOfRun({ ...trace, verdicts: own });
        expect(found && inAnyOrder(found), `${name}, ${property}`).toEqual(inAnyOrder(window));
      }
      expect(compared, name).toBeGreaterThan(0);
    }
  });

  test('has the delays of the run itself in it', () => {
    const world = fc.record({
      name: fc.constantFrom(
        'call-while-going-to-background',
        'home-open-home',
        'second-call-while-waking',
        'push-lost',
      ),
      mode: fc.constantFrom(...registrationModeNames),
      server: fc.constantFrom(...(Object.keys(serverProfiles) as (keyof typeof serverProfiles)[])),
      seed: fc.nat(1_000),
    });
    let windows = 0;
    fc.assert(
      fc.property(world, ({ name, mode, server, seed }) => {
        const trace = simulate(scenarioOf(example(name), mode, server), seed);
        const window = windowOfRun(trace);
        expect(window === null).toBe(trace.verdicts.every(({ verdict }) => verdict === 'holds'));
        const bySerial = new Map(trace.records.filter(({ kind }) => kind !== 'start').map((one) => [one.serial, one]));
        for (const { serial, violatingMs } of window?.delays ?? []) {
          const delays = delaysOf(bySerial.get(serial) as TraceRecord, trace.records);
          if (delays.length === 0) continue;
          windows++;
          expect(delays.some((ms) => ms >= violatingMs[0] && ms <= violatingMs[1])).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
    expect(windows).toBeGreaterThan(20);
  });

  test('is there as well where a cut link loses messages on which no luck is drawn', () => {
    const steps = [
      { at: '1s', do: 'open' },
      { at: '9s', do: 'cut', link: 'control' },
      { at: '10s', do: 'home' },
      { at: ['20s', '25s'], do: 'dial', call: 1 },
    ];
    const trace = simulate(scenarioOf({ steps } as never, 'singleDeviceEmulation', 'reject'), 1);
    expect(trace.records.some(({ fate, link }) => fate === 'lose' && link === 'control')).toBe(true);
    expect(windowOfRun(trace)?.property).toBe('noInviteLost');
  });

  test('is none where nothing is violated, and where a fault may make messages wait beyond their windows or not', () => {
    expect(windowOfRun(simulate({ ...gap, server: serverProfiles.hold }, 3))).toBeNull();
    const steps = [
      { at: '1s', do: 'open' },
      { at: '10s', do: 'home' },
      { at: '12s', do: 'open' },
      { at: '13s', do: 'dial', call: 1 },
    ];
    const late = (latency: string | readonly [string, string]) => {
      const faults = [{ do: 'delay', message: 'control.background', latency }];
      const trace = simulate(scenarioOf({ steps, faults } as never, 'singleDeviceEmulation', 'reject'), 1);
      expect(trace.verdicts.find(({ property }) => property === 'noInviteLost')?.verdict).toBe('violated');
      return windowOfRun(trace);
    };
    expect(late('8s')?.property).toBe('noInviteLost');
    expect(late(['100ms', '60s'])).toBeNull();
  });
});
