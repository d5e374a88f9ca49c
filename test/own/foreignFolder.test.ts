import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onOneCore } from '../support/commandLine.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ringproof-foreign-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (program: string, args: readonly string[]) =>
  spawnSync(program, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });
const command = (...args: string[]) =>
  run(process.execPath, [...onOneCore, 'node_modules/ringproof/dist/cli/main.js', ...args]);
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

/** The packages that Ringproof is installed with, beside the packed one itself. */
function installed(): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ filename = '' } = {}] = JSON.parse(packed.stdout) as { filename: string }[];
  mkdirSync(join(modules, 'ringproof'));
  const { status } = run('tar', ['-xzf', filename, '-C', 'node_modules/ringproof', '--strip-components=1']);
  expect(status).toBe(0);
  // As npm does it with what `bin` names.
  const bin = join(modules, '.bin');
  mkdirSync(bin);
  const { bin: named } = JSON.parse(readFileSync(join(modules, 'ringproof/package.json'), 'utf8'));
  symlinkSync(join('../ringproof', named.ringproof), join(bin, 'ringproof'));
  chmodSync(join(modules, 'ringproof', named.ringproof), 0o755);
}

/** The newest TypeScript, and an older one that another package brings along. */
const older = createRequire(createRequire(import.meta.url).resolve('@arethetypeswrong/core'));
const compilers = [
  ['the newest TypeScript', join(root, 'node_modules/typescript/bin/tsc')],
  ['TypeScript 5.6', older.resolve('typescript/bin/tsc')],
] as const;

const mine = (isEager: boolean) => `
import { defineScenario, machinesOf, sending } from 'ringproof';
import { enqueueActions } from 'xstate';

const document = {
  name: 'mine',
  title: 'Call while coming back',
  links: { pushServerSip: { latency: ['5ms', '400ms'] } },
  steps: [
    { at: '1s', do: 'open' },
    { at: '10s', do: 'home' },
    { at: ['30s', '31s'], do: 'open' },
    { at: '29s', do: 'dial', call: 1 },
  ],
} as const;

const pushServer = machinesOf(defineScenario(document, { mode: 'singleDeviceEmulation' })).pushServer.provide({
  actions: {
    removeBinding: enqueueActions(({ context, enqueue }) => {
      enqueue.raise({ type: 'registration.remove' });
      if (${isEager}) enqueue.emit(sending('app', { type: 'control.released', turn: context.turn ?? 0 }));
    }),
  },
});

export const onServer = (server: 'multi' | 'reject' | 'evict') =>
  defineScenario(document, { mode: 'singleDeviceEmulation', server, machines: { pushServer: { machine: pushServer } } });

export default onServer('multi');
`;

/** The first test of the page about one's own machines, as it stands there. */
const [, testOfPage = ''] =
  /```ts\n(import 'ringproof\/vitest';[\s\S]*?)```/.exec(readFileSync(join(root, 'docs/your-own.md'), 'utf8')) ?? [];

const testFile = `
import 'ringproof/vitest';
import { expect, test } from 'vitest';
import { onServer } from './mine.ts';

test.each(['multi', 'reject', 'evict'] as const)('no double registration on %s', async (server) => {
  await expect(onServer(server)).toHold('singleRegistration');
});
`;

const regressionsTest = (regressions: string) => `
import { scenarioFiles } from 'ringproof/vitest';
import { expect, test } from 'vitest';

test.each(scenarioFiles(new URL('${regressions}', import.meta.url)))('%s', async (_, scenario) => {
  await expect(scenario).toBeAsExpected();
});
`;

const gap = [
  ...['name: gap', 'title: Call in the gap', 'steps:'],
  ...['  - { at: 1s, do: open }', '  - { at: 10s, do: home }', '  - { at: [9s, 12s], do: dial, call: 1 }'],
];

/** With what is expected of one cell that violates and of one that holds. */
const kept = (violated: string) =>
  [...gap, 'expect:', `  reject: { singleDeviceEmulation: ${violated} }`, '  multi: { continuous: holds }'].join('\n');

beforeAll(() => {
  installed();
  write('package.json', JSON.stringify({ type: 'module', private: true }));
  write('mine.test.ts', testFile);
  mkdirSync(join(folder, 'nothing'));
  mkdirSync(join(folder, 'regressions'));
  write('none.test.ts', regressionsTest('nothing'));
  write('files.test.ts', regressionsTest('regressions'));
  write('regressions/gap.yaml', kept('holds'));
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        ...{ target: 'ES2023', module: 'NodeNext', moduleResolution: 'NodeNext', strict: true, noEmit: true },
        ...{ skipLibCheck: false, allowImportingTsExtensions: true, types: ['node'] },
      },
      include: ['*.ts'],
    }),
  );
});

/** On a busy machine a check takes longer than the five seconds that a test of theirs has. */
const vitest = () =>
  run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--root', folder, '--testTimeout', '600000']);

describe('in the folder of a project that has Ringproof installed', () => {
  test('its own push server is checked, and its bug is found', () => {
    write('mine.ts', mine(true));
    const { status, stdout } = command('check', 'mine.ts', '--profile', 'evict', '--property', 'singleRegistration');
    expect(stdout).toMatch(/singleRegistration +violated/);
    expect(stdout).toMatch(/singleRegistration is violated: app sent a REGISTER while pushServer was registered/);
    expect(stdout).not.toContain('noBlackout');
    expect(status).toBe(1);
  });

  test('its vitest is red with the bug on three servers and says why, by a property and by what a kept regression expects', () => {
    write('mine.ts', mine(true));
    const { status, stdout, stderr } = vitest();
    const said = stdout + stderr;
    expect(status).toBe(1);
    expect(said).toMatch(/singleRegistration is violated: app sent a REGISTER while pushServer was registered/);
    expect(said).toMatch(/✗ singleRegistration/);
    for (const server of ['multi', 'reject', 'evict'])
      expect(said).toContain(`FAIL  mine.test.ts > no double registration on ${server}\n`);
    expect(said).toContain('gap.yaml: 1 Single Device Emulation on reject');
    expect(said).toContain('noInviteLost is violated, and is expected to hold');
    // An empty folder is no green test.
    expect(said).toMatch(/none\.test\.ts \(0 test\)/);
    expect(said).toMatch(/Test Files +3 failed/);
  });

  test('it is green without the bug, and with what is expected rightly', () => {
    write('mine.ts', mine(false));
    write('page.test.ts', testOfPage);
    write('regressions/gap.yaml', kept('[noInviteLost]'));
    rmSync(join(folder, 'none.test.ts'));
    const { status, stdout } = vitest();
    rmSync(join(folder, 'page.test.ts'));
    expect(stdout).toMatch(/Tests +6 passed/);
    expect(status).toBe(0);
    expect(command('check', 'mine.ts', '--profile', 'reject', '--property', 'singleRegistration').status).toBe(0);
  });

  test.each(compilers)('its types compile against ours with %s, libraries included', (_, compiler) => {
    write('mine.ts', mine(true));
    write('lock.ts', readFileSync(join(root, 'examples/own/lock.ts'), 'utf8'));
    const { status, stdout } = run(process.execPath, [compiler, '-p', '.']);
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  test('npx runs it, and what it suggests begins with npx', () => {
    write('payment.ts', readFileSync(join(root, 'examples/own/payment.ts'), 'utf8'));
    const npx = (...args: string[]) => run('npm', ['exec', '--offline', '--no', '--', 'ringproof', ...args]);
    const { status, stdout } = npx('sweep', 'payment.ts', '--runs', '20');
    expect(stdout).toMatch(/^chargedOnce: npx ringproof simulate payment\.ts --seed \d+$/m);
    expect(status).toBe(1);
    const fuzzed = npx('fuzz', 'payment.ts', '--property', 'chargedOnce', '--format', 'json');
    expect(JSON.parse(fuzzed.stdout)).toMatchObject({ isInterrupted: false, found: { violated: ['chargedOnce'] } });
    expect(fuzzed.status).toBe(1);
    expect(JSON.parse(npx('profiles', 'multi', '--format', 'json').stdout).profiles).toHaveLength(1);
  });

  test('a system that has nothing to do with SIP is checked and its run written as a trace', () => {
    write('lock.ts', readFileSync(join(root, 'examples/own/lock.ts'), 'utf8'));
    const { status, stdout } = command('check', 'lock.ts', '--output', 'lock.json');
    expect(stdout).toMatch(/oneHolder +violated/);
    expect(status).toBe(1);
    expect(JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8'))).toMatchObject({ format: 'ringproof-trace' });
    const kept = ['check', 'lock.ts', '--baseline', 'verdicts.json'];
    expect(command(...kept, '--update').status).toBe(0);
    const lock = readFileSync(join(folder, 'lock.ts'), 'utf8');
    write('lock.ts', lock.replace(/^export default .*$/m, "export default lock('9.914s');"));
    const changed = command(...kept);
    expect(changed.stdout).toContain('lock: oneHolder was violated, and holds now');
    expect(changed.status).toBe(1);
  });
});
