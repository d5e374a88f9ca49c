import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { relative } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { refuse } from './files.ts';
import { filesOf } from './moduleDigest.ts';
import { colours } from './output.ts';

/** Files are looked at, for an editor that saves by renaming and a network folder tell of no change. */
const lookEveryMs = 200;

/** How long a run may take to end with what it knows. */
const patienceMs = 2_000;

/** The texts of the files by now, and of what modules among them import; what is not there has none. */
const textsOf = (files: readonly string[]): ReadonlyMap<string, string> =>
  new Map(files.flatMap((file) => [...filesOf(file)]));

/** The first file that is another one than it was, has come or has gone; null where none is. */
const changeBetween = (seen: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string | null =>
  [...seen.keys(), ...now.keys()].find((file) => seen.get(file) !== now.get(file)) ?? null;

/** The first file that changes; null once the user wants to stop. */
async function changeOf(files: readonly string[], seen: ReadonlyMap<string, string>, isStopped: () => boolean) {
  for (;;) {
    if (isStopped()) return null;
    const changed = changeBetween(seen, textsOf(files));
    if (changed !== null) return relative('', changed);
    await pause(lookEveryMs);
  }
}

/** A run of this program as a process of its own, which hears of Ctrl-C from this one alone. */
function started(args: readonly string[]) {
  const [, program = ''] = process.argv;
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], { stdio: 'inherit', detached: true });
  const ended = once(child, 'exit').then(([code]) => (code as number | null) ?? 1);
  const end = async (): Promise<number> => {
    child.kill('SIGINT');
    const late = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    return ended.finally(() => clearTimeout(late));
  };
  return { ended, end };
}

/**
 * Runs this program with those arguments, and again whenever one of the files changes, until it is interrupted: with the exit
 * code of the last run. Throws an InputError where there is no file to look at.
 */
export async function watch(files: readonly string[], args: readonly string[]): Promise<void> {
  if (files.length === 0) refuse('--watch', 'no file that could change', 'a scenario file or a module of yours');
  let isStopped = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      isStopped = true;
    });
  }
  while (!isStopped) {
    const seen = textsOf(files);
    const run = started(args);
    let hasEnded = false;
    void run.ended.then(() => {
      hasEnded = true;
      if (!isStopped) process.stderr.write(colours.dim(`watching ${files.join(', ')}; Ctrl-C ends\n`));
    });
    const changed = await changeOf(files, seen, () => isStopped);
    process.exitCode = hasEnded ? await run.ended : await run.end();
    if (changed !== null) process.stderr.write(`\n${changed} has changed\n`);
  }
}
