const minuteMs = 60_000;

/**
 * A push service that takes so many pushes a minute and answers the others 429 until that minute is over, when all of the quota is there
 * again (FCM: 600,000 a project and minute unless more is granted, "until the quota is refilled in the following minute",
 * firebase.google.com/docs/cloud-messaging/throttling-and-quotas). Its minutes are not those of the clock: here they begin with the first push.
 */
export class Quota {
  readonly #perMinute: number;
  readonly #weight: number;
  #left = 0;
  #endMs: number | null = null;

  /** `weight`: how many pushes each one stands for. */
  constructor(perMinute: number, weight: number) {
    this.#perMinute = perMinute;
    this.#weight = weight;
  }

  /** Whether the push is taken that arrives now. */
  takes(nowMs: number): boolean {
    this.#endMs ??= nowMs;
    if (nowMs >= this.#endMs) {
      this.#endMs = nowMs + minuteMs - ((nowMs - this.#endMs) % minuteMs);
      this.#left = this.#perMinute;
    }
    if (this.#left < this.#weight) return false;
    this.#left -= this.#weight;
    return true;
  }
}
