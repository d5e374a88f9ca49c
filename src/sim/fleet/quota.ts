/**
 * A push service that takes so many pushes a minute and answers the others 429 (FCM: 600,000 a project and minute unless more is
 * granted, firebase.google.com/docs/cloud-messaging/throttling-and-quotas). A bucket that fills evenly: its minutes are nobody's.
 */
export class Quota {
  readonly #perMinute: number;
  readonly #weight: number;
  #left: number;
  #atMs = 0;

  /** `weight`: how many pushes each one stands for. */
  constructor(perMinute: number, weight: number) {
    this.#perMinute = perMinute;
    this.#weight = weight;
    this.#left = perMinute;
  }

  /** Whether the push is taken that arrives now. */
  takes(nowMs: number): boolean {
    this.#left = Math.min(this.#perMinute, this.#left + ((nowMs - this.#atMs) * this.#perMinute) / 60_000);
    this.#atMs = nowMs;
    if (this.#left < this.#weight) return false;
    this.#left -= this.#weight;
    return true;
  }
}
