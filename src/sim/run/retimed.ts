import { everyParty } from '../../machines/phones.ts';
import { eventTable } from '../system/eventTable.ts';
import type { TraceRecord } from '../trace/trace.ts';
import type { Pending } from '../world/pending.ts';
import type { Schedule } from './run.ts';

/** When something happened, and what it was. */
export interface Dated extends Pick<TraceRecord, 'serial' | 'atMs' | 'fate' | 'step' | 'kind'> {
  /** A party; for a step that concerns links only, whatever names one. */
  readonly targetRef: string | null;
  readonly event: { readonly type: string };
}

/** A pending event as it happens at a date, the how-manieth of its run. */
export const datedAs = ({ serial, kind, party, event, fate }: Pending, atMs: number, step: number): Dated => ({
  // No spread: V8 gives each object with one in the middle a hidden class of its own, and every run has hundreds of these.
  serial,
  kind,
  fate,
  atMs,
  step,
  targetRef: everyParty[party] ?? null,
  event: { type: event < 0 ? '' : eventTable.of(event).type },
});

/** Once a run has gone another way, its serials stand for other things: a date belongs to what it was the date of. */
function isSame(record: Dated, pending: Pending): boolean {
  const { kind, targetRef, event } = datedAs(pending, 0, 0);
  if (record.kind !== kind) return false;
  return targetRef === null || (record.targetRef === targetRef && record.event.type === event.type);
}

/** The dates, order and fates of a run, and those of another schedule for what that run does not know. */
export function retimed({ records }: { readonly records: readonly Dated[] }, otherwise: Schedule): Schedule {
  const planned = new Map(records.map((record) => [record.serial, record]));
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
      if (place === undefined || !isSame(place, pending)) return;
      pending.dueMs = Math.max(otherwise.nowMs, place.atMs);
      pending.order = place.step;
      pending.fate = place.fate;
    },
    next: (pending) => otherwise.next(pending),
  };
}
