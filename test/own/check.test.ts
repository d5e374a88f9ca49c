import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type * as library from 'ringproof';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payment } from '../../examples/own/payment.ts';
import { root } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A worker is a file of JavaScript, so what is tested is what was built. */
let built: typeof library;
beforeAll(async () => {
  built = await import(pathToFileURL(join(root, 'dist/index.js')).href);
});

const document = {
  name: 'long',
  title: 'A call, while everything takes its time',
  links: { callerSip: { latency: ['20ms', '400ms'] }, appSip: { latency: ['20ms', '400ms'] } },
  steps: [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'home' },
    { after: ['0s', '2s'], do: 'open' },
    { at: ['8s', '14s'], do: 'dial', call: 1 },
  ],
} as const;
const gap = { ...document, name: 'gap', links: {}, steps: document.steps.filter((_, place) => place !== 2) } as const;

/** Far more than can be explored in any time that a test takes. */
const endless = { losses: 5, duplicates: 5, maximumBytes: 2 ** 50 };
const longCall = () => built.defineScenario(document, { mode: 'singleDeviceEmulation', server: 'reject' });
const shortCall = () => built.defineScenario(gap, { mode: 'singleDeviceEmulation', server: 'reject' });
const never = () => built.defineProperty({ name: 'never', says: 'x', initial: 0, on: {}, witnessed: () => false });

/** The same hand-over with a property of one's own, which no worker can be sent. */
const ownCall = () =>
  built.defineScenario(document, { mode: 'singleDeviceEmulation', server: 'reject', properties: [never()] });

const module = join(root, 'examples/own/lock.ts');
const moduleOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

describe('A check of the library', () => {
  test('comes to the same in a worker and in the calling thread, for a value, a file and a module', async () => {
    const file = moduleOf('gap.yaml', JSON.stringify({ ...gap, mode: 'singleDeviceEmulation', server: 'reject' }));
    for (const what of [shortCall(), file, pathToFileURL(file), module]) {
      const [here, there, alone] = await Promise.all([0, 2, 1].map((workers) => built.check(what, { workers })));
      expect(there).toEqual(here);
      expect(alone).toEqual(here);
      expect(here?.map(({ verdict }) => verdict)).toContain('violated');
    }
    expect(await built.check(file)).toEqual(await built.check(shortCall()));
  });

  test.each([
    ['in a worker', () => longCall(), {}],
    ['in the calling thread', () => longCall(), { workers: 0 }],
    ['of a value with functions', () => ownCall(), {}],
  ])('is aborted in its midst, with what is known: %s', async (_, what, more) => {
    const controller = new AbortController();
    const checked = built.check(what(), { ...endless, ...more, signal: controller.signal });
    await setTimeout(700);
    controller.abort();
    expect((await checked).map(({ verdict }) => verdict)).toContain('inconclusive');
  });

  test.each([
    ['in a worker', () => longCall()],
    ['of a value with functions', () => ownCall()],
  ])('tells how far it is, and ends with what is known where it is told to: %s', async (_, what) => {
    const told: library.Progress[] = [];
    const checked = await built.check(what(), {
      ...endless,
      onProgress: (progress) => {
        told.push(progress);
        return told.length < 4;
      },
    });
    expect(told.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...told.map(({ classes }) => classes))).toBeGreaterThan(1_000);
    expect(checked.map(({ verdict }) => verdict)).toContain('inconclusive');
  });

  test('leaves the calling thread its turns', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 50);
    const checked = await built.check(ownCall(), { ...endless, onProgress: () => turns < 5 });
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(5);
    expect(checked.length).toBeGreaterThan(0);
  });

  test.each([
    ['in a worker', () => longCall()],
    ['of a value with functions', () => ownCall()],
  ])('rejects with what onProgress throws: %s', async (_, what) => {
    const error = new Error('on purpose');
    const onProgress = () => {
      throw error;
    };
    await expect(built.check(what(), { ...endless, onProgress })).rejects.toBe(error);
  });

  test('does not begin where it is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(built.check('no-such-file.yaml', { signal })).rejects.toThrow('too late');
  });

  test.each([
    [{ losses: -1 }, 'found -1 for losses; expected a whole number from 0 to 5'],
    [{ duplicates: 1.5 }, 'found 1.5 for duplicates; expected a whole number'],
    [{ loss: 1 }, 'found the unknown setting loss; .*did you mean losses'],
    [{ properties: 'noInviteLost' }, 'found "noInviteLost" for properties; expected a list'],
    [{ properties: [] }, /found \[\] for properties/.source],
    [{ properties: ['noinvitelost'] }, 'long: found noinvitelost for properties; .*did you mean noInviteLost'],
    [{ maximumBytes: Number.NaN }, 'for maximumBytes; expected a number of bytes'],
    [{ workers: 0.5 }, 'found 0.5 for workers'],
    [{ signal: {} }, 'found {} for signal; expected an AbortSignal'],
    [{ onProgress: true }, 'found true for onProgress; expected a function'],
  ])('refuses the settings %o', async (settings, message) => {
    const refusal = { name: 'InputError', message: expect.stringMatching(message) };
    await expect(built.check(longCall(), settings as never)).rejects.toThrow(expect.objectContaining(refusal));
  });

  test.each([
    ['no-such-file.yaml', /^no-such-file.yaml: found no such file or folder/],
    ['no-such-file.ts', /^no-such-file.ts: found no such file or folder/],
    ['README.md', /^README.md: found no scenario and no module; expected a file .yaml/],
    [undefined, /^check: found undefined; expected what defineScenario or defineSystem returns, or a file/],
    [{}, /^check: found another object/],
    [Promise.resolve(), /^check: found a promise/],
  ])('refuses to check %s', async (what, message) => {
    const refusal = { name: 'InputError', message: expect.stringMatching(message) };
    await expect(built.check(what as never)).rejects.toThrow(expect.objectContaining(refusal));
  });

  test.each([
    ['syntax.ts', 'export default {', /a module that cannot be loaded/],
    ['exits.ts', 'process.exit(0);', /found a module that ends before it is loaded/],
    [
      'wrong.yaml',
      'name: x\ntitle: X\nsteps:\n  - { at: 1s, do: opne }\n',
      /wrong.yaml:4: found "opne" .*did you mean open/,
    ],
    [
      'late.yaml',
      'name: x\ntitle: X\nuntil: 400h\nsteps:\n  - { at: 1s, do: open }\n',
      /found until: 400h; expected at most/,
    ],
  ])('refuses %s by name', async (name, text, message) => {
    const file = moduleOf(name, text);
    const refusal = { name: 'InputError', file, message: expect.stringMatching(message) };
    await expect(built.check(file)).rejects.toThrow(expect.objectContaining(refusal));
  });

  test('of a module that is never loaded is rejected with the reason of the signal', async () => {
    const file = moduleOf('waits.ts', 'for (;;) {}');
    const [controller, reason] = [new AbortController(), new Error('enough')];
    void setTimeout(2_000).then(() => controller.abort(reason));
    await expect(built.check(file, { signal: controller.signal, workers: 3 })).rejects.toBe(reason);
  });

  test('keeps no process alive', () => {
    const code = `import { check, defineScenario } from './dist/index.js';
      const [{ verdict }] = await check(defineScenario(${JSON.stringify(gap)}), { properties: ['noInviteLost'] });
      console.log(verdict);`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: root,
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(holds|violated)\n$/);
    expect(status).toBe(0);
  });
});

test('A system in memory is judged in the calling thread, with its machines as they are', async () => {
  const { check } = await import('ringproof');
  const [found] = await check(payment(false), { properties: ['chargedOnce'] });
  expect(found?.verdict).toBe('violated');
});
