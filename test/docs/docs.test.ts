import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as library from '../../src/index.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { properties } from '../../src/sim/properties/properties.ts';
import { judge } from '../../src/sim/run/simulate.ts';
import { linkNames } from '../../src/sim/scenario/scenario.ts';
import { parseScenario, scenarioJsonSchema } from '../../src/sim/scenarioFile/parse.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { stepVerbs } from '../../src/sim/scenarioFile/verbs.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { ringproof } from '../support/commandLine.ts';

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
  expect(ringproof('check', '--property', 'noInviteLost').stdout).toContain(matrix.trim());
  const [, command = ''] = /`npx ringproof (simulate [^`]+)`\n\n```text/.exec(read('README.md')) ?? [];
  expect(ringproof(...command.split(' ')).stdout).toContain(ladder.trimEnd());
});

test('the README can be read in one go', () => {
  expect(statSync(join(root, 'README.md')).size).toBeLessThanOrEqual(8_192);
});

test('the library page names whatever can be imported', () => {
  const text = read('docs/library.md');
  for (const name of Object.keys(library)) expect(text).toMatch(new RegExp(`\`${name}\\b`));
});

test('the examples of the library page run', () => {
  const [first, second] = blocks('docs/library.md', 'ts').map((code) => run('--input-type=module', '--eval', code));
  expect(first?.stderr).toBe('');
  expect(first?.stdout).toMatch(/^Call 1 was lost: nobody was registered/);
  expect(second?.stderr).toBe('');
  expect(second?.stdout).toMatch(/^noInviteLost: (holds|violated)$/m);
});

/** The pages for people, wherever they stand. */
const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...markdownIn('docs')];

/** The files that a page links, and the heading in each where the link names one. */
const linksIn = (page: string) =>
  [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, target, heading]) => ({
    file: target === '' ? page : join(dirname(page), target as string),
    heading,
  }));

/** Headings as GitHub names them in an address. */
const headingsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(pages)('the links of %s lead to files and headings', (page) => {
  const missing = linksIn(page).filter(
    ({ file, heading }) =>
      !existsSync(join(root, file)) || (heading !== undefined && !headingsOf(file).includes(heading)),
  );
  expect(missing).toEqual([]);
});

test.each(pages)('the files that %s names are there', (page) => {
  const named = [...read(page).matchAll(/`((?:src|test|docs|examples|bench)\/[^`\s*]+)`/g)].map(
    ([, file]) => file ?? '',
  );
  expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('the index of docs/ leads to every page', () => {
  const reached = new Set(['docs/README.md']);
  for (const page of reached) {
    for (const { file } of linksIn(page)) if (pages.includes(file)) reached.add(file);
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  const direct = linksIn('docs/README.md').map(({ file }) => file);
  expect(pages.filter((page) => dirname(page) === 'docs' && !direct.includes(page))).toEqual(['docs/README.md']);
});

const decisions = pages.filter((page) => dirname(page) === 'docs/decisions' && !page.endsWith('README.md'));

test.each(decisions)('%s has a context, a decision, reasons, numbers and a price, and its row', (page) => {
  const parts = [...read(page).matchAll(/^\*\*([^*]+)\.\*\*/gm)].map(([, part]) => part);
  expect(parts.map((part) => (part?.startsWith('Why') ? 'Why' : part))).toEqual([
    'Context',
    'Decision',
    'Why',
    'Numbers',
    'Price',
  ]);
  expect(linksIn('docs/decisions/README.md').map(({ file }) => file)).toContain(page);
});

/** The commands that a help lists. */
const listedIn = (help: string): string[] =>
  [...(help.split(/^Commands:$/m)[1] ?? '').matchAll(/^ {2}(?!help)([a-z-]+) .*\n/gm)].map(
    ([, name]) => name as string,
  );

/** The help of a command and of those that it has itself, as the program prints them. */
function helpFor(...names: string[]): string {
  const help = ringproof(...names, '--help').stdout;
  return [help, ...listedIn(help).map((name) => helpFor(...names, name))].join('\n');
}

const helpOf = new Map(listedIn(ringproof('--help').stdout).map((name) => [name, helpFor(name)]));

test('docs/commands.md has a row for every command', () => {
  const rows = [...read('docs/commands.md').matchAll(/^\| `ringproof ([a-z]+)/gm)].map(([, name]) => name as string);
  expect(rows.sort()).toEqual([...helpOf.keys()].sort());
});

test.each(pages)('the commands that %s shows have these options', (page) => {
  const unknown = [...read(page).matchAll(/\bringproof ([a-z]+)((?: [^`\n]*)?)/g)]
    .filter(([, name = '']) => helpOf.has(name))
    .flatMap(([, name = '', given = '']) =>
      [...given.matchAll(/(?<=\s)--[a-z-]+/g)].map(([option]) => ({ name, option })),
    )
    .filter(({ name, option }) => !new RegExp(`${option}\\b`).test(helpOf.get(name) as string));
  expect(unknown).toEqual([]);
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
