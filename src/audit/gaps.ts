import type { Binding, DoubleRegistration, Gap, LossOfBinding, Moment } from './registrations.ts';
import type { Side } from './sides.ts';
import { grown } from './smallMap.ts';

/** A side that was lost, and how. */
export interface LostSide {
  readonly cause: LossOfBinding;
  readonly side: Side;
}

/** The gap that goes on. */
export function openGap(gaps: readonly Gap[]): Gap | null {
  const last = gaps.at(-1);
  return last?.until === null ? last : null;
}

/** The gaps once these bindings are there: one may begin with the side that was lost, or end. */
export function gapsAt(gaps: Gap[], at: Moment, lost: LostSide | null, bindings: readonly Binding[]): Gap[] {
  const [first] = bindings;
  const open = openGap(gaps);
  if (first === undefined && open === null && lost !== null) {
    return grown(gaps, { from: at, until: null, cause: lost.cause, before: lost.side, after: null });
  }
  if (first !== undefined && open !== null) {
    open.until = at;
    open.after = first.side;
    return gaps;
  }
  return lost?.cause === 'unregistered' ? withBlur(gaps, at, lost.side, bindings) : gaps;
}

/**
 * The un-REGISTER was under way when all others registered: which came first at the server is not to be seen. One REGISTER
 * that does both is one step (RFC 3261 10.3).
 */
function withBlur(gaps: Gap[], at: Moment, before: Side, left: readonly Binding[]): Gap[] {
  const [first] = left;
  const covers = ({ since, side }: Binding) => side === before || since === at || since.replyMs <= at.requestMs;
  if (first === undefined || left.some(covers)) return gaps;
  return grown(gaps, { from: at, until: first.since, cause: 'unregistered', before, after: first.side });
}

/** The double registrations once these bindings are there: one may begin or end. */
export function doublesAt(
  doubles: DoubleRegistration[],
  at: Moment,
  bindings: readonly Binding[],
): DoubleRegistration[] {
  const certain = bindings.filter(({ isDoubtful }) => !isDoubtful);
  const sides = [...new Set(certain.map(({ side }) => side))];
  const open = doubles.at(-1);
  const isOpen = open !== undefined && open.until === null;
  const latest = certain.reduce<Moment | null>(
    (one, { since }) => (one && one.replyMs > since.replyMs ? one : since),
    null,
  );
  if (sides.length > 1 && !isOpen && latest !== null) return grown(doubles, { from: latest, until: null, sides });
  if (sides.length < 2 && isOpen) open.until = at;
  return doubles;
}
