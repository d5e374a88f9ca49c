import type { Move } from './situations.ts';
import { unbounded } from './timedSystem.ts';

/**
 * The firing rule of linear state classes: Berthomieu and Diaz, IEEE TSE 17(3) 1991; in O(n²) as Boucheneb and Mullins
 * 2003. A class is a canonical difference-bound matrix of n + 1 rows: entry [i][j] bounds the remaining time of i minus
 * that of j, 0 standing for the present.
 */

/** Per pending event, the least by which any pending event is bounded above it: 0 where it may be the next. */
export function leastLeads(matrix: Int32Array, place: number, pending: number, leads: Int32Array): void {
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

/** Writes the class after the event at `fired` (1 is the first) has happened as `move` says. It is canonical again. */
export function fireInto(
  next: Int32Array,
  matrix: Int32Array,
  place: number,
  pending: number,
  leads: Int32Array,
  fired: number,
  move: Move,
): void {
  const { origins, earliest, latest, behind } = move;
  const stride = pending + 1;
  const count = origins.length;
  const width = count + 1;
  next[0] = 0;
  for (let row = 1; row <= count; row++) {
    const origin = (origins[row - 1] as number) + 1;
    next[row * width] = origin > 0 ? (matrix[place + origin * stride + fired] as number) : (latest[row - 1] as number);
    next[row] = origin > 0 ? (leads[origin] as number) : -(earliest[row - 1] as number);
  }
  for (let row = 1; row <= count; row++) {
    const above = next[row * width] as number;
    const origin = (origins[row - 1] as number) + 1;
    const from = place + origin * stride;
    for (let column = 1; column <= count; column++) {
      const through = above >= unbounded ? unbounded : above + (next[column] as number);
      const other = (origins[column - 1] as number) + 1;
      const before = origin > 0 && other > 0 ? (matrix[from + other] as number) : unbounded;
      next[row * width + column] = row === column ? 0 : before < through ? before : through;
    }
  }
  for (let row = 1; row <= count; row++) {
    const first = (behind[row - 1] as number) + 1;
    if (first > 0) keepOrder(next, width, first, row);
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
