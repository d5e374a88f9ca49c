import { expect, test } from 'vitest';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { Meter } from '../../src/sim/measure/meter.ts';
import { verdictSentences } from '../../src/sim/report/sentence.ts';
import { Run } from '../../src/sim/run/run.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { dayWorlds } from '../../src/sim/workload/dayWorlds.ts';
import type { OfWorkload } from '../../src/sim/workload/drawnDay.ts';

const document = {
  name: 'day',
  title: 'Day',
  network: 'lte',
  push: 'fcm',
  workload: { like: 'office', calls: { perDay: 14 } },
  steps: [],
} as const;
const worlds = dayWorlds(scenarioIn(document, 'singleDeviceTakeover', everyServerProfile.asterisk) as OfWorkload);

/** The day of a seed: its trace, and what a meter that looked on has counted. */
function dayOf(seed: number) {
  const world = worlds.of(seed);
  const meter = new Meter(world);
  const run = new Run(world, new SeededSchedule(world, seed), { record: true, onlookers: [meter] });
  run.finish();
  return { trace: run.trace(seed), calls: meter.measured().calls };
}

// On days 21 and 23 another call is lost after the first one, whose number a call has then that was not.
const days = Array.from({ length: 24 }, (_, index) => dayOf(index + 1));

test('a day says how many of its calls were lost', () => {
  const said = days.map(({ trace }) => verdictSentences(trace).at(-1));
  expect(said).toEqual(days.map(({ calls: { made, lost } }) => `${lost} of ${made} calls lost.`));
  expect(
    days
      .map(({ calls }) => calls.lost)
      .toSorted()
      .slice(-1),
  ).not.toEqual([0]);
});

test('a lost call of a day is told by itself, whoever else had its number', () => {
  let told = 0;
  const lost = days.reduce((sum, { calls }) => sum + calls.lost, 0);
  for (const { trace } of days) {
    for (const sentence of verdictSentences(trace)) {
      const [, call, date] = /^Call (\d), dialled at (\d+\.\d{3}) s, was lost: /.exec(sentence) ?? [];
      if (call === undefined) continue;
      told++;
      const from = trace.records.findIndex(
        ({ atMs, event }) => atMs === Number(date) * 1_000 && event.type === 'call.dial',
      );
      const seen = trace.records
        .slice(from)
        .flatMap(({ atMs, observations }) =>
          observations.flatMap((one) => ('call' in one && one.call === Number(call) ? [{ atMs, type: one.type }] : [])),
        );
      const own = seen.slice(1, seen.findIndex(({ type }, at) => at > 0 && type === 'call.placed') >>> 0);
      const end = own.find(({ type }) => ['call.abandoned', 'call.failed', 'call.connected'].includes(type));
      expect(own.slice(0, own.indexOf(end as (typeof own)[number])).map(({ type }) => type)).not.toContain(
        'ringing.alerting',
      );
      expect(sentence).toContain(` at ${((end?.atMs ?? 0) / 1_000).toFixed(3)} s`);
    }
  }
  expect([told, told > 3]).toEqual([lost, true]);
});

test('the verdict of a day names the call that was lost first', () => {
  for (const { trace } of days) {
    const lost = trace.verdicts.find(({ property }) => property === 'noInviteLost');
    if (lost?.step == null) continue;
    const ended = trace.records[lost.step]?.observations.flatMap((one) => ('call' in one ? [one.call] : [])) ?? [];
    expect(ended.some((call) => lost.violation?.calls.includes(call))).toBe(true);
  }
});
