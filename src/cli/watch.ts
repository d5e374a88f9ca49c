import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { refuse } from './files.ts';
import { moduleDigest } from './moduleDigest.ts';
import { colours } from './output.ts';

/** Files are looked at, for an editor that saves by renaming and a network folder tell of no change. */
const lookEveryMs = 200;

/** How long a run may take to end with what it knows. */
const patienceMs = 2_000;

/** What is in the files by now, and in what modules among them import; nothing is in a file that is not there. */
const contentsOf = (files: readonly string[]): readonly string[] => files.map(moduleDigest);

/** The first file that changes; null once the user wants to stop. */
async function changeOf(files: readonly string[], seen: readonly string[], isStopped: () => boolean) {
  for (;;) {
    if (isStopped()) return null;
    const changed = contentsOf(files).findIndex((content, at) => content !== seen[at]);
    if (changed >= 0) return files[changed] ?? null;
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
    const seen = contentsOf(files);
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
