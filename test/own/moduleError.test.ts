import { expect, test } from 'vitest';
import { placeOfError, thrownWords } from '../../src/library/moduleError.ts';

/** An error with that stack. */
const thrown = (...frames: string[]) =>
  Object.assign(new Error('no'), { stack: ['Error: no', ...frames.map((one) => `    at ${one}`)].join('\n') });

test.each([
  ['a function', 'early (/home/me/mine.ts:7:9)', '/home/me/mine.ts', 7],
  ['no function', '/home/me/mine.ts:7:9', '/home/me/mine.ts', 7],
  ['an async one', 'async /home/me/mine.ts:7:9', '/home/me/mine.ts', 7],
  ['a folder with parentheses', 'new Early (/home/me (2)/mine.ts:7:9)', '/home/me (2)/mine.ts', 7],
  ['such a folder without a function', '/home/me (2)/my own.ts:7:9', '/home/me (2)/my own.ts', 7],
  ['an address', 'early (file:///home/me%20(2)/mine.ts:7:9)', '/home/me (2)/mine.ts', 7],
])('an error of %s is of its file and line', (_, frame, file, line) => {
  const error = thrown('node:internal/modules:1:1', 'of (/home/me/node_modules/other/index.js:3:3)', frame);
  expect(placeOfError(error)).toEqual({ file, line });
});

test('a name is told as it was written, whatever its letters', () => {
  expect(thrownWords(new Error('(0 , _xstate$1.create$Machine) is not a function'))).toBe(
    'create$Machine is not a function',
  );
});
