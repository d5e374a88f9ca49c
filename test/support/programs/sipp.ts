import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePort, loopback } from './loopback.ts';
import { need, Program, until } from './program.ts';

export const sipp = need('sipp', 'sip-tester', '/usr/bin/sipp');

/** What SIPp has counted when it ended. */
export interface SippCounters {
  /** Calls that went as the scenario has it. */
  readonly successful: number;
  readonly failed: number;
  /** Calls that met a message which the scenario does not expect, such as a 480. */
  readonly unexpected: number;
}

const common = [
  '-nostdin',
  '-i',
  loopback,
  '-trace_stat',
  '-stf',
  'stat.csv',
  '-trace_err',
  '-error_file',
  'errors.log',
];

/** Whether somebody has bound that UDP port: SIPp says so on a terminal only, and answers nothing but calls. */
const listens = (port: number) =>
  readFileSync('/proc/net/udp', 'utf8').includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `);

const callerScenario = fileURLToPath(new URL('./caller.xml', import.meta.url));

/** A running SIPp, as a caller or as a phone. */
export class Sipp {
  /** UDP port on 127.0.0.1. */
  readonly port: number;
  readonly #program: Program;

  private constructor(port: number, program: Program) {
    this.port = port;
    this.#program = program;
  }

  static async #start(...args: readonly string[]): Promise<Sipp> {
    const [port, mediaPort] = [await freePort(), await freePort()];
    const program = new Program();
    program.start(sipp.binary, [...args, ...common, '-p', String(port), '-mp', String(mediaPort)], { TERM: 'dumb' });
    return new Sipp(port, program);
  }

  /** Rings at once and answers every call; resolves when it listens. */
  static async answering(): Promise<Sipp> {
    const answering = await Sipp.#start('-sn', 'uas');
    await until(answering.#program, 'sipp listens', () => listens(answering.port) || undefined);
    return answering;
  }

  /** Calls a user through the server at a port of 127.0.0.1, `calls` times at `callsPerSecond`. */
  static calling(port: number, user: string, { calls = 1, callsPerSecond = 10 } = {}): Promise<Sipp> {
    const bounds = ['-m', String(calls), '-r', String(callsPerSecond), '-d', '10'];
    return Sipp.#start(`${loopback}:${port}`, '-sf', callerScenario, '-s', user, ...bounds);
  }

  /** Resolves with its counters when all calls have been made. Throws where it ended otherwise: zeros would say nothing. */
  async counters(): Promise<SippCounters> {
    const code = await this.#program.ended();
    // 1: some call failed.
    if (code !== 0 && code !== 1) throw new Error(`sipp ended with ${code}; it said:\n${this.#program.output}`);
    const [names = [], ...rows] = this.#program
      .written('stat.csv')
      .trim()
      .split('\n')
      .map((line) => line.split(';'));
    const last = rows.at(-1);
    if (last === undefined) throw new Error(`sipp has counted nothing; it said:\n${this.#program.output}`);
    const count = (name: string) => Number(last[names.indexOf(name)]);
    return {
      successful: count('SuccessfulCall(C)'),
      failed: count('FailedCall(C)'),
      unexpected: count('FailedUnexpectedMessage(C)'),
    };
  }

  /** What went wrong in its eyes. */
  get errors(): string {
    return this.#program.written('errors.log');
  }

  close(): void {
    this.#program.close();
  }
}
