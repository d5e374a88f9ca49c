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
  /** The event before it on its link with which it arrives, because that is due beyond its own window; see `Source`. */
  readonly tiedTo: Tied | null;
}

/** An event on whose date others may depend; `fired` is the step that it is, once it has happened. */
interface Tied {
  readonly created: number;
  readonly windowMs: Window;
  readonly tiedTo: Tied | null;
  fired: number | null;
}

/** A path with the life of every pending event on it. Step 0 is the start, step n the nth firing. */
export interface Timeline {
  readonly path: readonly Firing[];
  readonly instances: readonly Instance[];
  /** Per step, the instance that fired; step 0 has none. */
  readonly fired: readonly (Instance | null)[];
  /** Whether the last step is an event that happens after all others that are due at the same date. */
  readonly endsLast: boolean;
}

type Open = Omit<Instance, 'ended' | 'how'> & Tied;

/** What the path alone does not say of its pending events. */
export interface TimelineFacts {
  /** Per step, the events that are still under way after it although the path no longer follows them. */
  readonly leftOut?: readonly (readonly PendingAfter[])[];
  /** Per step from the start on, the positions of new events that are tied to the one before: see `tiesAlong`. */
  readonly ties?: readonly (readonly number[])[];
}

/** Follows the pending events along a path of firings. */
export function timelineOf(
  system: TimedSystem,
  start: readonly number[],
  types: readonly number[][],
  path: readonly Firing[],
  { leftOut = [], ties = [] }: TimelineFacts = {},
): Timeline {
  const instances: Instance[] = [];
  const fired: (Instance | null)[] = [null];
  const begin = (origin: number, type: number, created: number, tiedTo: Tied | null): Open => ({
    type,
    windowMs: system.windowOf(type),
    origin,
    created,
    tiedTo,
    fired: null,
  });
  const end = (open: Open, ended: number, how: Instance['how']): Instance => {
    if (how === 'fired') open.fired = ended;
    const { type, windowMs, origin, created, tiedTo } = open;
    const instance = { type, windowMs, origin, created, tiedTo, ended, how };
    instances.push(instance);
    return instance;
  };
  const after = (before: readonly Open[], origins: readonly number[], step: number): Open[] => {
    const events: Open[] = [];
    for (const [at, origin] of origins.entries()) {
      const type = types[step]?.[at] as number;
      const standing = before[origin];
      // What stays keeps its identity and its window, even if the system now gives it another type.
      if (standing !== undefined) events.push(Object.assign(standing, { type }));
      else events.push(begin(origin, type, step, ties[step]?.includes(at) ? (events[at - 1] ?? null) : null));
    }
    return events;
  };
  let open = after([], start, 0);
  path.forEach(({ position, move }, index) => {
    const step = index + 1;
    const kept = new Set([...move.origins].filter((origin) => origin >= 0));
    const left = leftOut[index] ?? [];
    open.forEach((one, at) => {
      if (at === position) fired[step] = end(one, step, 'fired');
      else if (!kept.has(at)) end(one, step, left.some(({ origin }) => origin === at) ? 'inert' : 'removed');
    });
    for (const { origin, type } of left) if (origin < 0) end(begin(origin, type, step, null), step, 'inert');
    open = after(open, move.origins, step);
  });
  for (const one of open) end(one, path.length, 'pending');
  const last = fired.at(-1);
  return { path, instances, fired, endsLast: Boolean(last && system.isLast?.(last.type)) };
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
  { path, instances, endsLast }: Timeline,
  keepsOrder: KeepsOrder,
  slackMs: (later: number, earlier: number) => number,
): Differences | null {
  const last = path.length;
  const dates = new Differences(last + 1);
  for (const instance of instances) {
    const { ended, how } = instance;
    const { created, windowMs } = ownDelayOf(instance);
    const slack = slackMs(ended, created);
    // What was due with the last step, or before it, would have happened first.
    const margin = endsLast && ended === last && how !== 'fired' ? 1 : 0;
    dates.atMost(ended, created, windowMs[1] - Math.max(slack, margin));
    if (how === 'fired') dates.atLeast(ended, created, windowMs[0] + slack);
    keepTie(dates, instance);
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

/** The event whose own delay gives an event its date: itself, or what it is tied to in the end. */
function ownDelayOf(event: Pick<Tied, 'created' | 'windowMs' | 'tiedTo'>): Pick<Tied, 'created' | 'windowMs'> {
  return event.tiedTo === null ? event : ownDelayOf(event.tiedTo);
}

/** An event that is tied to another has the same date, which is beyond its own window. */
function keepTie(dates: Differences, { tiedTo, created, ended, windowMs, how }: Instance): void {
  if (tiedTo === null || tiedTo.fired === null || how !== 'fired') return;
  dates.atMost(ended, tiedTo.fired, 0);
  dates.atLeast(ended, tiedTo.fired, 0);
  dates.atLeast(tiedTo.fired, created, windowMs[1]);
}
