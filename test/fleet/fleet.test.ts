import { describe, expect, test } from 'vitest';
import { fleetPieces } from '../../src/cli/fleetJobs.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { aftermathOf, refusedBefore } from '../../src/sim/fleet/aftermath.ts';
import { DueHeap } from '../../src/sim/fleet/dueHeap.ts';
import { type FleetDay, type FleetPlan, fleetDay } from '../../src/sim/fleet/fleetDay.ts';
import { figuresTogether } from '../../src/sim/fleet/fleetFigures.ts';
import { fleetSummary, isCoupled, isDoubtful, isOverloaded } from '../../src/sim/fleet/fleetSummary.ts';
import { Quota } from '../../src/sim/fleet/quota.ts';
import { SharedQueue } from '../../src/sim/fleet/sharedQueue.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { drawnDay, hasWorkload } from '../../src/sim/workload/drawnDay.ts';

function ofDay(more: Partial<ScenarioDocument> = {}) {
  const document: ScenarioDocument = { name: 'day', title: 'Day', workload: 'home', steps: [], ...more };
  const scenario = scenarioIn(document, 'standard', everyServerProfile.kamailio);
  if (!hasWorkload(scenario)) throw new Error('no workload');
  return scenario;
}

const unlimited = { server: null, pushesPerMinute: null };
const scenario = ofDay();

function dayOf(plan: Partial<FleetPlan>): FleetDay {
  const steps = fleetDay({ scenario, firstSeed: 1, phones: 8, weight: 1, limits: unlimited, down: null, ...plan });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

test('a queue lets requests wait for those before them, and refuses those for which there is no room', () => {
  const queue = new SharedQueue({ perSecond: 10, room: 3 }, 1);
  expect([0, 0, 0, 0].map((ms) => queue.arrive(ms))).toEqual([0, 100, 200, null]);
  // In 150 ms one and a half are served.
  expect(queue.arrive(150)).toBe(150);
  queue.empty(160);
  expect(queue.arrive(160)).toBe(0);
  expect(new SharedQueue({ perSecond: 10, room: 3 }, 50).arrive(0)).toBe(0);
});

test('a quota is whole again with the next minute, which begins where the first push came, and not before', () => {
  const quota = new Quota(2, 1);
  const takes = (...dates: readonly number[]) => dates.map((ms) => quota.takes(ms));
  expect(takes(7_000, 7_000, 7_000, 36_999, 66_999)).toEqual([true, true, false, false, false]);
  // What was not used is lost, and two minutes that meet take four pushes.
  expect(takes(67_000, 126_999, 126_999, 127_000, 127_000, 127_001)).toEqual([true, true, false, true, true, false]);
  expect(takes(606_999, 607_000, 607_000, 666_999)).toEqual([true, true, true, false]);
});

test('what is due first comes first, whatever becomes due again', () => {
  const all = Array.from({ length: 50 }, (_, index) => ({ dueMs: (index * 37) % 50 }));
  const heap = new DueHeap(all);
  const seen: number[] = [];
  for (let count = 0; count < 500; count++) {
    const first = all[heap.first] as { dueMs: number };
    expect(first.dueMs).toBe(Math.min(...all.map(({ dueMs }) => dueMs)));
    seen.push(first.dueMs);
    first.dueMs += (count * 13) % 7;
    heap.settle();
  }
  expect(seen).toEqual([...seen].sort((one, other) => one - other));
});

describe('phones that share nothing', () => {
  test('come to the same in pieces as together, and beside a server that is never busy', () => {
    const together = dayOf({}).figures;
    const [one, other] = [dayOf({ phones: 3 }), dayOf({ firstSeed: 4, phones: 5 })];
    expect(figuresTogether(other.figures, one.figures)).toEqual(together);
    const limits = { server: { perSecond: 1e9, room: 1e9 }, pushesPerMinute: 1e9 };
    expect(dayOf({ limits }).figures).toEqual(together);
  });

  test('lose the calls that the runs of their seeds lose', () => {
    const deaf = ofDay({ notifications: 'unavailable' });
    const day = dayOf({ scenario: deaf, phones: 12 });
    const { figures } = day;
    const lostIn = (seed: number) =>
      simulate(drawnDay(deaf, seed), seed).verdicts.some(
        ({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated',
      );
    const losing = Array.from({ length: 12 }, (_, index) => lostIn(index + 1)).filter(Boolean).length;
    expect(losing).toBeGreaterThan(0);
    expect(figures.losing).toBe(losing);
    const { callsLost, lostShare } = fleetSummary([day], 12_000);
    expect(callsLost.value).toBe(figures.calls.lost * 1_000);
    expect(lostShare.value).toBeCloseTo(figures.calls.lost / figures.calls.made, 12);
    expect(callsLost.interval[0]).toBeLessThanOrEqual(callsLost.value);
    expect(callsLost.interval[1]).toBeGreaterThan(callsLost.value);
  });
});

describe('a server that is shared', () => {
  const atNoon: ScenarioDocument['steps'] = [{ at: '12h', do: 'crashPushServer' }];
  const storm = ofDay({ steps: atNoon });
  const noonMs = 12 * 3_600_000;
  const server = (perSecond: number) => ({ limits: { server: { perSecond, room: perSecond }, pushesPerMinute: null } });

  test('refuses the storm after a restart, which is over some Retry-After later', () => {
    const { figures, shared } = dayOf({ scenario: storm, phones: 100, ...server(5) });
    const { worstUnreachable, reachableAfterMs, overAfterMs } = aftermathOf(figures, 100, noonMs, shared.refused);
    expect(worstUnreachable).toBeGreaterThan(80);
    // The push server is up again after 20 s, but bindings that it may not refresh expire.
    expect(reachableAfterMs).toBeGreaterThan(60_000);
    expect(overAfterMs).toBeGreaterThanOrEqual(reachableAfterMs ?? 0);
    expect(overAfterMs).toBeLessThan(1_800_000);
    expect(isOverloaded(figures, 100, { perSecond: 5, room: 5 })).toBe(false);
    const idle = dayOf({ scenario: storm, phones: 100, ...server(1_000) });
    const calm = aftermathOf(idle.figures, 100, noonMs, idle.shared.refused);
    expect([calm.reachableAfterMs, calm.overAfterMs]).toEqual([20_000, 20_000]);
  });

  test('tells when most can be reached again from when the last one can', () => {
    const { figures } = dayOf({ phones: 2 });
    const at = (by: Readonly<Record<number, number>>, length: number) =>
      Array.from({ length }, (_, index) => by[index] ?? 0);
    const told = (
      changes: Readonly<Record<number, number>>,
      refusedInMinute: Readonly<Record<number, number>> = {},
    ) => {
      const unreachable = { stepMs: 1_000, counts: at(changes, 86_400) };
      const refused = { stepMs: 60_000, counts: at(refusedInMinute, 1_440) };
      const result = aftermathOf({ ...figures, unreachable }, 2, 1_020_000, refused);
      return [result.worstUnreachable, result.mostReachableAfterMs, result.reachableAfterMs, result.overAfterMs];
    };
    // Three were unreachable before it.
    expect(told({ 7: 3, 1020: 200, 1030: -190, 1040: -8, 1050: 5, 1060: -6, 1500: -1 })).toEqual([
      200, 40_000, 480_000, 480_000,
    ]);
    expect(told({ 1020: 200, 1030: -199 })).toEqual([200, 10_000, null, null]);
    expect(told({ 1020: 200, 1030: -100 })).toEqual([200, null, null, null]);
    // What comes later is none of its making.
    expect(told({ 1020: 200, 1030: -200, 5000: 300, 5009: -300 })).toEqual([200, 10_000, 10_000, 10_000]);
    expect(told({ 7: 3, 5000: 300 })).toEqual([0, 0, 0, 0]);
    // Unless a storm does.
    const storm = { 17: 9, 18: 9, 19: 9 };
    const again = { 1020: 200, 1030: -200, 1100: 70, 1160: -69, 1190: -1 };
    expect(told(again, storm)).toEqual([200, 140_000, 170_000, 180_000]);
    expect(told({ ...again, 1190: 0, 1300: -1 }, storm)).toEqual([200, 140_000, 280_000, 280_000]);
    // What registered in it refreshes together. An hour later it is something else.
    expect(told(again, { 17: 9, 70: 9, 129: 5 })[3]).toBe(113 * 60_000);
    expect(told(again, { 17: 9, 78: 9 })[3]).toBe(60_000);
    // Of the night after a day nothing is known.
    expect(told({}, { 17: 9, 60: 1, 118: 1, 1400: 1 })[3]).toBe(102 * 60_000);
    expect(
      aftermathOf(figures, 2, 84_000_000, { stepMs: 60_000, counts: at({ 1400: 9 }, 1_440) }).overAfterMs,
    ).toBeNull();
  });

  test('makes phones lose their calls together: days tell how far a day can be trusted, phones do not', () => {
    const office = ofDay({ workload: 'office', steps: atNoon });
    const days = [1, 1_001, 2_001].map((firstSeed) => dayOf({ scenario: office, firstSeed, phones: 60, ...server(2) }));
    const [first] = days;
    if (first === undefined) throw new Error('no day');
    expect(days.map(isCoupled)).toEqual([true, true, true]);
    const lost = days.map(({ figures }) => figures.calls.lost);
    const [one, other, third] = lost as [number, number, number];
    const mean = (one + other + third) / 3;
    const { callsLost, callsMade } = fleetSummary(days, 60);
    expect(callsLost.value).toBeCloseTo(mean, 9);
    // Student's with two degrees of freedom: 4.3027 times the standard error.
    const reach = 4.3027 * Math.sqrt(lost.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 2 / 3);
    expect(reach).toBeGreaterThan(0);
    expect(callsLost.interval[0]).toBeCloseTo(Math.max(0, mean - reach), 3);
    expect(callsLost.interval[1]).toBeCloseTo(Math.min(callsMade, mean + reach), 3);
    // The peak is that of a day: their mean has none as high.
    const { busiestMinute } = fleetSummary(days, 60).perSecond.register;
    const peaks = days.map(({ figures }) => Math.max(...figures.load.register.counts) / 60);
    expect(busiestMinute.perSecond).toBe(Math.max(...peaks));
    // Days that are alike by chance do not make phones alike.
    const alike = fleetSummary([first, first, first], 60).callsLost.interval;
    expect(alike[1] - alike[0]).toBeGreaterThan(1);
    // One day says nothing of others.
    expect(fleetSummary([first], 60).callsLost.interval).toEqual([0, first.figures.calls.made]);
    const idle = dayOf({ scenario: office, phones: 60, ...server(1_000) });
    expect(isCoupled(idle)).toBe(false);
    expect(fleetSummary([idle], 60).callsLost.interval[1]).toBeLessThan(idle.figures.calls.made);
  });

  test('refused some before the restart where it was too slow for the morning already', () => {
    const { shared } = dayOf({ scenario: storm, phones: 40, weight: 10, ...server(1) });
    const all = refusedBefore(shared, null);
    // Both count from midnight, though the app is opened once in the hour before.
    expect(all * 10).toBe(shared.server?.refused);
    expect(refusedBefore(shared, noonMs)).toBeGreaterThan(0);
    expect(refusedBefore(shared, noonMs)).toBeLessThan(all);
    expect(refusedBefore(dayOf({ scenario: storm, phones: 100, ...server(5) }).shared, noonMs)).toBe(0);
  });

  test('never catches up where it is slower than the refreshes', () => {
    const { figures, shared } = dayOf({ phones: 40, weight: 10, ...server(1) });
    expect(isOverloaded(figures, 400, { perSecond: 1, room: 1 })).toBe(true);
    expect(shared.server?.refused).toBeGreaterThan(shared.server?.served ?? 0);
  });

  test('decides nothing where phones that stand for several users are refused, and nothing has happened yet', () => {
    const { shared } = dayOf({ phones: 40, weight: 10, ...server(1) });
    expect([isDoubtful(shared, 10, null), isDoubtful(shared, 10, noonMs)]).toEqual([true, true]);
    // All users come when they come.
    expect(isDoubtful(shared, 1, null)).toBe(false);
    // What comes after a restart is what is asked for.
    const stormy = dayOf({ scenario: storm, phones: 120, weight: 2, ...server(12) }).shared;
    expect([isDoubtful(stormy, 2, noonMs), isDoubtful(stormy, 2, null)]).toEqual([false, true]);
    expect(isDoubtful(dayOf({ phones: 40, weight: 10, ...server(1_000) }).shared, 10, null)).toBe(false);
  });

  test('is asked of a part of the phones, each for several, about what it is asked of all of them', () => {
    const all = dayOf({ scenario: storm, phones: 240, ...server(12) });
    const part = dayOf({ scenario: storm, phones: 120, weight: 2, ...server(12) });
    const ratio = (of: (day: FleetDay, weight: number) => number) => of(part, 2) / of(all, 1);
    const registers = ratio(
      (day, weight) => day.figures.load.register.counts.reduce((sum, one) => sum + one, 0) * weight,
    );
    const over = ratio(({ figures, shared }) => aftermathOf(figures, 240, noonMs, shared.refused).overAfterMs ?? 0);
    expect(registers).toBeGreaterThan(0.85);
    expect(registers).toBeLessThan(1.15);
    expect(over).toBeGreaterThan(0.6);
    expect(over).toBeLessThan(1.6);
  });
});

test('pushes beyond the quota are lost, and their calls with them', () => {
  const free = dayOf({ phones: 30 });
  const { figures, shared } = dayOf({ phones: 30, weight: 1, limits: { server: null, pushesPerMinute: 1e-4 } });
  expect(shared.pushesRefused).toBeGreaterThan(0);
  expect(figures.calls.lost).toBeGreaterThan(free.figures.calls.lost);
});

test('a job of phones side by side says what memory they take, and more than a thread has is refused', () => {
  const document: ScenarioDocument = { name: 'day', title: 'Day', workload: 'home', steps: [] };
  const bytesOf = (workload: 'home' | 'courier', phones: number, perSecond: number | null) => {
    const limits = { server: perSecond && { perSecond, room: perSecond }, pushesPerMinute: null };
    const fleet = { firstSeed: 1, phones, weight: 1, limits: limits as FleetPlan['limits'], down: null };
    const place = {
      document: { ...document, workload },
      mode: 'standard',
      server: everyServerProfile.kamailio,
    } as const;
    return fleetPieces({ ...place, fleet })[0]?.maximumBytes ?? 0;
  };
  expect(bytesOf('courier', 10_000, 1e6)).toBeGreaterThan(2 * bytesOf('home', 10_000, 1e6));
  expect(bytesOf('home', 1e6, null)).toBe(bytesOf('home', 250, null));
  expect(() => bytesOf('courier', 1e6, 1e6)).toThrow(/found 1000000 phones side by side, .* GB; expected at most \d+/);
});
