import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';

const page = readFileSync('docs/your-own.md', 'utf8');

/** What the page quotes of the examples. */
const quoted = [...page.matchAll(/<!-- (\S+) -->\n```ts\n([\s\S]*?)```/g)].map(([, file = '', code = '']) => ({
  file,
  code,
}));

test.each(quoted)('the page of your own machines quotes $file', ({ file, code }) => {
  expect(readFileSync(file, 'utf8')).toContain(code);
});

/** The commands that it shows, each with what they print. */
const shown = [...page.matchAll(/\$ npx ringproof ([^\n]+)\n([\s\S]*?)```/g)];

test('it quotes two examples and shows two commands', () => {
  expect([quoted.length, shown.length]).toEqual([2, 2]);
});

test.each(shown.map(([, args = '', printed = '']) => [args, printed] as const))(
  'it shows what %s prints',
  (args, printed) => {
    expect(ringproof(...args.split(' ')).stdout).toContain(printed);
  },
);
