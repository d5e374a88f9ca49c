import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { engineMutants } from '../../bench/engineRules.ts';

const page = readFileSync('docs/mutants.md', 'utf8');

test.each(engineMutants)('the rule that $name breaks stands in its file, once, and in docs/mutants.md', (mutant) => {
  const { name, file, rule, broken, tests } = mutant;
  expect(readFileSync(file, 'utf8').split(rule)).toHaveLength(2);
  expect(broken).not.toBe(rule);
  expect(typeof tests === 'string' ? [] : tests.filter((one) => !existsSync(one))).toEqual([]);
  expect(page).toContain(`| ${name} | \`${file}\` |`);
});
