import { unbounded } from './timedSystem.ts';

/** Of so many zones one is examined in full: that is O(n³), where the firing rule is O(n²). */
const examinedOneIn = 256;

/** Whether a zone is one of those that are examined in full; the first is. */
export const isExamined = (count: number): boolean => count % examinedOneIn === 0;

/** Throws where a pending event of a zone has no date left. `place` is where the matrix begins, `width` its rows. */
export function assertNotEmpty(matrix: Int32Array, place: number, width: number): void {
  for (let row = 1; row < width; row++) {
    const [latest, earliest] = [matrix[place + row * width] as number, -(matrix[place + row] as number)];
    if (earliest < 0 || latest < earliest) {
      throw new Error(`event ${row} of a zone happens after ${earliest} to ${latest} ms, which is no interval`);
    }
  }
}

/** Throws where a bound of a zone does not say all that follows from the others: shortest paths are not closed. */
export function assertCanonical(matrix: Int32Array, place: number, width: number): void {
  const at = (row: number, column: number) => matrix[place + row * width + column] as number;
  for (let row = 0; row < width; row++) {
    if (at(row, row) !== 0) throw new Error(`event ${row} of a zone differs from itself by ${at(row, row)} ms`);
    for (let through = 0; through < width; through++) {
      if (at(row, through) >= unbounded) continue;
      for (let column = 0; column < width; column++) {
        const implied = at(row, through) + at(through, column);
        if (at(through, column) >= unbounded || at(row, column) <= implied) continue;
        throw new Error(`a zone that is not canonical: [${row}][${column}] is ${at(row, column)}, not ${implied}`);
      }
    }
  }
}
