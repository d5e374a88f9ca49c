import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const hostFile = fileURLToPath(new URL('./commandHostProcess.js', import.meta.url));

/** How a run of the command ended. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Each answer is a line. */
const endOfAnswer = 0x0a;

/**
 * A process that has loaded the built command and runs it once for each request. It ends when this process does. What belongs to
 * a process as a whole (signals, standard input, an event loop that runs dry) is not tried by it: that takes a process of its own.
 */
export class CommandHost {
  readonly #requests: number;
  readonly #answers: number;
  #stream: Socket | undefined;

  constructor(mainFile: string, cwd: string) {
    const folder = mkdtempSync(join(tmpdir(), 'ringproof-host-'));
    const [requests, answers] = [join(folder, 'requests'), join(folder, 'answers')];
    const { status } = spawnSync('mkfifo', [requests, answers]);
    if (status !== 0) throw new Error(`mkfifo: ${status}`);
    spawn(process.execPath, ['--max-semi-space-size=32', hostFile, requests, answers, mainFile], {
      cwd,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NO_COLOR: '1' },
    }).unref();
    this.#requests = openSync(requests, 'w');
    this.#answers = openSync(answers, 'r');
    rmSync(folder, { recursive: true });
  }

  /** Blocks, as a command that is called from a script does. */
  run(args: readonly string[]): Ended {
    this.#ask(args);
    const chunk = Buffer.alloc(1 << 16);
    const parts: Buffer[] = [];
    for (;;) {
      const length = readSync(this.#answers, chunk);
      if (length === 0) throw new Error(`the host has ended in: ${args.join(' ')}`);
      parts.push(Buffer.from(chunk.subarray(0, length)));
      if (chunk[length - 1] === endOfAnswer) return JSON.parse(Buffer.concat(parts).toString());
    }
  }

  /** Does not block: servers of this process answer meanwhile. From then on the host is for such runs, one after the other. */
  runBeside(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
    this.#stream ??= new Socket({ fd: this.#answers, readable: true, writable: false });
    const stream = this.#stream;
    stream.ref();
    this.#ask(args, env);
    const parts: Buffer[] = [];
    return new Promise((resolve, reject) => {
      const done = () => {
        stream.removeAllListeners();
        stream.unref();
      };
      stream.on('data', (part) => {
        parts.push(part);
        if (part.at(-1) !== endOfAnswer) return;
        done();
        resolve(JSON.parse(Buffer.concat(parts).toString()));
      });
      stream.on('close', () => reject(new Error(`the host has ended in: ${args.join(' ')}`)));
    });
  }

  #ask(args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
    writeSync(this.#requests, `${JSON.stringify({ args, env: { ...process.env, NO_COLOR: '1', ...env } })}\n`);
  }
}
