import type { Schedule } from '../sim/run/run.ts';
import type { Trace } from '../sim/trace/trace.ts';
import type { Pending } from '../sim/world/world.ts';

/** The dates, order and fates of a trace, and those of another schedule for what the trace does not know. */
export function retimed({ records }: Trace, otherwise: Schedule): Schedule {
  const planned = new Map(records.map(({ serial, atMs, fate, step }) => [serial, { atMs, fate, step }]));
  return {
    get nowMs() {
      return otherwise.nowMs;
    },
    set nowMs(ms: number) {
      otherwise.nowMs = ms;
    },
    schedule: (pending: Pending) => {
      otherwise.schedule(pending);
      const place = planned.get(pending.serial);
      if (place === undefined) return;
      pending.dueMs = Math.max(otherwise.nowMs, place.atMs);
      pending.order = place.step;
      pending.fate = place.fate;
    },
    next: (pending) => otherwise.next(pending),
  };
}
