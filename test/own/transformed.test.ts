import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createJiti } from 'jiti';
import { describe, expect, test } from 'vitest';
import { transformedOnce } from '../../src/library/transformed.ts';

/** A transformer that says what it was given, and remembers it. */
function transformer() {
  const asked: string[] = [];
  const transform = ({ source }: { source: string }) => {
    asked.push(source);
    return `transformed ${source}`;
  };
  return { asked, create: (() => ({ transform })) as unknown as typeof createJiti };
}

test('a module is transformed once as long as its text is the same, and anew when it has changed', () => {
  const { asked, create } = transformer();
  const of = (filename: string, source: string) => transformedOnce(create)({ filename, source }).code;
  expect([of('a.ts', 'one'), of('a.ts', 'one')]).toEqual(['transformed one', 'transformed one']);
  expect(of('a.ts', 'two')).toBe('transformed two');
  expect(of('b.ts', 'one')).toBe('transformed one');
  expect(asked).toEqual(['one', 'two', 'one']);
});

test('a thread that is started afterwards is given what was transformed', async () => {
  const { create } = transformer();
  const options = { filename: 'given.ts', source: 'three' };
  transformedOnce(create)(options);
  const code = `const { getEnvironmentData, parentPort } = require('node:worker_threads');
    parentPort.postMessage([...getEnvironmentData('ringproof.transformed')]);`;
  const worker = new Worker(code, { eval: true });
  const [given] = await once(worker, 'message');
  expect(given).toContainEqual([
    JSON.stringify({ filename: 'given.ts' }),
    { source: 'three', code: 'transformed three' },
  ]);
});

describe('what a module exports', () => {
  const transformed = (source: string) =>
    transformedOnce(createJiti)({ filename: '/home/me/mine.ts', source, ts: true });

  test.each([
    ['export default 1;\nexport default 2;', 'default', 2],
    ['export default function one() {}\n\nexport default class Two {}', 'default', 3],
    ['const one = 1;\nexport { one as default };\nexport default 2;', 'default', 3],
    ['#!/usr/bin/env node\nexport const one = 1, two = 2;\nexport { two as one };', 'one', 3],
  ])('by one name is one thing: %j', (source, name, line) => {
    expect(() => transformed(source)).toThrow(`two exports of the name ${name}\n /home/me/mine.ts:${line}:1`);
  });

  test.each([
    'export default interface Mine {}\nconst mine = 1; export default mine;',
    'export function one(a: string): void; export function one(a: unknown) {}\nexport default one;',
    'export enum One { a }\nexport namespace One { export const b = 1 }\nexport default One;',
    'export const a = 1;\nexport default { a, text: "exports.default = 1; exports.default = 2;" };',
  ])('may have a type beside it, or several parts: %j', (source) => {
    expect(() => transformed(source)).not.toThrow();
  });
});
