import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serverAxes } from '../../src/profiles/serverAxes.ts';
import { properties } from '../../src/sim/properties/properties.ts';

const text = readFileSync('CONTRIBUTING.md', 'utf8');
const rows = [...text.matchAll(/^\| (a [^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, what, touch, then]) => ({
  what: what as string,
  files: [...`${touch} ${then}`.matchAll(/`((?:src|test|docs|examples)[^`]*|[A-Z]+\.md)`/g)].map(
    ([, file]) => file as string,
  ),
}));

test('the table names files that are there', () => {
  expect(rows.length).toBeGreaterThan(10);
  for (const { what, files } of rows) {
    expect(files.length, what).toBeGreaterThan(0);
    expect(
      files.filter((file) => !existsSync(file)),
      what,
    ).toEqual([]);
  }
});

/** Whether a file that the table names for something really speaks of one that is there already. */
const mentions = (what: string, file: string, word: string) => {
  expect(rows.find((row) => row.what === what)?.files, what).toContain(file);
  expect(readFileSync(file, 'utf8'), `${file} for ${what}`).toContain(word);
};

test('a property, an axis and a key stand in the files that the table names', () => {
  for (const { name } of properties) mentions('a property', 'src/sim/properties/properties.ts', name);
  for (const axis of serverAxes) mentions('a server axis', 'src/machines/serverProfile.ts', axis);
  for (const axis of serverAxes) mentions('a server axis', 'src/profiles/serverAxes.ts', axis);
  for (const file of ['scenario/scenario.ts', 'scenarioFile/schema.ts', 'scenarioFile/resolve.ts']) {
    mentions('a scenario key', `src/sim/${file}`, 'suspendedSockets');
  }
});
