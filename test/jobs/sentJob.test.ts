import { describe, expect, test } from 'vitest';
import { modeNames } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { parseServerProfile } from '../../src/profiles/ownServer.ts';
import { sentServer } from '../../src/profiles/sentServer.ts';
import type { CheckJob } from '../../src/sim/jobs/cell.ts';
import type { FleetJob } from '../../src/sim/jobs/fleetJob.ts';
import { fleetPhones } from '../../src/sim/jobs/fleetJob.ts';
import type { ShardJob } from '../../src/sim/jobs/sentJob.ts';
import { arrivedJob, sentJob } from '../../src/sim/jobs/sentJob.ts';
import { arrivedResult } from '../../src/sim/jobs/sentResult.ts';
import { type OwnRunsJob, type SweepJob, sweepSeeds } from '../../src/sim/jobs/sweepJob.ts';
import { example, exampleNames } from '../support/scenarios.ts';

const bundledScenarios = exampleNames.map(example);
const first = example('call-while-suspended');
const job: CheckJob = {
  document: first,
  mode: 'continuous',
  server: everyServerProfile.multi,
  properties: null,
  budget: { losses: 0, duplicates: 0 },
  maximumBytes: 1e9,
  traces: false,
};

/** A job after its way to another machine. */
const crossed = (one: CheckJob, module: string | null = null) =>
  arrivedJob(JSON.parse(JSON.stringify(sentJob(one))), module);

describe('A job that is sent', () => {
  test('arrives as it was, whatever its scenario, mode and server', () => {
    for (const document of bundledScenarios)
      expect(JSON.stringify(crossed({ ...job, document }))).toBe(JSON.stringify({ ...job, document }));
    for (const mode of modeNames) expect(crossed({ ...job, mode })).toEqual({ ...job, mode });
    for (const server of Object.values(everyServerProfile))
      expect(crossed({ ...job, server })).toEqual({ ...job, server });
    // A bundled server goes by its name, another one axis by axis.
    for (const bundled of Object.values(everyServerProfile)) {
      const server = { ...bundled, name: 'mine', title: 'Mine' };
      expect(JSON.stringify(crossed({ ...job, server }))).toBe(JSON.stringify({ ...job, server }));
    }
    const own = parseServerProfile(
      'name: own\nextends: reject\nminimumExpires: { lifetime: 90s, answer: raise }\n',
      'own.yaml',
    );
    expect(crossed({ ...job, server: own })).toEqual({ ...job, server: own });
  });

  test('names no file: its module is the one that the worker has', () => {
    const sent = sentJob({ ...job, module: '/home/somebody/mine.ts', own: ['mine'] });
    expect(JSON.stringify(sent)).not.toContain('somebody');
    expect(arrivedJob(sent, '/srv/mine.ts')).toMatchObject({ module: '/srv/mine.ts', own: ['mine'] });
  });

  test('with a server that no file can describe is refused before', () => {
    const server = { ...everyServerProfile.multi, title: 'Odd', capacity: Number.NaN };
    expect(() => sentJob({ ...job, server })).toThrow(/found a server that no file can describe/);
  });
});

const runs: SweepJob = {
  document: first,
  modes: ['standard', 'continuous'],
  server: everyServerProfile.multi,
  sweep: { estimator: 'drawn', firstSeed: 7, runs: 4, whole: 2, taking: [1] },
  maximumBytes: 1,
};
const phones: FleetJob = {
  document: { name: 'day', title: 'Day', workload: { calls: { perDay: 2 } }, steps: [] },
  mode: 'standard',
  server: everyServerProfile.multi,
  fleet: {
    firstSeed: 1,
    phones: 2,
    weight: 5,
    limits: { server: { perSecond: 9, room: 9 }, pushesPerMinute: 8 },
    down: [1, 2],
  },
  maximumBytes: 1,
};
const own: OwnRunsJob = {
  module: '/home/somebody/mine.ts',
  file: 'mine.ts',
  mode: null,
  server: null,
  fingerprint: 'f',
  firstSeed: 1,
  ownRuns: 5,
  maximumBytes: 1,
};
/** On its way to another machine and back. */
const there = <Thing>(thing: Thing): Thing => JSON.parse(JSON.stringify(thing));

describe('Jobs that make runs', () => {
  test('arrive as they were, and so does what they come to', () => {
    for (const one of [runs, phones]) expect(arrivedJob(there(sentJob(one)), null)).toEqual(one);
    expect(arrivedJob(there(sentJob(own)), '/srv/mine.ts')).toEqual({ ...own, module: '/srv/mine.ts' });
    expect(JSON.stringify(sentJob(own))).not.toContain('somebody');
    const swept = sweepSeeds(runs, () => true);
    expect(arrivedResult(runs, there(swept))).toEqual({ result: swept });
    const dates = { ...runs, sweep: { ...runs.sweep, estimator: 'dates' as const } };
    expect(arrivedResult(dates, there(sweepSeeds(dates, () => true)))).toHaveProperty('result');
    const day = fleetPhones(phones, () => true);
    expect(arrivedResult(phones, there(day))).toEqual({ result: day });
  });

  test.each([
    ['no estimator', { ...sentJob(runs), sweep: { ...runs.sweep, estimator: 'guess' } }],
    ['seeds that are none', { ...sentJob(runs), sweep: { ...runs.sweep, runs: -1 } }],
    ['no modes', { ...sentJob(runs), modes: [] }],
    ['a mode that there is not', { ...sentJob(runs), modes: ['constructor'] }],
    ['a fleet without a workload', { ...sentJob(phones), document: first }],
    ['a fleet without a server', { ...sentJob(phones), server: null }],
    ['a module that is not there', sentJob(own)],
    ['a file to be run', { ...sentJob(own), module: '/etc/passwd' }],
  ])('with %s are refused', (_, given) => expect(arrivedJob(given, null)).toBeTypeOf('string'));

  test('take no result with fewer runs, of fewer modes, or with what is no count', () => {
    const swept = sweepSeeds(runs, () => true);
    const [tally] = swept.tallies;
    const wrong: [ShardJob, unknown][] = [
      [runs, { ...swept, runs: 3 }],
      [runs, { ...swept, joint: { ...swept.joint, lost: swept.joint.lost.slice(1) } }],
      [
        runs,
        {
          ...swept,
          joint: { ...swept.joint, differences: [{ ...swept.joint.differences[0], less: -1 }] },
        },
      ],
      [runs, { ...swept, losingSeeds: ['1', null] }],
      [own, { ...tally, runs: 4 }],
      [phones, { ...fleetPhones(phones, () => true), figures: {} }],
    ];
    for (const [one, result] of wrong) expect(arrivedResult(one, result)).toBeTypeOf('string');
  });
});

describe('What is none is refused as it arrives', () => {
  const sent = sentJob(job) as unknown as Record<string, unknown>;
  const other = sentServer({ ...everyServerProfile.reject, name: 'mine' }) as { values: object; written: object };
  const steps = first.steps.map((step, at) => (at === 0 ? { ...step, do: 'rm -rf' } : step));
  test.each([
    ['nothing', null],
    ['a text', 'check'],
    ['another kind', { ...sent, kind: 'eval' }],
    ['a key that it does not have', { ...sent, module: '/etc/passwd' }],
    ['a step that there is not', { ...sent, document: { ...first, steps } }],
    ['a contradiction', { ...sent, document: { ...first, steps: [{ at: '5s', do: 'hangUp', call: 2 }] } }],
    ['a mode that there is not', { ...sent, mode: 'constructor' }],
    ['a server that there is not', { ...sent, server: 'constructor' }],
    ['a server with one axis too many', { ...sent, server: { ...other, written: { ...other.written, run: 'x' } } }],
    ['a server without its axes', { ...sent, server: { values: {}, written: { name: 'x', title: 'x', source: 'x' } } }],
    [
      'a server whose values are not those that it says',
      { ...sent, server: { ...other, values: { ...other.values, capacity: 3 } } },
    ],
    ['endless losses', { ...sent, budget: { losses: 1e9, duplicates: 0 } }],
    ['no memory', { ...sent, maximumBytes: null }],
    [
      'a system without a module',
      { kind: 'system', system: 'x', every: [], budget: sent.budget, maximumBytes: 1, properties: null, traces: true },
    ],
  ])('%s', (_, given) => expect(arrivedJob(given, null)).toBeTypeOf('string'));

  test('a result of another job, or of none', () => {
    const judged = {
      property: 'ringsOnce',
      verdict: 'holds',
      witnessed: true,
      scope: '',
      counterexample: null,
      earliestMs: null,
    };
    const cell = { scenario: first.name, mode: job.mode, profile: 'multi', ...judged };
    expect(arrivedResult(job, [cell])).toEqual({ result: [cell] });
    for (const other of [
      null,
      {},
      [{ ...cell, verdict: 'fine' }],
      [{ ...cell, scenario: 'other' }],
      [{ ...cell, profile: 'reject' }],
    ])
      expect(arrivedResult(job, other)).toBeTypeOf('string');
  });
});
