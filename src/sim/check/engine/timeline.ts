import type { Window } from '../../data/window.ts';
import { Differences } from './differences.ts';
import type { Firing } from './stateClasses.ts';
import type { PendingAfter, TimedSystem } from './timedSystem.ts';

/** One pending event on a path: which step created it (0 is the start) and which ended it. */
export interface Instance {
  readonly type: number;
  readonly windowMs: Window;
  /** Negative code that the system gave it when it was new. */
  readonly origin: number;
  readonly created: number;
  /** The step that it is or that removed it; the last step where it is still pending then; see `inert`. */
  readonly ended: number;
  /** `inert`: a message that the path leaves out. It arrives after the step `ended`, and changes nothing. */
  readonly how: 'fired' | 'removed' | 'pending' | 'inert';
}

/** A path with the life of every pending event on it. Step 0 is the start, step n the nth firing. */
export interface Timeline {
  readonly path: readonly Firing[];
  readonly instances: readonly Instance[];
  /** Per step, the instance that fired; step 0 has none. */
  readonly fired: readonly (Instance | null)[];
}

type Open = Omit<Instance, 'ended' | 'how'>;

/**
 * Follows the pending events along a path of firings. `leftOut` says for each what the path no longer follows after it
 * although it is still under way.
 */
export function timelineOf(
  system: TimedSystem,
  start: readonly number[],
  types: readonly number[][],
  path: readonly Firing[],
  leftOut: readonly (readonly PendingAfter[])[] = [],
): Timeline {
  const instances: Instance[] = [];
  const fired: (Instance | null)[] = [null];
  const begin = (origin: number, type: number, created: number): Open => ({
    type,
    windowMs: system.windowOf(type),
    origin,
    created,
  });
  const end = (open: Open, ended: number, how: Instance['how']): Instance => {
    const instance = { ...open, ended, how };
    instances.push(instance);
    return instance;
  };
  let open = [...start].map((origin, position) => begin(origin, types[0]?.[position] as number, 0));
  path.forEach(({ position, move }, index) => {
    const step = index + 1;
    const kept = new Set([...move.origins].filter((origin) => origin >= 0));
    const left = leftOut[index] ?? [];
    open.forEach((one, at) => {
      if (at === position) fired[step] = end(one, step, 'fired');
      else if (!kept.has(at)) end(one, step, left.some(({ origin }) => origin === at) ? 'inert' : 'removed');
    });
    for (const { origin, type } of left) if (origin < 0) end(begin(origin, type, step), step, 'inert');
    open = [...move.origins].map((origin, at) => {
      const type = types[step]?.[at] as number;
      // What stays keeps its identity and its window, even if the system now gives it another type.
      return origin >= 0 ? { ...(open[origin] as Open), type } : begin(origin, type, step);
    });
  });
  for (const one of open) end(one, path.length, 'pending');
  return { path, instances, fired };
}

/** Which pairs of steps, the earlier one first, keep their order whatever the dates. */
export type KeepsOrder = (one: number, other: number) => boolean;

/** Every step after the one before it. */
export const inOrder: KeepsOrder = (one, other) => other === one + 1;

/** All dates on which the steps of a path can happen, pairs in order where they keep it; null where there are none. */
export function datesOf(timeline: Timeline, keepsOrder: KeepsOrder): Differences | null {
  return demanded(timeline, keepsOrder, () => 0);
}

/**
 * Dates with the most room on either side of every bound that leaves any: what a run on real sockets has the best
 * chance to meet. `slackMs` is that room. Null where there are no dates.
 */
export function roomiestDates(timeline: Timeline, keepsOrder: KeepsOrder): { dates: number[]; slackMs: number } | null {
  const exact = datesOf(timeline, keepsOrder);
  if (exact === null) return null;
  const isTight = (later: number, earlier: number) => exact.most(later, earlier) === exact.least(later, earlier);
  let [slackMs, dates] = [0, exact.earliest()];
  // Where every bound is tight there is no room to look for.
  const isOpen = timeline.path.some((_, index) => !isTight(index + 1, 0));
  for (let low = 1, high = isOpen ? mostSlackMs : 0; low <= high; ) {
    const middle = (low + high) >> 1;
    const tightened = demanded(timeline, keepsOrder, (later, earlier) => (isTight(later, earlier) ? 0 : middle));
    if (tightened === null) high = middle - 1;
    else {
      slackMs = middle;
      dates = tightened.earliest();
      low = middle + 1;
    }
  }
  return { dates, slackMs };
}

const mostSlackMs = 1 << 14;

/** What windows and order demand of the dates, each bound that far from where it would be broken. */
function demanded(
  { path, instances }: Timeline,
  keepsOrder: KeepsOrder,
  slackMs: (later: number, earlier: number) => number,
): Differences | null {
  const last = path.length;
  const dates = new Differences(last + 1);
  for (const { windowMs, created, ended, how } of instances) {
    const slack = slackMs(ended, created);
    dates.atMost(ended, created, windowMs[1] - slack);
    if (how === 'fired') dates.atLeast(ended, created, windowMs[0] + slack);
  }
  for (let step = 1; step <= last; step++) {
    dates.atLeast(step, 0, 0);
    dates.atLeast(last, step, 0);
    for (let before = 1; before < step; before++) {
      if (keepsOrder(before, step)) dates.atLeast(step, before, slackMs(step, before));
    }
  }
  return dates.close() ? dates : null;
}
