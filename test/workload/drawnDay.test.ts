import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MachineEvent } from '../../src/machines/events.ts';
import type { PartyName } from '../../src/machines/messages.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { replay } from '../../src/sim/run/replay.ts';
import { Run } from '../../src/sim/run/run.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioStep } from '../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { withSteps } from '../../src/sim/sipWorld/definition.ts';
import { dayWorlds } from '../../src/sim/workload/dayWorlds.ts';
import { drawnDay, hasWorkload, midnightMs, type OfWorkload } from '../../src/sim/workload/drawnDay.ts';
import { decay, poisson } from '../../src/sim/workload/poisson.ts';

const hourMs = 3_600_000;

function ofWorkload(workload: ScenarioDocument['workload'], mode: ScenarioDocument['mode'] = 'standard'): OfWorkload {
  const document = { name: 'day', title: 'Day', network: 'lte', push: 'apns', workload, steps: [] } as const;
  const scenario = scenarioIn(document, mode, everyServerProfile.kamailio);
  if (!hasWorkload(scenario)) throw new Error('no workload');
  return scenario;
}

/** The dates of the steps of a kind, in milliseconds from midnight. */
function datesOf(day: OfWorkload, seed: number, type: string): number[] {
  let atMs = 0;
  return drawnDay(day, seed).steps.flatMap(({ afterMs, action }) => {
    atMs += afterMs[0];
    return 'party' in action && action.event.type === type ? [atMs - midnightMs] : [];
  });
}

test('a seed draws the same day in every mode, and another seed another one', () => {
  const [one, other] = [ofWorkload('office'), ofWorkload('office', 'singleDeviceTakeover')];
  expect(drawnDay(one, 7).steps).toEqual(drawnDay(other, 7).steps);
  expect(drawnDay(one, 7).steps).not.toEqual(drawnDay(one, 8).steps);
});

test('so many calls are made as the workload says, in the hours in which it says so', () => {
  const byHour = Array.from({ length: 24 }, (_, hour) => (hour === 9 ? 1 : hour === 15 ? 3 : 0));
  const day = ofWorkload({ calls: { perDay: 4, byHour } });
  const days = 1_000;
  const dates = Array.from({ length: days }, (_, seed) => datesOf(day, seed, 'call.dial')).flat();
  const inHour = (hour: number) => dates.filter((ms) => Math.floor(ms / hourMs) === hour).length;
  // Four standard deviations of so many calls on either side; calls that wait for a slot may come an hour later.
  expect(Math.abs(dates.length - 4 * days)).toBeLessThan(4 * Math.sqrt(4 * days));
  expect(Math.abs(inHour(9) - days)).toBeLessThan(4 * Math.sqrt(days));
  expect(inHour(9) + inHour(15) + inHour(16)).toBe(dates.length);
});

test('a look at the app ends before the next one begins, and nobody kills an app that is in use', () => {
  const day = ofWorkload({ like: 'courier', opens: { perDay: 60 }, kills: { perDay: 60 } });
  for (let seed = 1; seed <= 20; seed++) {
    const steps = drawnDay(day, seed).steps.flatMap(({ action }) => ('party' in action ? [action.event.type] : []));
    const uses = steps.filter((type) => ['user.open', 'user.home', 'app.kill'].includes(type));
    expect(uses.filter((type, index) => type === 'user.home' && uses[index - 1] !== 'user.open')).toEqual([]);
    expect(uses.filter((type, index) => type !== 'user.home' && uses[index - 1] === 'user.open')).toEqual([]);
    expect(uses).toContain('app.kill');
  }
});

describe('one call after another in a slot', () => {
  const busy = ofWorkload({ calls: { perDay: 12 }, talk: ['10s', '2min'] }, 'continuous');
  const worlds = dayWorlds(busy);
  const worldOf = (seed: number) => {
    const world = worlds.of(seed);
    return { world, run: new Run(world, new SeededSchedule(world, seed), { record: true }) };
  };

  test('rings, is answered and ends like the first one', () => {
    const { world, run } = worldOf(3);
    run.finish();
    const { records } = run.traceBody(3);
    const seen = records.flatMap(({ observations }) => observations.map(({ type }) => type));
    const count = (type: string) => seen.filter((one) => one === type).length;
    const dialled = world.scenario.steps.filter(
      ({ action }) => 'party' in action && action.event.type === 'call.dial',
    ).length;
    expect(dialled).toBeGreaterThan(5);
    const each = ['call.placed', 'ringing.alerting', 'ringing.answered', 'call.connected', 'call.ended'];
    expect(each.map(count)).toEqual(each.map(() => dialled));
    const violated = run.verdicts().filter(({ verdict }) => verdict === 'violated');
    expect(violated.map(({ property }) => property)).toEqual([]);
  });

  const step = (afterMs: number, party: PartyName, event: MachineEvent): ScenarioStep => ({
    from: 'previous',
    afterMs: [afterMs, afterMs],
    action: { party, event } as ScenarioStep['action'],
  });
  const parties = ['caller', 'sipServer', 'pushServer', 'app'] as const;

  test('whose slot is freed is over, and not the one in the other slot', () => {
    const steps = [
      step(1_000, 'app', { type: 'user.open' }),
      step(10_000, 'app', { type: 'user.home' }),
      step(100_000, 'caller', { type: 'call.dial', call: 1 }),
      step(300, 'caller', { type: 'call.cleared', call: 2 }),
      ...parties.map((party) => step(0, party, { type: 'call.cleared', call: 2 })),
    ];
    const world = withSteps(worlds.common, { ...worlds.common.scenario, steps, untilMs: 600_000 });
    const seen = simulate(world, 1).records.flatMap(({ observations }) => observations.map(({ type }) => type));
    expect(seen.filter((type) => type === 'ringing.answered' || type === 'call.ended')).toEqual([
      'ringing.answered',
      'call.ended',
    ]);
  });

  test('is not taken for the one before, whose INVITE still waits at a suspended app', () => {
    const document = { name: 'day', title: 'Day', push: 'fcm', workload: 'office', steps: [] } as const;
    const day = scenarioIn(document, 'singleDeviceTakeover', everyServerProfile.asterisk) as OfWorkload;
    const steps = [
      step(1_000, 'app', { type: 'user.open' }),
      step(10_000, 'app', { type: 'user.home' }),
      step(60_000, 'caller', { type: 'call.dial', call: 1 }),
      step(600_000, 'caller', { type: 'call.cleared', call: 1 }),
      ...parties.slice(1).map((party) => step(0, party, { type: 'call.cleared', call: 1 })),
      step(0, 'caller', { type: 'call.dial', call: 1 }),
    ];
    const { common } = dayWorlds(day);
    const { records } = simulate(withSteps(common, { ...common.scenario, steps, untilMs: 900_000 }), 1);
    expect(records.map(({ undelivered }) => undelivered)).toContain('waits');
    const [first, second] = records.flatMap(({ step: at, event }) => (event.type === 'call.dial' ? at : []));
    const seenFrom = (from = 0, to?: number) =>
      records.slice(from, to).flatMap(({ observations }) => observations.map(({ type }) => type));
    expect(seenFrom(first, second)).toContain('call.abandoned');
    expect(seenFrom(second)).toContain('ringing.answered');
    expect(seenFrom(second)).not.toContain('call.failed');
  });

  test('and the day is run again from its trace alone', () => {
    const trace = simulate(drawnDay(busy, 3), 3);
    expect(replay(JSON.parse(JSON.stringify(trace)), 'day.json').digest).toBe(trace.digest);
    const { run } = worldOf(3);
    run.finish();
    expect(run.trace(3).digest).toBe(trace.digest);
  });
});

test('a lost call does not hide behind the next one in its slot', () => {
  // Without notifications the first call of a killed app is lost, whatever comes later.
  const usual = { name: 'day', title: 'Day', steps: [], workload: 'office' } as const;
  const document = { ...usual, notifications: 'unavailable' } as const;
  const scenario = scenarioIn(document, 'standard', everyServerProfile.kamailio) as OfWorkload;
  const lost = simulate(drawnDay(scenario, 1), 1).verdicts.find(({ property }) => property === 'noInviteLost');
  expect(lost?.verdict).toBe('violated');
});

describe('the number of events', () => {
  test('is drawn without functions that differ from one machine to another', () => {
    for (const x of [0, 1e-6, 0.3, 1, 7.5, 60, 500]) expect(decay(x) / Math.exp(-x)).toBeCloseTo(1, 5);
    expect(readFileSync(new URL('../../src/sim/workload/poisson.ts', import.meta.url), 'utf8')).not.toMatch(/Math\./);
  });

  test('has the chances of Poisson, and comes to an end for every number', () => {
    expect([0.36, 0.37, 0.73, 0.74, 0.92].map((luck) => poisson(1, luck))).toEqual([0, 1, 1, 2, 3]);
    expect(poisson(0, 0.999_999)).toBe(0);
    const most = poisson(500, 1 - 2 ** -32);
    expect(most).toBeGreaterThan(550);
    expect(most).toBeLessThan(1_000);
  });
});
