import type { Row } from '../../sim/report/rows.ts';
import { type DifferenceLine, lineDifferences } from './differences.ts';

/** What two runs have at the same place: one row of both, or one that only the first or the second has. */
export interface AlignedRow {
  readonly change: DifferenceLine['change'];
  /** The row of the first run and that of the second. */
  readonly rows: readonly [Row | null, Row | null];
}

const dateOf = ({ rows: [one, other] }: AlignedRow): number => one?.atMs ?? other?.atMs ?? 0;

/** In each stretch where two runs differ, what comes first stands first, whichever run it is of. */
function byDate(aligned: readonly AlignedRow[]): AlignedRow[] {
  const sorted: AlignedRow[] = [];
  let stretch: AlignedRow[] = [];
  const flush = () => {
    sorted.push(...stretch.sort((one, other) => dateOf(one) - dateOf(other)));
    stretch = [];
  };
  for (const one of aligned) {
    if (one.change !== 'same') stretch.push(one);
    else {
      flush();
      sorted.push(one);
    }
  }
  flush();
  return sorted;
}

/** The rows of two runs beside each other: what both have in the same order is one line, wherever its dates are. */
export function alignRuns(first: readonly Row[], second: readonly Row[], textOf: (row: Row) => string): AlignedRow[] {
  let [one, other] = [0, 0];
  const aligned = lineDifferences(first.map(textOf), second.map(textOf)).map(({ change }): AlignedRow => {
    const left = change === 'new' ? null : (first[one++] ?? null);
    const right = change === 'gone' ? null : (second[other++] ?? null);
    return { change, rows: [left, right] };
  });
  return byDate(aligned);
}
