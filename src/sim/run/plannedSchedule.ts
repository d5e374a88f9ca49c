import type { Fate, Pending } from '../world/pending.ts';
import type { Schedule } from './run.ts';

/** What happens at a date: the pending event with that serial, with that fate. */
export interface PlannedEvent {
  readonly serial: number;
  readonly atMs: number;
  readonly fate: Fate;
}

/** What comes after a plan: another schedule, from a date on. */
export interface Afterwards {
  readonly fromMs: number;
  readonly schedule: Schedule;
}

/** Takes the events, their order, dates and fates from a plan, and what comes afterwards from another schedule. */
export class PlannedSchedule implements Schedule {
  #nowMs = 0;
  readonly #plan: readonly PlannedEvent[];
  readonly #bySerial: ReadonlyMap<number, PlannedEvent>;
  readonly #afterwards: Afterwards | null;
  #position = 0;

  constructor(plan: readonly PlannedEvent[], afterwards: Afterwards | null = null) {
    this.#plan = plan;
    this.#bySerial = new Map(plan.map((one) => [one.serial, one]));
    this.#afterwards = afterwards;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  set nowMs(ms: number) {
    this.#nowMs = ms;
    if (this.#afterwards !== null) this.#afterwards.schedule.nowMs = ms;
  }

  readonly schedule = (pending: Pending): void => {
    this.#afterwards?.schedule.schedule(pending);
    const planned = this.#bySerial.get(pending.serial);
    if (planned === undefined && this.#afterwards !== null) return;
    pending.dueMs = planned?.atMs ?? Number.POSITIVE_INFINITY;
    pending.fate = planned?.fate ?? 'happen';
  };

  happened(fired: Pending): void {
    this.#afterwards?.schedule.happened?.(fired);
  }

  next(pending: readonly Pending[]): number {
    const planned = this.#plan[this.#position++];
    if (planned !== undefined) return pending.findIndex(({ serial }) => serial === planned.serial);
    if (this.#afterwards === null) return -1;
    // What the plan made wait happens once it is over.
    const { fromMs, schedule } = this.#afterwards;
    for (const one of pending) one.dueMs = Math.max(one.dueMs, fromMs, this.#nowMs);
    return schedule.next(pending);
  }
}
