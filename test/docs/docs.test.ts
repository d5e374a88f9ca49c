import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { properties } from '../../src/sim/properties/properties.ts';
import { judge } from '../../src/sim/run/simulate.ts';
import { linkNames } from '../../src/sim/scenario/scenario.ts';
import { parseScenario, scenarioJsonSchema } from '../../src/sim/scenarioFile/parse.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { stepVerbs } from '../../src/sim/scenarioFile/schema.ts';
import { defineWorld } from '../../src/sim/world/definition.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const blocks = (file: string, language: string) =>
  [...read(file).matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text ?? '');

const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const run = (...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });

test('the README shows what the commands print', () => {
  const [matrix = '', ladder = ''] = blocks('README.md', 'text');
  expect(run('dist/cli/main.js', 'check', '--property', 'noInviteLost').stdout).toContain(matrix.trim());
  const [, command = ''] = /`npx ringproof (simulate [^`]+)`\n\n```text/.exec(read('README.md')) ?? [];
  expect(run('dist/cli/main.js', ...command.split(' ')).stdout).toContain(ladder.trimEnd());
});

test('the README can be read in one go', () => {
  expect(statSync(join(root, 'README.md')).size).toBeLessThanOrEqual(8_192);
});

test('the example of the library page runs', () => {
  const [code = ''] = blocks('docs/library.md', 'ts');
  const { stdout, stderr } = run('--input-type=module', '--eval', code);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Call 1 was lost: nobody was registered/);
});

/** The pages for people, wherever they stand. */
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...markdownIn('docs')];

test.each(pages)('the links of %s lead to files', (page) => {
  const targets = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(
    ([, target]) => target as string,
  );
  const missing = targets.filter((target) => !existsSync(join(root, dirname(page), target)));
  expect(missing).toEqual([]);
});

test.each(['README.md', 'docs/scenarios.md'])('the scenarios in %s can be run and do as they say', (file) => {
  const texts = blocks(file, 'yaml');
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) {
    const document = parseScenario(text, file, serverProfiles);
    const definition = defineWorld(resolveScenario(document, serverProfiles));
    const expected = document.expect?.[document.server ?? 'multi']?.[document.mode ?? 'standard'];
    for (let seed = 1; seed <= 50; seed++) {
      const violated = judge(definition, seed).filter(({ verdict }) => verdict === 'violated');
      if (expected === 'holds') expect(violated).toEqual([]);
    }
  }
});

test('the reference names every key, verb, link and property', () => {
  const text = read('docs/scenarios.md');
  const { properties: keys } = scenarioJsonSchema() as { properties: object };
  for (const name of [...Object.keys(keys), ...stepVerbs, ...linkNames, ...properties.map((one) => one.name)]) {
    expect(text).toContain(`\`${name}\``);
  }
});
