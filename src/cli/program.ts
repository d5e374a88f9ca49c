import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';

/** A program that was found, and ended with an error. */
export class ProgramFailed extends Error {
  /** What it said last. */
  readonly said: string;

  constructor(command: string, said: string) {
    super(`${command}: ${said}`);
    this.said = said;
  }
}

export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  /** What it reads from standard input; null for nothing. */
  readonly input: AsyncIterable<Uint8Array> | null;
  /** Has it end by itself, as Ctrl-C does: what it still writes is read. */
  readonly signal: AbortSignal;
}

const mostSaid = 4_000;

/** What a program writes. Throws the system's error where it cannot be started, and a `ProgramFailed` where it fails. */
export async function* outputOf({ command, args, input, signal }: ProgramRun): AsyncGenerator<Buffer> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = once(child, 'close') as Promise<[number | null]>;
  // Whoever stops early is not asked how it ended.
  closed.catch(() => undefined);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-mostSaid);
  });
  // A program that stops reading says why on its own.
  child.stdin.on('error', () => undefined);
  if (input === null) child.stdin.end();
  else
    Readable.from(input)
      .on('error', () => child.kill())
      .pipe(child.stdin);
  const interrupt = () => child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const [code] = await closed;
    if (code !== 0 && !signal.aborted) throw new ProgramFailed(command, said.trim());
  } finally {
    signal.removeEventListener('abort', interrupt);
    child.kill();
  }
}

/** Whether a program is not installed, or may not be started by this user. */
export const cannotStart = (error: unknown): boolean =>
  ['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '') &&
  (error as NodeJS.ErrnoException).syscall?.startsWith('spawn') === true;
