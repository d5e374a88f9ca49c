import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Entry {
  readonly term: string;
  readonly name: string;
  readonly file: string;
}

/** The rows of the tables: the term, its name in the code, the file that owns it. */
const entries: readonly Entry[] = readFileSync('docs/glossary.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| term') && !line.startsWith('| ---'))
  .map((line) => {
    const [, term = '', , , name = '', file = ''] = line.split('|').map((column) => column.trim().replaceAll('`', ''));
    return { term, name, file };
  });

describe('docs/glossary.md', () => {
  test('defines each term once', () => {
    expect(entries.length).toBeGreaterThan(40);
    expect(entries.map(({ term }) => term)).toEqual([...new Set(entries.map(({ term }) => term))]);
  });

  test.each(entries)('$term: $file exports $name', ({ name, file }) => {
    expect(existsSync(file), `${file} exists`).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^export (?:abstract )?[a-z]+ ${name}\\b`, 'm'));
  });
});
