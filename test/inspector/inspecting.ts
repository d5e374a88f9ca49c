import { type ChildProcess, spawn } from 'node:child_process';
import { mainFile, ringproof, root } from '../support/commandLine.ts';

/** The addresses in what the command says. */
const urlIn = (text: string): string => /http:\S+/.exec(text)?.[0] ?? '';
const inspectUrlIn = (text: string): string => /ws:[^']+/.exec(text)?.[0] ?? '';

/** A server of a page, for as long as the tests of this process go on. */
export interface Served {
  readonly url: string;
  readonly inspectUrl: string;
}

/** Has the page served by a process that has loaded the command, and has other pages served as well. */
export function served(...args: string[]): Served {
  const { status, stdout, stderr } = ringproof('inspect', ...args);
  if (status !== 0) throw new Error(stderr);
  return { url: urlIn(stdout), inspectUrl: inspectUrlIn(stdout) };
}

/** The command as a user starts it, in a process of its own, which can end. */
export class Inspecting {
  /** What it prints. */
  readonly said: Promise<string>;
  /** What it has written to stderr since it began to serve. */
  complaints = '';
  readonly #process: ChildProcess;

  constructor(...args: string[]) {
    this.#process = spawn(process.execPath, [mainFile, 'inspect', ...args], { cwd: root });
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
    return this.said.then(urlIn);
  }

  get inspectUrl(): Promise<string> {
    return this.said.then(inspectUrlIn);
  }

  close(): void {
    this.#process.kill();
  }
}
