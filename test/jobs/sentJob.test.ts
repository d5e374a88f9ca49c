import { describe, expect, test } from 'vitest';
import { modeNames } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { parseServerProfile } from '../../src/profiles/ownServer.ts';
import { sentServer } from '../../src/profiles/sentServer.ts';
import type { CheckJob } from '../../src/sim/jobs/cell.ts';
import { arrivedJob, sentJob } from '../../src/sim/jobs/sentJob.ts';
import { arrivedResult } from '../../src/sim/jobs/sentResult.ts';
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
