import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { simulate } from 'ringproof';
import { afterAll, beforeAll, expect, test } from 'vitest';
import eager from '../../examples/own/eager-push-server.ts';
import { lock } from '../../examples/own/lock.ts';
import { regressionTest } from '../../src/inspector/model/export/regression.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ringproof-kept-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (program: string, args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, program), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', VITEST: undefined },
  });
const ringproof = (...args: string[]) => run('dist/cli/main.js', args);
const inFolder = (...path: string[]) => join(folder, ...path);

/** What the page saves of a run that somebody has changed: the test and its trace. */
function keptByPage(name: string, module: string, trace: ReturnType<typeof simulate>): void {
  const text = regressionTest(trace, ['Said.'], `${name}.json`, { file: `../${module}`, isAsDefined: false });
  writeFileSync(inFolder('tests', `${name}.test.ts`), text);
  writeFileSync(inFolder('tests', `${name}.json`), JSON.stringify(trace));
}

beforeAll(() => {
  mkdirSync(inFolder('node_modules'));
  mkdirSync(inFolder('tests'));
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), inFolder('node_modules', name));
  symlinkSync(root, inFolder('node_modules', 'ringproof'));
  writeFileSync(inFolder('package.json'), '{ "type": "module" }');
  for (const module of ['lock.ts', 'eager-push-server.ts'])
    writeFileSync(inFolder(module), readFileSync(join(root, 'examples/own', module)));
});

test('what was found in a module is kept as a test, which passes until the module changes', () => {
  const failures: string[] = [];
  const does = (status: number, ...args: string[]) => {
    const done = ringproof(...args);
    if (done.status !== status) failures.push(`${args.join(' ')}: ${done.status}, ${done.stdout}${done.stderr}`);
  };
  const found = (by: string, module: string, ...args: string[]) => {
    const name = `${by}-${module.replace('.ts', '')}`;
    does(1, by, module, ...args, '--output', `${name}.json`);
    does(1, 'simulate', module, '--replay', `${name}.json`, '--export', 'vitest', '-o', `tests/${name}.test.ts`);
  };
  does(0, 'simulate', 'lock.ts', '--seed', '3', '--export', 'vitest', '-o', 'tests/seeded.test.ts');
  found('check', 'lock.ts');
  found('fuzz', 'eager-push-server.ts', '--property', 'singleRegistration');
  expect(failures).toEqual([]);

  const { definition } = lock('10s');
  const dropped = { ...definition, faults: [{ do: 'lose', message: 'renew', occurrence: 1 }] as const };
  keptByPage('page-lock', 'lock.ts', simulate({ is: 'system', definition: dropped }, 3));
  keptByPage('page-eager', 'eager-push-server.ts', simulate({ ...eager, server: serverProfiles.reject }, 2));
  const kept = readdirSync(inFolder('tests')).filter((name) => name.endsWith('.test.ts'));
  expect(kept).toHaveLength(5);

  const vitest = () =>
    run('node_modules/vitest/vitest.mjs', [
      'run',
      '--root',
      folder,
      '--reporter',
      'json',
      '--maxWorkers=1',
      '--no-isolate',
    ]);
  const first = vitest();
  expect(JSON.parse(first.stdout), first.stdout + first.stderr).toMatchObject({ numPassedTests: 5, numFailedTests: 0 });

  // What another word changes shows in every step; the run that its seed gives only has to come to the same verdict.
  for (const [module, word, other] of [
    ['lock.ts', 'granted', 'given'],
    ['eager-push-server.ts', 'control.released', 'control.enabled'],
  ] as const) {
    const text = readFileSync(inFolder(module), 'utf8');
    expect(text).toContain(word);
    writeFileSync(inFolder(module), text.replaceAll(word, other));
  }
  expect(JSON.parse(vitest().stdout)).toMatchObject({ numPassedTests: 1, numFailedTests: 4 });
}, 180_000);

test('a run in another place is kept with its trace', () => {
  const { status, stderr } = ringproof('simulate', 'eager-push-server.ts', '--profile', 'reject', '--export', 'vitest');
  expect(status).toBe(2);
  expect(stderr).toMatch(/--profile: found a test of a run in another place; expected its trace/);
});
