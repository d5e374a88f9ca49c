import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { commandWords } from '../../src/cli/invocation.ts';
import { installedIn, mainFile, ringproof, root } from '../support/commandLine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a command that is suggested begins as the one that was called', () => {
  test.each([
    [
      'in a checkout',
      '/home/ann/ringproof/dist/cli/main.js',
      '/home/ann/ringproof',
      undefined,
      'node dist/cli/main.js',
    ],
    [
      'below it',
      '/home/ann/ringproof/dist/cli/main.js',
      '/home/ann/ringproof/docs',
      undefined,
      'node ../dist/cli/main.js',
    ],
    [
      'by its script',
      '/home/ann/ringproof/dist/cli/main.js',
      '/home/ann/ringproof',
      'ringproof',
      'npm run ringproof --',
    ],
    ['through npx', '/home/ann/.npm/_npx/1f/node_modules/.bin/ringproof', '/tmp', 'npx', 'npx ringproof'],
    ['in a project', '/home/ann/mine/node_modules/.bin/ringproof', '/home/ann/mine', undefined, 'npx ringproof'],
    ['installed for all', '/usr/local/bin/ringproof', '/tmp', undefined, 'ringproof'],
  ])('%s', (_, file, from, script, words) => {
    expect(commandWords({ file, folder: from, script })).toBe(words);
  });

  test('and can be pasted where it was printed', () => {
    const args = ['check', join(root, 'examples/call-while-going-to-background.yaml'), '--profile', 'reject'];
    const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } } as const;
    const installed = installedIn(folder);
    // npm makes the file executable when it installs it.
    const program = `ringproof() { node '${installed}' "$@"; }`;
    for (const file of [mainFile, installed]) {
      const { stdout } = spawnSync(process.execPath, [file, ...args, '--faults', '1'], options);
      const [, suggested = ''] = /^ {2}((?:node|ringproof) .*)$/m.exec(stdout) ?? [];
      expect(suggested).toMatch(file === installed ? /^ringproof check / : /^node \S+main\.js check /);
      const pasted = spawnSync('bash', ['-c', `${program}; ${suggested}`], options);
      expect(pasted.stdout).toContain('noInviteLost         violated');
      expect(pasted.status).toBe(1);
    }
  });
});

test('what is built can be started as a program, as `npx ringproof` does in a checkout', () => {
  const { status, stdout, error } = spawnSync(mainFile, ['--version'], { encoding: 'utf8' });
  expect(error).toBeUndefined();
  expect([status, stdout]).toEqual([0, ringproof('--version').stdout]);
});

test('the help of all reads no command, nor what commands need', () => {
  const bare = join(folder, 'bare');
  const own = [
    'cli/main.js',
    'cli/commands.js',
    'cli/output.js',
    'cli/invocation.js',
    'cli/ownCode.js',
    'cli/version.js',
  ];
  for (const file of [...own, 'library/systemError.js', 'sim/input/inputError.js']) {
    cpSync(join(root, 'dist', file), join(bare, 'dist', file), { recursive: true });
  }
  cpSync(join(root, 'package.json'), join(bare, 'package.json'));
  mkdirSync(join(bare, 'node_modules'));
  for (const name of ['commander', 'picocolors']) {
    symlinkSync(join(root, 'node_modules', name), join(bare, 'node_modules', name));
  }
  const { status, stdout } = spawnSync(process.execPath, [join(bare, 'dist/cli/main.js'), '--help'], {
    encoding: 'utf8',
  });
  expect(stdout).toBe(ringproof('--help').stdout);
  expect(status).toBe(0);
});

test.each(['check', 'profiles', 'export promela'])('%s tells its exit codes in its help', (command) => {
  expect(ringproof(...command.split(' '), '--help').stdout).toMatch(/Exit codes:\n {2}0 {2}it holds, is as expected/);
});

test('help is asked for in every way, and an unknown command names the nearest', () => {
  const { stdout } = ringproof('sweep', '--help');
  expect(stdout).toContain('--runs <number>');
  expect(ringproof('help', 'sweep').stdout).toBe(stdout);
  expect(ringproof('sweeep').stderr).toContain('Did you mean sweep?');
});
