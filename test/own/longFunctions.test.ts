import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type * as library from 'ringproof';
import { beforeAll, describe, expect, test } from 'vitest';
import { payment } from '../../examples/own/payment.ts';
import { root } from '../support/commandLine.ts';

/** A worker is a file of JavaScript, so what is tested is what was built. */
let built: typeof library;
beforeAll(async () => {
  built = await import(pathToFileURL(join(root, 'dist/index.js')).href);
});

const module = join(root, 'examples/own/payment.ts');
/** A property that no run violates, so that the search goes on; in a value with functions, and in a file. */
const subjects = [
  ['of a value with functions', () => payment(false)],
  ['of a module, in a worker', () => module],
] as const;
const most = 1_000_000_000;

/** Settings with which it would take days, and is aborted a moment after it has told how far it is. */
function abortedSoon() {
  const controller = new AbortController();
  let isTold = false;
  const onProgress = () => {
    if (!isTold) void setTimeout(300).then(() => controller.abort());
    isTold = true;
  };
  return { signal: controller.signal, onProgress, runs: most };
}

describe.each(subjects)('%s', (_, what) => {
  test('a sweep is aborted in its midst, and what is known says that it is incomplete', async () => {
    const { runs, isComplete, properties } = await built.sweep(what(), abortedSoon());
    expect(isComplete).toBe(false);
    expect(runs).toBeGreaterThan(0);
    expect(properties.find(({ property }) => property === 'chargedOnce')?.violatedRuns).toBeLessThanOrEqual(runs);
  });

  test('a search is aborted in its midst, and says that it is incomplete', async () => {
    const searched = await built.fuzz(what(), { properties: ['endsInTime'], ...abortedSoon() });
    expect(searched).toMatchObject({ found: null, isViolated: false, isComplete: false, idle: [] });
    expect(searched.runs).toBeGreaterThan(0);
  });

  test('they tell how far they are, and end where they are told to', async () => {
    const told: number[] = [];
    const onProgress = ({ runs }: library.RunsProgress) => {
      told.push(runs);
      return told.length < 3;
    };
    expect(await built.sweep(what(), { runs: most, onProgress })).toMatchObject({ isComplete: false });
    expect(told).toEqual(told.toSorted((one, other) => one - other));
    told.length = 0;
    const searched = await built.fuzz(what(), { properties: ['endsInTime'], runs: most, onProgress });
    expect(searched.isComplete).toBe(false);
    expect(searched.runs).toBeGreaterThanOrEqual(told.at(-1) ?? most);
  });

  test('an envelope that is ended is not decided, and what is proved by then is no more than the truth', async () => {
    const whole = await built.envelope(what(), 'endsInTime', 'step.1');
    expect(whole).toMatchObject({ isDecided: true });
    const ended = await built.envelope(what(), 'endsInTime', 'step.1', {
      losses: 5,
      duplicates: 5,
      onProgress: () => false,
    });
    expect(ended).toMatchObject({ isDecided: false, violatingMs: null });
    expect(ended.safeUpToMs ?? 0).toBeLessThanOrEqual(whole.safeUpToMs ?? 0);
  });

  test('they do not begin where they are aborted already, and name a setting that is none', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(built.sweep(what(), { signal })).rejects.toThrow('too late');
    await expect(built.fuzz(what(), { signal })).rejects.toThrow('too late');
    await expect(built.envelope(what(), 'endsInTime', 'step.1', { signal })).rejects.toThrow('too late');
    await expect(built.sweep(what(), { onRun: () => true } as never)).rejects.toThrow(
      /unknown setting onRun; expected one of runs, firstSeed, precision, confidence, workers, signal, onProgress/,
    );
    await expect(built.fuzz(what(), { run: 3 } as never)).rejects.toThrow(/unknown setting run; .*did you mean runs/);
  });
});

test('what comes out does not depend on where the work is done', async () => {
  const [swept, searched] = await Promise.all([
    Promise.all([0, 1, 2].map((workers) => built.sweep(module, { runs: 150, workers }))),
    Promise.all([0, 1, 2].map((workers) => built.fuzz(module, { properties: ['chargedOnce'], workers }))),
  ]);
  for (const one of swept) expect(one).toEqual(swept[0]);
  for (const one of searched) expect(one).toEqual(searched[0]);
  expect(swept[0]).toMatchObject({ runs: 150, isComplete: true });
  expect(searched[0]).toMatchObject({ isViolated: true, isComplete: true });
  expect(searched[0]?.found?.violated).toEqual(['chargedOnce']);
});
