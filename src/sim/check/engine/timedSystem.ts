import type { Window } from '../../data/window.ts';

/**
 * What an exploration of state classes must know of a system: discrete data and a list of pending events, each with a
 * window in which it happens. The world of a scenario is one such system, a time Petri net another.
 *
 * Everything here is discrete and asked once per distinct situation; dates are computed by the explorations.
 */
export interface TimedSystem {
  readonly start: Outcome;
  /** What can become of the pending event at that position: one outcome per discrete choice. */
  fire(situation: Situation, position: number): readonly Outcome[];
  /**
   * The assumption on which the last firing rests, as a number; 0 or absent for none. Where it turns out to be wrong, the
   * firing is asked for again: see `Situations.renew`.
   */
  readonly assumed?: number;
  /** Earliest and latest time from its creation until an event of that type happens; latest may be Infinity. */
  windowOf(type: number): Window;
  /**
   * Events of one group keep the order of their creation, and are listed by group. Give each type its own group
   * unless the order of several types matters.
   */
  groupOf(type: number): number;
  /** Whether an event of that type waits for the earlier ones of its group, as on a link that keeps the order. */
  isOrdered(type: number): boolean;
  /** Whether an event of that type happens after all others that are due at the same date, such as the end of a run. */
  isLast?(type: number): boolean;
}

/** All discrete data: words, and the types of the pending events in canonical order. */
export interface Situation {
  readonly words: readonly number[];
  readonly pending: readonly number[];
}

/** A successor situation. */
export interface Outcome {
  readonly words: readonly number[];
  /** In the order of their creation within each group. */
  readonly pending: readonly PendingAfter[];
  /** Distinguishes the choices of one firing. */
  readonly choice: number;
}

/** A pending event after a firing. Persistence is by identity: an event that is created anew gets a new window. */
export interface PendingAfter {
  readonly type: number;
  /** Its position before the firing, or -1 where it is new. */
  readonly origin: number;
}

/** Stands for a missing bound: far above every date, and two of them still fit a typed array. */
export const unbounded = 1_000_000_000;
