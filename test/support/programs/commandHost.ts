import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const hostFile = fileURLToPath(new URL('./commandHostProcess.js', import.meta.url));

/** How a run of the command ended. */
interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A process that has loaded the built command and runs it once for each request. It ends when this process does. What belongs to
 * a process as a whole (signals, standard input, an event loop that runs dry) is not tried by it: that takes a process of its own.
 */
export class CommandHost {
  readonly #requests: number;
  readonly #answers: number;

  constructor(mainFile: string, cwd: string) {
    const folder = mkdtempSync(join(tmpdir(), 'ringproof-host-'));
    const [requests, answers] = [join(folder, 'requests'), join(folder, 'answers')];
    const { status } = spawnSync('mkfifo', [requests, answers]);
    if (status !== 0) throw new Error(`mkfifo: ${status}`);
    spawn(process.execPath, [hostFile, requests, answers, mainFile], {
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
    writeSync(this.#requests, `${JSON.stringify({ args, env: { ...process.env, NO_COLOR: '1' } })}\n`);
    const chunk = Buffer.alloc(1 << 16);
    const parts: Buffer[] = [];
    for (;;) {
      const length = readSync(this.#answers, chunk);
      if (length === 0) throw new Error(`the host has ended in: ${args.join(' ')}`);
      parts.push(Buffer.from(chunk.subarray(0, length)));
      if (chunk[length - 1] === 0x0a) return JSON.parse(Buffer.concat(parts).toString());
    }
  }
}
