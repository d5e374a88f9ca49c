import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SpinRun {
  /** States stored. SPIN stores none besides those of the world. */
  readonly states: number;
  /** Transitions as SPIN counts them: it adds 1 for the initial state. */
  readonly transitions: number;
  readonly errors: number;
  /** Memory for states, hash table and stack, in bytes. */
  readonly bytes: number;
  readonly seconds: number;
}

function run(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}${stdout}`);
  return stdout;
}

function parsed(report: string): SpinRun {
  const number = (pattern: RegExp) => Number(pattern.exec(report)?.[1] ?? Number.NaN);
  return {
    states: number(/(\d+) states, stored/),
    transitions: number(/(\d+) transitions/),
    errors: number(/errors: (\d+)/),
    bytes: 2 ** 20 * number(/([\d.]+)\s+total actual memory usage/),
    seconds: number(/elapsed time ([\d.]+)/),
  };
}

/** Lets SPIN run a model once per list of options of the verifier, compiled with those flags. */
export function runSpin(model: string, flags: readonly string[], ...runs: readonly (readonly string[])[]): SpinRun[] {
  const folder = mkdtempSync(join(tmpdir(), 'ringproof-spin-'));
  try {
    writeFileSync(join(folder, 'model.pml'), model);
    run(folder, 'spin', '-a', 'model.pml');
    run(folder, 'gcc', '-O0', '-w', '-DSAFETY', ...flags, '-o', 'pan', 'pan.c');
    return runs.map((options) => {
      const report = run(folder, './pan', ...options);
      if (report.includes('max search depth too small')) throw new Error(report);
      return parsed(report);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A stack of 100,000 states, and a table that begins with 2 to the 20th places: to fill larger ones takes longer than to search. */
const room = ['-m100000', '-w20'];
/** Counts every state. */
export const counting = ['-A', '-E', ...room];
/** Stops at the first INVITE that is lost. */
export const judging = ['-E', ...room];
