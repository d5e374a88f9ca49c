import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';

const running = new Set<Program>();
/** Whatever becomes of the tests, nothing that they started outlives them. */
export const endPrograms = (): void => {
  for (const program of running) program.close();
};
process.on('exit', endPrograms);

/** A program that a test starts: a process group of its own in a folder of its own, both gone after `close`. */
export class Program {
  readonly folder = mkdtempSync(join(tmpdir(), 'ringproof-live-'));
  #process: ChildProcess | undefined;
  #output = '';
  #hasEnded = false;

  /** Starts the binary in the folder, as the leader of a process group. */
  start(binary: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): void {
    running.add(this);
    this.#process = spawn(binary, args, {
      cwd: this.folder,
      env: { ...process.env, HOME: this.folder, ...environment },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const collect = (text: Buffer) => {
      this.#output += text;
    };
    this.#process.stdout?.on('data', collect);
    this.#process.stderr?.on('data', collect);
    this.#process.on('error', ({ message }) => collect(Buffer.from(message)));
    this.#process.on('exit', () => {
      this.#hasEnded = true;
    });
  }

  /** What it has written to stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Types into its standard input. */
  type(text: string): void {
    this.#process?.stdin?.write(text);
  }

  /** A file that it has written into its folder, or nothing where there is none yet. */
  written(file: string): string {
    try {
      return readFileSync(join(this.folder, file), 'utf8');
    } catch {
      return '';
    }
  }

  /** Resolves when it has ended by itself, with its exit code. */
  ended(): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || this.#hasEnded) return Promise.resolve(child?.exitCode ?? null);
    return new Promise((resolve) => child.on('exit', resolve));
  }

  /** Has the whole group stand still: its sockets are there, and nobody answers. */
  freeze(): void {
    const pid = this.#process?.pid;
    if (pid !== undefined) process.kill(-pid, 'SIGSTOP');
  }

  /** Kills the whole group at once and removes the folder. May be called again. */
  close(): void {
    running.delete(this);
    const pid = this.#process?.pid;
    // SIGTERM takes Kamailio seconds; there is nothing to be saved.
    if (pid !== undefined && !this.#hasEnded) killGroup(pid);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const isThere = (path: string) => {
  try {
    accessSync(path, path.endsWith('.so') ? constants.R_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Where a program may be: at its path, or where the shell looks for its name. */
const placesOf = (binary: string) =>
  binary.includes('/') ? [binary] : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, binary));

/** A program that tests need. */
export interface Needed {
  /** Where it is; its bare name where it is missing. */
  readonly binary: string;
  readonly isMissing: boolean;
}

/** Looks for a program that packages of the system bring. */
export const need = (name: string, packages: string, ...binaries: readonly (string | undefined)[]): Needed =>
  needAfter(`apt-get install -y --no-install-recommends ${packages}`, name, ...binaries);

/** Looks for a program that is there after `install`. Where it is missing, says so; where CI runs, that is a failure. */
export function needAfter(install: string, name: string, ...binaries: readonly (string | undefined)[]): Needed {
  const found = wished(name, ...binaries);
  if (!found.isMissing) return found;
  const complaint = `found no ${name}; install it: ${install}`;
  if (process.env.CI !== undefined) test(`${name} is there`, () => expect.fail(complaint));
  else process.stderr.write(`skipped: ${complaint}\n`);
  return found;
}

/** Looks for a program that no package brings: whoever has built it has one more judge, and nobody must. */
export function wished(name: string, ...binaries: readonly (string | undefined)[]): Needed {
  const binary = binaries.flatMap((one) => (one === undefined ? [] : placesOf(one))).find(isThere);
  return { binary: binary ?? name, isMissing: binary === undefined };
}

/** A test that needs all of these programs, skipped where one is missing. */
export const testWith = (...programs: readonly Needed[]) => test.skipIf(programs.some(({ isMissing }) => isMissing));

/** Asks until there is an answer, every few milliseconds. Throws after `withinMs`, with what the program has said. */
export async function until<Answer>(
  program: Program,
  what: string,
  ask: () => Answer | undefined | Promise<Answer | undefined>,
  withinMs = 300_000,
): Promise<Answer> {
  const endMs = Date.now() + withinMs;
  while (Date.now() < endMs && !program.hasEnded) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const state = program.hasEnded ? 'ended' : `did not in ${withinMs} ms`;
  throw new Error(`${what}: the program ${state}; it said:\n${program.output.slice(-4_000)}`);
}
