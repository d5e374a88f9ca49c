import { setMaxListeners } from 'node:events';
import type { Clock } from './clock.ts';

/** How many runs go on at once, and how many may begin per second. */
export interface Pace {
  readonly parallel: number;
  readonly perSecond: number;
  /** The time in which the first ones begin, evenly, until as many go on at once as may; without it at `perSecond`. */
  readonly rampMs?: number | undefined;
}

/** When a piece of work may begin, counted from the start. */
function beginsAtMs(index: number, lanes: number, { perSecond, rampMs }: Pace): number {
  if (rampMs === undefined) return (index * 1_000) / perSecond;
  return index < lanes ? (index * rampMs) / lanes : rampMs + ((index - lanes) * 1_000) / perSecond;
}

const waiting = (clock: Clock, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(Math.max(0, delayMs), resolve);
  });

/**
 * Does pieces of work, each in a lane of its own: no two of one lane at once. Stops beginning new ones once the signal says
 * so. Results come in the order of the work; those that were never begun are missing.
 */
export async function inLanes<Result>(
  count: number,
  pace: Pace,
  clock: Clock,
  signal: AbortSignal,
  work: (index: number, lane: number) => Promise<Result>,
): Promise<Result[]> {
  // Every piece of work may listen to it.
  setMaxListeners(0, signal);
  const results: Result[] = [];
  const startedMs = clock.nowMs();
  const lanes = Math.min(pace.parallel, count);
  let next = 0;
  const lane = async (number: number): Promise<void> => {
    while (next < count && !signal.aborted) {
      const index = next++;
      await waiting(clock, startedMs + beginsAtMs(index, lanes, pace) - clock.nowMs());
      if (!signal.aborted) results[index] = await work(index, number);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
  return results.filter((result) => result !== undefined);
}
