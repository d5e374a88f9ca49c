import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect } from 'vitest';
import { ringproof } from '../support/commandLine.ts';
import { need, testWith } from '../support/programs/program.ts';

const [bash, zsh, fish] = ['bash', 'zsh', 'fish'].map((shell) => need(shell, shell, shell)) as [Shell, Shell, Shell];
type Shell = ReturnType<typeof need>;

const folder = mkdtempSync(join(tmpdir(), 'ringproof-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The script as a user gets it, in a file. */
function scriptFor(shell: string): string {
  const file = join(folder, `script.${shell}`);
  writeFileSync(file, ringproof('completion', shell).stdout);
  return file;
}

const run = (binary: string, ...args: string[]) => {
  const { stdout, stderr } = spawnSync(binary, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
    // What zsh remembers of its completion is left in no home.
    env: { ...process.env, HOME: folder },
  });
  return { stdout, stderr };
};

/** What is typed, and what is offered first. */
const typed = [
  ['ringproof compl', 'completion'],
  ['ringproof check call-in-f', 'call-in-foreground'],
  ['ringproof check --mode conti', 'continuous'],
  ['ringproof simulate calls/slow', 'calls/slow-wake-behind-alert-timer'],
  ['ringproof export promela --mem', '--memory'],
  ['ringproof export prom', 'promela'],
  ['ringproof check topologies/edge-tells-l', 'topologies/edge-tells-less'],
  ['ringproof check --property ringS', 'ringStops'],
] as const;

testWith(bash)('bash completes what was begun', () => {
  const file = scriptFor('bash');
  for (const [line, offered] of typed) {
    const words = `COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _ringproof`;
    const { stdout, stderr } = run(bash.binary, '-c', `source ${file}; ${words}; printf '%s\n' "\${COMPREPLY[@]}"`);
    expect([stdout.trim(), stderr], line).toEqual([offered, '']);
  }
});

testWith(fish)('fish completes what was begun, with what it means', () => {
  const file = scriptFor('fish');
  for (const [line, offered] of typed) {
    const { stdout, stderr } = run(fish.binary, '--no-config', '-c', `source ${file}; complete -C '${line}'`);
    expect([stdout.split(/[\t\n]/)[0], stderr], line).toEqual([offered, '']);
  }
});

/** It runs the script of bash by its own emulation: a word, a name and the value of an option show that it does. */
const typedInZsh = typed.slice(0, 3);

/** A zsh on a terminal of its own, into which the line and a tab are typed: what the command is called with then. */
const inZsh = (setUp: string, line: string) => `
zmodload zsh/zpty
zpty z ${zsh.binary} -f -i
zpty -w z ${JSON.stringify(`${setUp}; ringproof() { print -r -- GOT:$1,$2,$3,$4. }; print READ''Y`).replaceAll('$', '\\$')}
zpty -r z out '*READY*'
zpty -w -n z '${line}'$'\t\n'
zpty -r z out '*GOT:*.*'
print -r -- "$out"
zpty -d z
`;

describe.each([
  ['as it comes', ''],
  ['whose completion is on', 'autoload -Uz compinit && compinit -u -D; '],
])('a zsh %s', (_, before) => {
  testWith(zsh)('completes what was begun', () => {
    const file = scriptFor('zsh');
    for (const [line, offered] of typedInZsh) {
      const { stdout } = run(zsh.binary, '-f', '-c', inZsh(`${before}source ${file}`, line));
      const got = /GOT:([^.]*)\./.exec(stdout)?.[1]?.split(',').filter(Boolean);
      expect(got?.at(-1), `${line}: ${stdout}`).toBe(offered);
    }
  });
});
