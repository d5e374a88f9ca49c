import type { Hidden, MessageRow, Row } from './rows.ts';

/** A gap longer than this is folded. */
const longGapMs = 5_000;

/** Fewer retransmissions than this are drawn one by one. */
const fewRepeats = 3;

/** One more of the same: sent again by a timer, and to the same effect. */
const repeats = <Lane extends string>(row: Row<Lane>, first: MessageRow<Lane>): row is MessageRow<Lane> =>
  row.kind === 'message' &&
  row.isRetransmission &&
  row.from === first.from &&
  row.to === first.to &&
  row.label === first.label &&
  row.arrival === first.arrival &&
  row.before === row.after;

/** Draws of many retransmissions in a row only the first one, and says how many follow. */
export function withRepeats<Lane extends string>(rows: readonly Row<Lane>[]): Row<Lane>[] {
  const result: Row<Lane>[] = [];
  for (let index = 0; index < rows.length; ) {
    const row = rows[index] as Row<Lane>;
    const isFirst = row.kind === 'message' && row.isRetransmission;
    const other = isFirst ? rows.findIndex((one, at) => at > index && !repeats(one, row)) : index + 1;
    const end = other < 0 ? rows.length : other;
    const more = rows.slice(index + 1, end) as MessageRow<Lane>[];
    const last = more.at(-1);
    result.push(row);
    if (more.length < fewRepeats || last === undefined) result.push(...more);
    else result.push({ ...last, kind: 'repeats', messages: more });
    index = end;
  }
  return result;
}

/** Puts a fold into each long gap, with what is hidden in it. */
export function withFolds<Lane extends string>(rows: readonly Row<Lane>[], hidden: readonly Hidden[]): Row<Lane>[] {
  return rows.flatMap((row, index) => {
    const previous = rows[index - 1];
    const forMs = row.atMs - (previous?.atMs ?? row.atMs);
    if (previous === undefined || row.kind === 'repeats' || forMs <= longGapMs) return [row];
    const { atMs, after } = previous;
    const within = hidden.filter((one) => one.atMs >= atMs && one.atMs < row.atMs);
    return [{ kind: 'idle', atMs, step: null, before: after, after, forMs, hidden: within }, row];
  });
}
