import type { ControlDocument } from './controlMessages.ts';

/** A message on its way to the other side, counted from 1 within its run. */
export interface Numbered {
  readonly number: number;
  readonly message: ControlDocument;
}

/** What waits for the other side of one account, in order, until it has been asked for what comes after it. */
export class Mailbox {
  #waiting: Numbered[] = [];
  #count = 0;
  #wake: () => void = () => {};

  put(message: ControlDocument): void {
    this.#waiting.push({ number: ++this.#count, message });
    this.#wake();
  }

  /** What comes after a number, as soon as there is something or the time is over; what comes before it has arrived. */
  async after(number: number, waitMs: number, signal: AbortSignal): Promise<readonly Numbered[]> {
    this.#waiting = this.#waiting.filter((one) => one.number > number);
    if (this.#waiting.length === 0 && !signal.aborted) await this.#somethingIsThere(waitMs, signal);
    return this.#waiting.filter((one) => one.number > number);
  }

  #somethingIsThere(waitMs: number, signal: AbortSignal): Promise<void> {
    this.#wake();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      signal.addEventListener('abort', done);
      this.#wake = done;
    });
  }
}
