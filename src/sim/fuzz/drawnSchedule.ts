import fc from 'fast-check';
import type { Schedule } from '../run/run.ts';
import { SeededSchedule } from '../run/seededSchedule.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Pending } from '../world/pending.ts';

/** What is drawn for one run of a world. Shrinks to a run in which everything is as early as it can be. */
export interface ScheduleDraft {
  /** Orders what happens at the same instant. */
  readonly seed: number;
  /** Where in its window each event happens that has one, in the order of their creation; those that follow come first in theirs. */
  readonly shares: readonly number[];
  /** Which messages of lossy links are lost, and which arrive twice, counted from 0. */
  readonly lost: readonly number[];
  readonly doubled: readonly number[];
}

/** How much there is to draw in a run, and how many faults may be drawn. */
export interface ScheduleLimits {
  readonly shares: number;
  readonly lossyMessages: number;
  readonly losses: number;
  readonly duplicates: number;
}

/** A share of 1. A fine one, so that a window of hours is drawn to the millisecond. */
const whole = 2 ** 30;

/** What follows these in a run is drawn evenly with the seed: fast-check shrinks longer lists too slowly. */
const mostShares = 1_000;

/** All events at the same share of their windows, from 0 to 1, without faults. */
export const evenDraft = (seed: number, share: number): ScheduleDraft => {
  const shares = new Array<number>(mostShares).fill(Math.round(share * whole));
  return { seed, shares, lost: [], doubled: [] };
};

/** Schedules for fast-check. */
export function drawSchedule({ shares, lossyMessages, losses, duplicates }: ScheduleLimits) {
  const some = (most: number) =>
    lossyMessages === 0 ? fc.constant([]) : fc.array(fc.nat({ max: lossyMessages - 1 }), { maxLength: most });
  return fc.record({
    seed: fc.nat({ max: 2 ** 31 - 1 }),
    shares: fc.array(fc.nat({ max: whole }), { maxLength: Math.min(shares, mostShares), size: 'max' }),
    lost: some(losses),
    doubled: some(duplicates),
  }) satisfies fc.Arbitrary<ScheduleDraft>;
}

/** Decides a run by what was drawn. Laws of latencies and probabilities of links are not asked. */
export class DrawnSchedule implements Schedule {
  readonly #definition: WorldDefinition;
  readonly #draft: ScheduleDraft;
  readonly #seeded: SeededSchedule;
  /** How much of a draft has been asked for by now. */
  shares = 0;
  lossyMessages = 0;

  constructor(definition: WorldDefinition, draft: ScheduleDraft) {
    const links = definition.links.map((link) => ({ ...link, law: undefined, loss: 0, duplicate: 0 }));
    this.#definition = { ...definition, links };
    this.#draft = draft;
    this.#seeded = new SeededSchedule(this.#definition, draft.seed);
  }

  get nowMs(): number {
    return this.#seeded.nowMs;
  }

  set nowMs(ms: number) {
    this.#seeded.nowMs = ms;
  }

  readonly schedule = (pending: Pending): void => {
    const exact = { ...pending, windowMs: this.#within(pending.windowMs) };
    const fault = this.#seeded.schedule(exact);
    pending.dueMs = exact.dueMs;
    pending.order = exact.order;
    pending.fate = exact.fate;
    if (this.#definition.links[pending.link]?.lossy !== true || pending.isCopy) return;
    const place = this.lossyMessages++;
    // What the scenario does to a message for certain is all that happens to it.
    if (fault !== undefined) return;
    if (this.#draft.doubled.includes(place)) pending.fate = 'duplicate';
    if (this.#draft.lost.includes(place)) pending.fate = 'lose';
  };

  happened(fired: Pending): void {
    this.#seeded.happened(fired);
  }

  next(pending: readonly Pending[]): number {
    return this.#seeded.next(pending);
  }

  #within(window: Pending['windowMs']): Pending['windowMs'] {
    const [earliest, latest] = window;
    if (earliest === latest) return window;
    const place = this.shares++;
    if (place >= mostShares) return window;
    const ms = earliest + Math.round(((latest - earliest) * (this.#draft.shares[place] ?? 0)) / whole);
    return [ms, ms];
  }
}
