import { dayMs, midnightMs } from '../workload/drawnDay.ts';
import { LoadCounter, type LoadCurve } from './loadCurve.ts';
import { Quota } from './quota.ts';
import { type QueueLimits, SharedQueue } from './sharedQueue.ts';
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

/** What became of the requests from midnight to midnight, in requests of the whole fleet. */
export interface QueueFigures {
  readonly served: number;
  readonly refused: number;
  readonly longestWaitMs: number;
}

/** What became of what was shared. */
export interface SharedFigures {
  /** REGISTER and INVITE requests that were refused, by minute, of the simulated phones; null where none can be. */
  readonly refused: LoadCurve | null;
  readonly server: QueueFigures | null;
  readonly pushesRefused: number | null;
}

const endMs = midnightMs + dayMs;
const isOfDay = (nowMs: number): boolean => nowMs >= midnightMs && nowMs < endMs;

/** The servers that all phones of a fleet share. */
export class SharedServers implements Surroundings {
  readonly #queue: SharedQueue | null;
  readonly #quota: Quota | null;
  readonly #down: Down | null;
  readonly #weight: number;
  readonly #refused = new LoadCounter(midnightMs, endMs, 60_000);
  readonly #counted = { served: 0, refused: 0, longestWaitMs: 0 };
  #pushesRefused = 0;

  constructor({ server, pushesPerMinute }: SharedLimits, weight: number, down: Down | null) {
    this.#weight = weight;
    this.#queue = server && new SharedQueue(server, weight);
    this.#quota = pushesPerMinute === null ? null : new Quota(pushesPerMinute, weight);
    this.#down = down;
  }

  arrive(request: Request, nowMs: number): number | null {
    if (request === 'push') return this.#push(nowMs);
    if (this.#queue === null) return 0;
    if (this.#down !== null && nowMs >= this.#down[0] && nowMs <= this.#down[1]) {
      this.#queue.empty(nowMs);
      return 0;
    }
    const waitMs = this.#queue.arrive(nowMs);
    this.#count(waitMs, nowMs);
    return waitMs;
  }

  #push(nowMs: number): number | null {
    if (this.#quota === null || this.#quota.takes(nowMs)) return 0;
    if (isOfDay(nowMs)) this.#pushesRefused += this.#weight;
    return null;
  }

  #count(waitMs: number | null, nowMs: number): void {
    if (!isOfDay(nowMs)) return;
    this.#counted[waitMs === null ? 'refused' : 'served'] += this.#weight;
    if (waitMs === null) this.#refused.add(nowMs);
    else this.#counted.longestWaitMs = Math.max(this.#counted.longestWaitMs, waitMs);
  }

  figures(): SharedFigures {
    return {
      server: this.#queue && this.#counted,
      refused: this.#queue && this.#refused.curve(),
      pushesRefused: this.#quota && this.#pushesRefused,
    };
  }
}
