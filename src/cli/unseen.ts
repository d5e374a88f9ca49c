import type { LiveResult, NotOpened } from '../live/liveJob.ts';

/** What happened in runs and does not show in their calls: what was not seen is not fine. */
export class Unseen {
  #interrupted = 0;
  #notBegun = 0;
  #unreadable = 0;
  /** Why the first run could not begin, and what was wrong with the first message that could not be read. */
  #why = '';
  #wrong = '';

  /** A run is over; false where it was ended before its scenario, and counts for nothing. */
  isComplete({ isInterrupted, unreadable }: LiveResult): boolean {
    this.#wrong ||= unreadable.first ?? '';
    this.#unreadable += unreadable.count;
    if (isInterrupted) this.#interrupted++;
    return !isInterrupted;
  }

  /** A run could not begin. */
  notBegun({ message }: NotOpened): void {
    this.#why ||= message;
    this.#notBegun++;
  }

  /** A sentence each. */
  sentences(): string[] {
    const most = this.#why.includes('EMFILE') ? ' (see `ulimit -n` and --parallel)' : '';
    return [
      ...(this.#interrupted > 0 ? [`${this.#interrupted} runs were interrupted; only complete runs are counted`] : []),
      ...(this.#notBegun > 0 ? [`${this.#notBegun} runs could not begin: ${this.#why}${most}`] : []),
      ...(this.#unreadable > 0
        ? [`${this.#unreadable} messages that came could not be read as SIP, so nobody was told them: ${this.#wrong}`]
        : []),
    ];
  }
}
