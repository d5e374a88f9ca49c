import process from 'node:process';
import { createVitest } from 'vitest/node';
import { type EngineMutant, engineMutants } from './engineRules.ts';

/** Seen from where this is compiled to. */
const root = new URL('../..', import.meta.url).pathname;

/** Mutants by their names; without any, all of them. */
const named = process.argv.slice(2);

/** The file with the mutant's text in the place of the rule. */
function broken(code: string, { name, rule, broken }: EngineMutant): string {
  const parts = code.split(rule);
  if (parts.length !== 2) throw new Error(`${name}: the rule is there ${parts.length - 1} times`);
  return parts.join(broken);
}

/** The first of those tests that fails, with a mutant or with the engine as it is; null where none does. */
async function failing(tests: readonly string[], mutant: EngineMutant | null): Promise<string | null> {
  const vitest = await createVitest(
    'test',
    {
      root,
      config: false,
      watch: false,
      include: [...tests],
      setupFiles: ['test/support/eachFile.ts'],
      reporters: [{}],
      maxWorkers: 1,
      bail: 1,
      testTimeout: 600_000,
    },
    {
      resolve: { alias: { ringproof: `${root}src/index.ts` } },
      plugins: [
        {
          name: 'broken-rule',
          enforce: 'pre',
          transform: (code, id) => (mutant && id.endsWith(mutant.file) ? broken(code, mutant) : undefined),
        },
      ],
    },
  );
  const { testModules } = await vitest.runTestSpecifications(await vitest.globTestSpecifications(), true);
  const failed = testModules.flatMap((module) => [...module.children.allTests('failed')]);
  const errors = testModules.flatMap((module) => module.errors());
  await vitest.close();
  // A file that cannot be loaded says nothing of the rule.
  if (errors.length > 0) throw new Error(`${tests.join()}: ${errors[0]?.message}`);
  return failed[0]?.fullName ?? null;
}

const chosen = engineMutants.filter(({ name }) => named.length === 0 || named.includes(name));
const files = new Set(chosen.flatMap(({ tests }) => (typeof tests === 'string' ? [] : tests)));
const wrong = await failing([...files], null);
if (wrong !== null) throw new Error(`fails with the right engine: ${wrong}`);

let survivors = 0;
process.stdout.write('| rule | in | killed by |\n| --- | --- | --- |\n');
for (const mutant of chosen) {
  const { name, file, tests } = mutant;
  const killer = typeof tests === 'string' ? `no difference: ${tests}` : await failing(tests, mutant);
  if (killer === null) survivors++;
  process.stdout.write(`| ${name} | \`${file}\` | ${killer ?? '**survives**'} |\n`);
}
process.exitCode = survivors === 0 ? 0 : 1;
