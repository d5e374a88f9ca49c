import process from 'node:process';
import { clearProgress, reportEveryMs, showProgress } from './progress.ts';

/** Tells on a terminal how far the live runs are. */
export class LiveProgress {
  readonly #runs: number;
  /** How long the scenario takes at most. */
  readonly #untilMs: number;
  readonly #startedMs = Date.now();
  readonly #timer: NodeJS.Timeout;
  #begun = 0;
  #ended = 0;

  constructor(runs: number, untilMs: number) {
    this.#runs = runs;
    this.#untilMs = untilMs;
    this.#timer = setInterval(() => showProgress(this.#text), reportEveryMs).unref();
  }

  /** A run: it counts as under way until it has come to its end, whatever that is. */
  async during<Result>(run: Promise<Result>): Promise<Result> {
    this.#begun++;
    try {
      return await run;
    } finally {
      this.#ended++;
    }
  }

  /** Says something on standard error for good. */
  say(text: string): void {
    clearProgress();
    process.stderr.write(`${text}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    clearProgress();
  }

  get #text(): string {
    const elapsed = Math.round((Date.now() - this.#startedMs) / 1_000);
    if (this.#begun === 0) return `no run has begun yet, ${elapsed} s`;
    const each = Math.ceil(this.#untilMs / 1_000);
    const underWay = this.#begun - this.#ended;
    return `${this.#ended} of ${this.#runs} runs done, ${underWay} under way, each up to ${each} s; ${elapsed} s so far`;
  }
}
