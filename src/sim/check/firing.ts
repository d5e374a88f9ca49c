import { moveTargetAt, type Situations } from './situations.ts';
import { unbounded } from './timedSystem.ts';

/**
 * The firing rule of linear state classes: Berthomieu and Diaz, IEEE TSE 17(3) 1991; in O(n²) as Boucheneb and Mullins
 * 2003. A class is a canonical difference-bound matrix of n + 1 rows: entry [i][j] bounds the remaining time of i minus
 * that of j, 0 standing for the present.
 */

/** Per pending event, the least by which any pending event is bounded above it: 0 where it may be the next. */
function leastLeads(matrix: Int32Array, place: number, pending: number, leads: Int32Array): void {
  const stride = pending + 1;
  for (let column = 1; column <= pending; column++) {
    let least = 0;
    for (let row = 1; row <= pending; row++) {
      const bound = matrix[place + row * stride + column] as number;
      if (bound < least) least = bound;
    }
    leads[column] = least;
  }
}

/** The class whose events are fired: its matrix, where it begins, how many events are pending, and their leads. */
export interface Source {
  matrix: Int32Array;
  place: number;
  pending: number;
  leads: Int32Array;
  /** Set where an earlier message may arrive later than a window lets the one behind it: no class can say that. */
  isHeldBack: boolean;
}

/** A source that is filled in before each firing. */
export const newSource = (): Source => ({
  matrix: new Int32Array(1),
  place: 0,
  pending: 0,
  leads: new Int32Array(64),
  isHeldBack: false,
});

/** Turns a source to a class, and finds out which of its events may be next. */
export function turnTo(source: Source, matrix: Int32Array, place: number, pending: number): void {
  source.matrix = matrix;
  source.place = place;
  source.pending = pending;
  if (pending >= source.leads.length) source.leads = new Int32Array(pending * 2);
  leastLeads(matrix, place, pending, source.leads);
}

/** Writes the class after the event at `fired` (1 is the first) has happened as a move says. It is canonical again. */
export function fireInto(next: Int32Array, source: Source, fired: number, situations: Situations, move: number): void {
  const { matrix, place, pending, leads } = source;
  const target = situations.moves.at(move + moveTargetAt);
  const count = situations.sizeOf(target);
  const width = count + 1;
  const stride = pending + 1;
  const origins = situations.moves.data;
  const originsAt = situations.originsOf(move) - 1;
  const types = situations.store.data;
  const typesAt = situations.typesAt(target) - 1;
  next[0] = 0;
  for (let row = 1; row <= count; row++) {
    const origin = (origins[originsAt + row] as number) + 1;
    const type = types[typesAt + row] as number;
    next[row * width] = origin > 0 ? (matrix[place + origin * stride + fired] as number) : situations.latest.at(type);
    next[row] = origin > 0 ? (leads[origin] as number) : -situations.earliest.at(type);
  }
  for (let row = 1; row <= count; row++) {
    const above = next[row * width] as number;
    const origin = (origins[originsAt + row] as number) + 1;
    const from = place + origin * stride;
    for (let column = 1; column <= count; column++) {
      const through = above >= unbounded ? unbounded : above + (next[column] as number);
      const other = (origins[originsAt + column] as number) + 1;
      const before = origin > 0 && other > 0 ? (matrix[from + other] as number) : unbounded;
      next[row * width + column] = before < through ? before : through;
    }
    next[row * width + row] = 0;
  }
  for (let row = 2; row <= count; row++) {
    if ((origins[originsAt + row] as number) < 0 && situations.waits(typesAt + 1, row - 1)) {
      if ((next[(row - 1) * width] as number) > situations.latest.at(types[typesAt + row] as number))
        source.isHeldBack = true;
      keepOrder(next, width, row - 1, row);
    }
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
