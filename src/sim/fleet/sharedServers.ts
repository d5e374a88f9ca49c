import { dayMs, midnightMs } from '../workload/drawnDay.ts';
import { LoadCounter, type LoadCurve } from './loadCurve.ts';
import { Quota } from './quota.ts';
import { type QueueFigures, type QueueLimits, SharedQueue } from './sharedQueue.ts';
import type { Request, Surroundings } from './surroundings.ts';

/** What of a fleet's servers is limited; null where it is as fast as anybody likes. */
export interface SharedLimits {
  /** REGISTER and INVITE requests at the SIP server; all other messages pass at once. */
  readonly server: QueueLimits | null;
  /** Pushes a minute. */
  readonly pushesPerMinute: number | null;
}

/** When the SIP server is down, in milliseconds: what reaches it then is lost, and does not wait. */
export type Down = readonly [fromMs: number, toMs: number];

/** What became of what was shared. */
export interface SharedFigures {
  /** REGISTER and INVITE requests that were refused, by minute, of the simulated phones; null where none can be. */
  readonly refused: LoadCurve | null;
  readonly server: QueueFigures | null;
  readonly pushesRefused: number | null;
}

/** The servers that all phones of a fleet share. */
export class SharedServers implements Surroundings {
  readonly #queue: SharedQueue | null;
  readonly #quota: Quota | null;
  readonly #down: Down | null;
  readonly #refused = new LoadCounter(midnightMs, midnightMs + dayMs, 60_000);

  constructor({ server, pushesPerMinute }: SharedLimits, weight: number, down: Down | null) {
    this.#queue = server && new SharedQueue(server, weight);
    this.#quota = pushesPerMinute === null ? null : new Quota(pushesPerMinute, weight);
    this.#down = down;
  }

  arrive(request: Request, nowMs: number): number | null {
    if (request === 'push') return this.#quota === null || this.#quota.takes(nowMs) ? 0 : null;
    if (this.#queue === null) return 0;
    if (this.#down !== null && nowMs >= this.#down[0] && nowMs <= this.#down[1]) {
      this.#queue.empty(nowMs);
      return 0;
    }
    const waitMs = this.#queue.arrive(nowMs);
    if (waitMs === null) this.#refused.add(nowMs);
    return waitMs;
  }

  figures(endMs: number): SharedFigures {
    return {
      server: this.#queue?.figures(endMs) ?? null,
      refused: this.#queue && this.#refused.curve(),
      pushesRefused: this.#quota?.refused ?? null,
    };
  }
}
