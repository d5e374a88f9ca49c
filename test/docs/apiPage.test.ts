import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { root } from '../support/commandLine.ts';
import { needAfter, testWith } from '../support/programs/program.ts';

const page = readFileSync(join(root, 'docs/api.md'), 'utf8');
// Below the package, so that an example imports it by its name.
const folder = mkdtempSync(join(root, 'dist/api-'));
afterAll(() => rmSync(folder, { recursive: true }));

const generator = join(root, 'tools/api');
const typedoc = needAfter('npm ci --prefix tools/api', 'typedoc', join(generator, 'node_modules/.bin/typedoc'));

testWith(typedoc)('the page of the API is what the types say; where it is not, `npm run api` writes it', () => {
  const file = join(folder, 'api.md');
  const { stderr, status } = spawnSync(process.execPath, [join(generator, 'page.js'), file], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  expect(page).toBe(readFileSync(file, 'utf8'));
});

/** What stands on the page below each name, by the part and the name. */
const entries = page.split(/^## (?=ringproof)/m).flatMap((part) => {
  const [title = '', ...rest] = part.split(/^### /m);
  return rest.map((text) => ({ part: title.trim(), name: text.slice(0, text.indexOf('\n')), text }));
});
const exampleIn = (text: string): string | undefined => /#### Example\n\n```ts\n([\s\S]*?)```/.exec(text)?.[1];
const functions = entries.filter(({ text }) => /^function |=> /m.test(/```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? ''));

test.each(functions)('$name of $part has an example', ({ text }) => {
  expect(exampleIn(text)).toBeDefined();
});

// Those for vitest are tests themselves: they are run in the folder of another project.
const examples = functions.filter(({ part }) => part !== 'ringproof/vitest');

test.each(examples)('the example of $name runs', async ({ name, text }) => {
  const file = join(folder, `${name.replaceAll(/\W/g, '')}.ts`);
  writeFileSync(file, exampleIn(text) ?? '');
  await import(file);
});

test('the examples have the types that they need', () => {
  expect(examples.length).toBeGreaterThanOrEqual(14);
  const settings = { extends: '../../tsconfig.json', include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  for (const { name, text } of examples)
    writeFileSync(join(folder, `${name.replaceAll(/\W/g, '')}.ts`), exampleIn(text) ?? '');
  const { stdout } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
});
