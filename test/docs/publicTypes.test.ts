import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../support/commandLine.ts';

/** The packages whose types a user meets when he imports this one, and the file that brings each. */
function packagesOf(entry: string): Map<string, string> {
  const packages = new Map<string, string>();
  const files = new Set([join(root, 'dist', `${entry}.d.ts`)]);
  for (const file of files) {
    const imported = /(?:from |import\(|^import )['"]([^'"]+)['"]/gm;
    // Examples in comments import what they show.
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    for (const [, target = ''] of code.matchAll(imported)) {
      if (target.startsWith('.')) files.add(join(dirname(file), target.replace(/\.[jt]s$/, '.d.ts')));
      else packages.set(target, file);
    }
  }
  return packages;
}

test.each([
  ['index', ['xstate']],
  ['vitest', ['vitest', 'xstate']],
  ['arbitraries', ['fast-check', 'xstate']],
])('the types of %s need no library but its own', (entry, allowed) => {
  const packages = packagesOf(entry);
  expect([...packages].filter(([name]) => !allowed.includes(name))).toEqual([]);
  expect(packages.has('xstate')).toBe(true);
});
