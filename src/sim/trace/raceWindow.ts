import type { Window } from '../data/window.ts';

/**
 * For which delays a violation happens: exact intervals, whatever the order of events that have nothing to do with
 * each other. Events are named by their serial in the trace of the counterexample.
 */
export interface RaceWindow {
  /** The property that is violated. */
  readonly property: string;
  /** Delays and dates that must keep to a part of what the scenario allows. */
  readonly delays: readonly NarrowedDelay[];
  /** Events whose order could as well be the other one, and then the violation might not happen. */
  readonly races: readonly Race[];
}

export interface NarrowedDelay {
  readonly serial: number;
  readonly allowedMs: Window;
  readonly violatingMs: Window;
  /** Said where no run violates the property just outside either, whatever the order of its events. */
  readonly whole?: true;
}

export interface Race {
  readonly first: number;
  readonly second: number;
  /** How long after the first the second one comes. */
  readonly gapMs: Window;
}
