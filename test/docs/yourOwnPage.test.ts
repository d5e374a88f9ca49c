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

test('it shows what the command prints', () => {
  expect(quoted).toHaveLength(2);
  const [, args = '', printed = ''] = /\$ npx ringproof ([^\n]+)\n([\s\S]*?)```/.exec(page) ?? [];
  expect(ringproof(...args.split(' ')).stdout).toContain(printed);
});
