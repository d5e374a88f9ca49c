import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The command as a user starts it. */
export class Inspecting {
  /** What it prints. */
  readonly said: Promise<string>;
  /** What it has written to stderr since it began to serve. */
  complaints = '';
  readonly #process: ChildProcess;

  constructor(...args: string[]) {
    this.#process = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'inspect', ...args], { cwd: root });
    this.said = new Promise<string>((resolve, reject) => {
      let text = '';
      this.#process.stdout?.on('data', (more) => {
        text += more;
        if (text.includes('Ctrl-C')) resolve(text);
      });
      this.#process.stderr?.on('data', (error) => {
        this.complaints += error;
        reject(new Error(String(error)));
      });
    });
  }

  get url(): Promise<string> {
    return this.said.then((text) => /http:\S+/.exec(text)?.[0] ?? '');
  }

  get inspectUrl(): Promise<string> {
    return this.said.then((text) => /ws:[^']+/.exec(text)?.[0] ?? '');
  }

  close(): void {
    this.#process.kill();
  }
}
