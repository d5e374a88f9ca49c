import { expect, test } from 'vitest';
import { placeOfError, strayError, thrownWords } from '../../src/library/moduleError.ts';

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

/** The folder of Ringproof as it runs here. */
const ours = new URL('../../src/library/check.ts', import.meta.url).pathname;

test('what nobody caught is told of the module it comes from', () => {
  const error = thrown('later (/home/me/other.ts:7:9)', `load (${ours}:1:1)`);
  expect(strayError(error, '/home/me/mine.ts')?.message).toMatch(
    /^\/home\/me\/mine\.ts: found what nobody caught \(no, in .*other\.ts:7\); expected a module that does nothing after/,
  );
  const rejected = Object.assign(new Error('rejected'), { stack: 'Error: rejected', code: 'ERR_UNHANDLED_REJECTION' });
  for (const nobodys of ['no', undefined, rejected]) expect(strayError(nobodys, 'mine.ts')?.file).toBe('mine.ts');
});

test.each([
  ['is ours', thrown('check (/home/me/node_modules/xstate/index.js:3:3)', `${ours}:7:9`, 'go (/home/me/mine.ts:1:1)')],
  ['is of a thread that had no memory left', thrown('node:internal/worker:1:1')],
])('what %s is none of the module', (_, error) => {
  expect(strayError(error, 'mine.ts')).toBeNull();
});
