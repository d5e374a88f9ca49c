import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { createJiti } from 'jiti';
import { expect, test } from 'vitest';
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
