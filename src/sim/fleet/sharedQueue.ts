/** A server that many phones share: so many requests a second, and room for some that wait. */
export interface QueueLimits {
  /** Requests that are served in a second. */
  readonly perSecond: number;
  /** Requests that can wait; beyond them one is refused. */
  readonly room: number;
}

/**
 * One queue with one server, first come, first served. A request stands for as many as one simulated phone stands for: they come
 * together, and wait for those before them. The future has no part in it, so that users who react to their waiting are followed in one
 * pass, without iteration.
 */
export class SharedQueue {
  readonly #limits: QueueLimits;
  readonly #weight: number;
  #waiting = 0;
  #atMs = 0;

  /** `weight`: how many requests each one stands for. */
  constructor(limits: QueueLimits, weight: number) {
    this.#limits = limits;
    this.#weight = weight;
  }

  /** How long a request waits that arrives now, in milliseconds; null where it is refused. */
  arrive(nowMs: number): number | null {
    this.#drain(nowMs);
    // One that stands for more than there is room for is not refused by an idle server.
    if (this.#waiting > 0 && this.#waiting + this.#weight > this.#limits.room) return null;
    const waitMs = Math.round((this.#waiting / this.#limits.perSecond) * 1_000);
    this.#waiting += this.#weight;
    return waitMs;
  }

  /** What waits is gone: the server has crashed. */
  empty(nowMs: number): void {
    this.#drain(nowMs);
    this.#waiting = 0;
  }

  #drain(nowMs: number): void {
    const servedSince = ((nowMs - this.#atMs) * this.#limits.perSecond) / 1_000;
    this.#waiting = Math.max(0, this.#waiting - servedSince);
    this.#atMs = nowMs;
  }
}
