import type { Window } from '../data/window.ts';

/** Something that will or may happen: a message under way, an armed timer or a step of the environment. */
export interface Pending {
  /** Identity: counts up in the order of creation. */
  readonly serial: number;
  readonly kind: 'message' | 'timer' | 'step';
  /** Whom it happens to; -1 for a step that concerns links only. */
  readonly party: number;
  readonly event: number;
  /** Sender of a message, else -1. */
  readonly from: number;
  /** Link of a message, else -1. */
  readonly link: number;
  /** The timer's identity within its party, or the step's position, else -1. */
  readonly index: number;
  /** What luck is drawn for. */
  readonly cause: number;
  /** When it happens, counted from its creation. */
  readonly windowMs: Window;
  /** Whether it is the second copy of a message, to which no fault applies. */
  readonly isCopy: boolean;
  /** Serial under which it was sent: that of the original for a copy, which a link makes later. */
  readonly sent: number;
  /** The date that a driver which decides in advance has given it. */
  dueMs: number;
  /** Which of several at the same instant goes first: the lower one. */
  order: number;
  /** What that driver has decided to do with it. */
  fate: Fate;
}

/** The outcomes of a pending event; all but `happen` are faults of a link. */
export type Fate = 'happen' | 'lose' | 'duplicate';

/**
 * The date of what no driver has dated. Were it 0, V8 would keep whole numbers in this field, and make every event anew as soon as one has
 * another date: when half a millisecond, or never. That took more than half of the time of a sweep. It is not exported: then V8 would look it
 * up for each event, and runs take 1.7 times as long.
 */
const undated = Number.NaN;

/** Below 0 where the first of two comes before the other one, for a driver that goes by dates. */
export const byDates = (one: Pick<Pending, 'dueMs' | 'order' | 'serial'>, other: typeof one): number =>
  one.dueMs - other.dueMs || one.order - other.order || one.serial - other.serial;

/** The position of what is due first, or -1. */
export function firstDue(pending: readonly Pending[]): number {
  let first = -1;
  let best: Pending | undefined;
  for (let position = 0; position < pending.length; position++) {
    const one = pending[position] as Pending;
    if (best !== undefined && (one.dueMs > best.dueMs || (one.dueMs === best.dueMs && byDates(best, one) < 0)))
      continue;
    first = position;
    best = one;
  }
  return first;
}

/** Positional, as there are millions of them. */
export const newPending = (
  serial: number,
  kind: Pending['kind'],
  party: number,
  event: number,
  cause: number,
  from: number,
  link: number,
  index: number,
  windowMs: Window,
): Pending => ({
  serial,
  sent: serial,
  kind,
  party,
  event,
  cause,
  from,
  link,
  index,
  windowMs,
  isCopy: false,
  dueMs: undated,
  order: 0,
  fate: 'happen',
});

/** A copy. A spread would have another shape for V8, and make all slower that reads them. */
export function copyOf(one: Pending, serial = one.serial, sent = one.sent): Pending & { serial: number } {
  const { kind, party, event, cause, from, link, index, windowMs, isCopy, dueMs, order, fate } = one;
  const copy = newPending(serial, kind, party, event, cause, from, link, index, windowMs);
  return Object.assign(copy, { sent, isCopy, dueMs, order, fate });
}
