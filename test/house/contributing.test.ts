import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { productProfiles } from '../../src/profiles/products.ts';
import { serverAxes } from '../../src/profiles/serverAxes.ts';
import { properties } from '../../src/sim/properties/properties.ts';

const filesIn = (text: string) =>
  [...text.matchAll(/`((?:src|test|docs|examples)\b[^`]*|[A-Z]+\.md)`/g)].map(([, file]) => file as string);

/** What can be added, the files to be touched for it, and those that follow. */
const rows = [...readFileSync('CONTRIBUTING.md', 'utf8').matchAll(/^\| (an? [^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, what = '', touch = '', then = '']) => ({ what, touched: filesIn(touch), following: filesIn(then) }),
);

test.each(rows)('for $what the table names files that are there', ({ touched, following }) => {
  expect(touched.length).toBeGreaterThan(0);
  expect([...touched, ...following].filter((file) => !existsSync(file))).toEqual([]);
});

/** The text of a file, or of all files in a folder. */
function textOf(path: string): string {
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8');
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => `${name}\n${readFileSync(join(parentPath, name), 'utf8')}`).join('\n');
}

/** For each row what is there already, as patterns: the files to be touched for another one must all speak of it. */
const there: Readonly<Record<string, readonly RegExp[]>> = {
  'a property': properties.map(({ name }) => new RegExp(`\\b${name}\\b`)),
  "a property's sentence": [/\bsentence:|the caller gave up/],
  'a bound of a property': [/\bringStop(Ms)?\b/],
  'a server axis': serverAxes.map((axis) => new RegExp(`\\b${axis}\\b`)),
  'a server product': Object.keys(productProfiles).map((name) => new RegExp(`\\b${name}\\b`)),
  'a registration mode': [new RegExp(registrationModeNames.map((name) => `\\b${name}\\b`).join('|'))],
  'a party': [/\bnotificationService\b/],
  'a message': [/\breINVITE\b/],
  'a scenario key': [/\bsuspendedSockets\b/],
  'a step of the environment': [/\bchangePassword\b|'password\.change'/],
  'a preset': [/\bsatellite\b/],
  'a bundled scenario': [/^expect:/m],
  'a command': ['check', 'simulate', 'probe', 'sweep'].map((name) => new RegExp(`\\b${name}(\\b|Command\\b)`)),
  'a kind of job': [/\b(ownRuns|OwnRuns)/],
  'a room': [/\bsim\/check\/engine\b/],
  'an export': [/\bcheck\b/],
  'a page': [/\bglossary\b/],
};

test.each(rows)('for $what the files to be touched speak of one that is there', ({ what, touched }) => {
  for (const pattern of there[what] ?? []) {
    expect(
      touched.filter((file) => !pattern.test(textOf(file))),
      String(pattern),
    ).toEqual([]);
  }
  expect(there[what]?.length).toBeGreaterThan(0);
});
