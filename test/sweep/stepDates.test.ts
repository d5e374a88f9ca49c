import { describe, expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { PerCall } from '../../src/sim/properties/perCall.ts';
import { type Onlooker, Run } from '../../src/sim/run/run.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { callsTable } from '../../src/sim/sweep/course.ts';
import { type CallDates, callDatesOf, commonDates, costOf, StepDates } from '../../src/sim/sweep/stepDates.ts';
import type { WorldDefinition } from '../../src/sim/world/definition.ts';
import type { Pending } from '../../src/sim/world/pending.ts';
import { gapScenario } from '../support/gap.ts';

const worldOf = (document: Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>, mode: ModeName) =>
  defineWorld(scenarioIn({ name: 'test', title: 'Test', ...document }, mode, everyServerProfile.reject));

/** What the call comes to where the step happens that long after it was armed: a run of its own, from the start. */
function outcomeAt(world: WorldDefinition, { step, call }: CallDates, seed: number, afterMs: number): string {
  const seeded = new SeededSchedule(world, seed);
  const schedule = Object.create(seeded, {
    nowMs: { get: () => seeded.nowMs, set: (ms: number) => Object.assign(seeded, { nowMs: ms }) },
    schedule: {
      value: (pending: Pending) => {
        seeded.schedule(pending);
        if (pending.kind === 'step' && pending.index === step) pending.dueMs = seeded.nowMs + afterMs;
      },
    },
    next: { value: (pending: readonly Pending[]) => seeded.next(pending) },
    happened: { value: (pending: Pending) => seeded.happened(pending) },
  });
  const table = callsTable(world);
  let state = table.initial;
  const onlooker: Onlooker = {
    begins: () => {},
    happened: ({ reaction }) => {
      for (const sighting of reaction?.sightings ?? []) state = table.next(state, sighting);
    },
    ended: () => {},
  };
  new Run(world, schedule, { record: false, properties: [], onlookers: [onlooker] }).finish();
  return (table.valueOf(state) as PerCall<string>)[call];
}

/** Every date by itself. */
function oneByOne(world: WorldDefinition, of: CallDates, seed: number) {
  const { afterMs } = world.steps[of.step] as WorldDefinition['steps'][number];
  const [earliestMs, latestMs] = afterMs;
  const outcomes = Array.from({ length: latestMs - earliestMs + 1 }, (_, index) =>
    outcomeAt(world, of, seed, earliestMs + index),
  );
  return {
    dates: outcomes.length,
    lost: outcomes.filter((one) => one === 'lost').length,
    undecided: outcomes.filter((one) => one !== 'lost' && one !== 'alerted').length,
  };
}

const lossy = { latency: ['20ms', '80ms'], loss: 0.2, duplicate: 0.1 } as const;
const [open, home] = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
] as const;

/** Short windows about the hand-over: unordered links, ordered ones, lost datagrams, steps that follow the call, a run that is cut off. */
const courses: readonly (readonly [string, Partial<ScenarioDocument> & Pick<ScenarioDocument, 'steps'>])[] = [
  ['a hand-over', { steps: [open, home, { at: ['10.05s', '10.3s'], do: 'dial', call: 1 }] }],
  [
    'a hand-over over connections',
    {
      links: { appSip: { transport: 'tcp' }, pushServerSip: { transport: 'tcp' }, callerSip: { transport: 'tcp' } },
      steps: [open, home, { at: ['10s', '10.25s'], do: 'dial', call: 1 }],
    },
  ],
  [
    'a hand-over in which datagrams are lost and doubled',
    {
      links: { appSip: lossy, pushServerSip: lossy, callerSip: lossy },
      steps: [open, home, { at: ['10.1s', '10.3s'], do: 'dial', call: 1 }],
    },
  ],
  [
    'a caller who hangs up, at a date of his own',
    { steps: [open, home, { at: '10.2s', do: 'dial', call: 1 }, { after: ['1.2s', '1.5s'], do: 'hangUp', call: 1 }] },
  ],
  [
    'two calls, the second some time after the first',
    {
      steps: [
        open,
        home,
        { at: ['10s', '10.2s'], do: 'dial', call: 1 },
        { after: ['0s', '150ms'], do: 'dial', call: 2 },
      ],
    },
  ],
  ['a run that is cut off', { until: '10.3s', steps: [open, home, { at: ['10.1s', '10.35s'], do: 'dial', call: 1 }] }],
];

describe.each(courses)('%s', (_, document) => {
  test.each(['standard', 'singleDeviceEmulation'] as const)(
    '%s: all dates at once are every date by itself',
    (mode) => {
      const world = worldOf(document, mode);
      for (const of of callDatesOf(world) ?? [])
        for (const seed of [1, 2, 3])
          expect(new StepDates(world, of).of(seed), `seed ${seed}`).toEqual(oneByOne(world, of, seed));
    },
  );
});

test('the dates that are taken are those of the dial, or else of the last step that has some', () => {
  const of = (steps: ScenarioDocument['steps']) => callDatesOf(worldOf({ steps }, 'standard'));
  expect(of([open, home, { at: ['20s', '21s'], do: 'dial', call: 1 }])).toEqual([{ call: 1, step: 2, dates: 1_001 }]);
  expect(of([open, { at: ['10s', '11s'], do: 'home' }, { at: '20s', do: 'dial', call: 1 }])).toEqual([
    { call: 1, step: 1, dates: 1_001 },
  ]);
  expect(of([open, home, { at: '20s', do: 'dial', call: 1 }])).toBeNull();
});

test('calls with windows of different length have the same weight', () => {
  const world = worldOf(
    {
      steps: [open, { at: ['10s', '10.005s'], do: 'dial', call: 1 }, { at: ['20s', '20.003s'], do: 'dial', call: 2 }],
    },
    'standard',
  );
  // Six dates and four.
  expect(commonDates(world)).toBe(12);
});

test('a long window takes few runs, and shows more dates than runs', () => {
  const world = worldOf(gapScenario(60_000), 'singleDeviceEmulation');
  const dates = new StepDates(world, (callDatesOf(world) as CallDates[])[0] as CallDates);
  const { lost } = dates.of(1);
  expect(lost).toBeGreaterThan(90);
  expect(lost).toBeLessThan(290);
  expect(costOf(dates.effort)).toBeGreaterThan(1);
  expect(costOf(dates.effort)).toBeLessThan(1_000);
});
