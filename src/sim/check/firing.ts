import { moveTargetAt, type Situations } from './situations.ts';
import { unbounded } from './timedSystem.ts';

/**
 * The firing rule of linear state classes: Berthomieu and Diaz, IEEE TSE 17(3) 1991; in O(n²) as Boucheneb and Mullins
 * 2003. A class is a canonical difference-bound matrix of n + 1 rows: entry [i][j] bounds the remaining time of i minus
 * that of j, 0 standing for the present.
 */

/** The class whose events are fired: its matrix, where it begins, how many events are pending. */
export interface Source {
  matrix: Int32Array;
  place: number;
  pending: number;
  /** Per pending event, the least by which any pending event is bounded above it: 0 where it may be the next. */
  leads: Int32Array;
  /** Per pending event of the class that is written, which one of the source it is, or 0 where it is new. */
  origins: Int32Array;
  /** Set where an earlier message may arrive later than a window lets the one behind it: no class can say that. */
  isHeldBack: boolean;
}

/** A source that is filled in before each firing. */
export const newSource = (): Source => ({
  matrix: new Int32Array(1),
  place: 0,
  pending: 0,
  leads: new Int32Array(64),
  origins: new Int32Array(64),
  isHeldBack: false,
});

/** Turns a source to a class, and finds out which of its events may be next. */
export function turnTo(source: Source, matrix: Int32Array, place: number, pending: number): void {
  source.matrix = matrix;
  source.place = place;
  source.pending = pending;
  if (pending >= source.leads.length) source.leads = new Int32Array(pending * 2);
  const { leads } = source;
  leads.fill(0, 0, pending + 1);
  let at = place + pending + 1;
  for (let row = 1; row <= pending; row++) {
    at++;
    for (let column = 1; column <= pending; column++, at++) {
      const bound = matrix[at] as number;
      if (bound < (leads[column] as number)) leads[column] = bound;
    }
  }
}

/** Writes the class after the event at `fired` (1 is the first) has happened as a move says. It is canonical again. */
export function fireInto(next: Int32Array, source: Source, fired: number, situations: Situations, move: number): void {
  const count = situations.sizeOf(situations.moves.at(move + moveTargetAt));
  const width = count + 1;
  writeBounds(next, source, fired, situations, move);
  const { matrix, place, origins } = source;
  const stride = source.pending + 1;
  for (let row = 1, at = width; row <= count; row++) {
    const above = next[at] as number;
    const origin = origins[row] as number;
    const from = place + origin * stride;
    const end = at + count;
    for (let column = 1; ++at <= end; column++) {
      const through = above >= unbounded ? unbounded : above + (next[column] as number);
      const other = origins[column] as number;
      const before = origin > 0 && other > 0 ? (matrix[from + other] as number) : unbounded;
      next[at] = before < through ? before : through;
    }
    next[row * width + row] = 0;
  }
  keepAllOrders(next, source, situations, move);
}

/** Bounds every event of the class that is written by the present, and notes where it comes from. */
function writeBounds(next: Int32Array, source: Source, fired: number, situations: Situations, move: number): void {
  const { matrix, place, pending, leads } = source;
  const target = situations.moves.at(move + moveTargetAt);
  const count = situations.sizeOf(target);
  const moves = situations.moves.data;
  const originsAt = situations.originsOf(move) - 1;
  const types = situations.store.data;
  const typesAt = situations.typesAt(target) - 1;
  if (count >= source.origins.length) source.origins = new Int32Array(count * 2);
  const { origins } = source;
  next[0] = 0;
  for (let row = 1, at = count + 1; row <= count; row++, at += count + 1) {
    const origin = moves[originsAt + row] as number;
    if (origin >= 0) {
      origins[row] = origin + 1;
      next[at] = matrix[place + (origin + 1) * (pending + 1) + fired] as number;
      next[row] = leads[origin + 1] as number;
    } else {
      const type = types[typesAt + row] as number;
      origins[row] = 0;
      next[at] = situations.latest.at(type);
      next[row] = -situations.earliest.at(type);
    }
  }
}

/** Lets new messages wait for those before them on links that keep the order. */
function keepAllOrders(next: Int32Array, source: Source, situations: Situations, move: number): void {
  const target = situations.moves.at(move + moveTargetAt);
  const count = situations.sizeOf(target);
  const typesAt = situations.typesAt(target) - 1;
  for (let row = 2; row <= count; row++) {
    if (source.origins[row] !== 0 || !situations.waits(typesAt + 1, row - 1)) continue;
    const latest = situations.latest.at(situations.store.at(typesAt + row));
    if ((next[(row - 1) * (count + 1)] as number) > latest) source.isHeldBack = true;
    keepOrder(next, count + 1, row - 1, row);
  }
}

/** On a link that keeps the order the earlier message arrives no later: all dates within the windows that respect it. */
function keepOrder(next: Int32Array, width: number, first: number, second: number): void {
  if ((next[first * width + second] as number) <= 0) return;
  for (let row = 0; row < width; row++) {
    const toFirst = next[row * width + first] as number;
    if (toFirst >= unbounded) continue;
    for (let column = 0; column < width; column++) {
      const fromSecond = next[second * width + column] as number;
      const through = fromSecond >= unbounded ? unbounded : toFirst + fromSecond;
      if (through < (next[row * width + column] as number)) next[row * width + column] = through;
    }
  }
}
