import { parseDurationMs } from '../data/duration.ts';
import { InputError, type InputProblem } from '../input/inputError.ts';
import { nearestWord } from '../input/nearestWord.ts';

/** Where latencies stand. */
export interface LatencyCsv {
  readonly text: string;
  /** How errors name the file. */
  readonly file: string;
  /** The name of the column; without one, the first. */
  readonly column?: string | undefined;
}

/** Fewer say too little of a tail. */
const fewest = 10;
const longestMs = 24 * 3_600_000;

const cellsOf = (line: string): string[] => line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));

/** A file that is none of text may be one line. */
const [longestCell, longestHead] = [40, 120];
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** A number without a unit counts in milliseconds. */
function latencyMs(cell: string): number | null {
  if (!/^\d+(\.\d+)?$/.test(cell)) return parseDurationMs(cell);
  const ms = Math.round(Number(cell));
  return ms <= longestMs ? ms : null;
}

/** The hundredths, and the tail beyond the last of them. */
const shares = [...Array.from({ length: 100 }, (_, index) => index / 100), 0.995, 0.999, 1];

/** The value below which that share of the sorted values lies, interpolated between two of them. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? 0;
  return Math.round(low + (place - Math.floor(place)) * (high - low));
}

/**
 * The quantiles of observed latencies, in milliseconds: one on each line, or a column of several, with a first line of names or
 * without. Throws an InputError for every line that has none.
 */
export function quantilesOfCsv({ text, file, column }: LatencyCsv): readonly (readonly [number, number])[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const refuse = (...problems: InputProblem[]): never => {
    throw new InputError({ file, problems });
  };
  const head = cellsOf(lines[0] ?? '');
  const hasNames = latencyMs(head[0] ?? '') === null || (column !== undefined && head.includes(column));
  const index = column === undefined ? 0 : head.indexOf(column);
  if (index < 0) {
    const hint = nearestWord(column ?? '', head);
    const expected = `a first line with the column ${column}`;
    return refuse({
      line: 1,
      found: cut(head.join(', '), longestHead) || 'an empty line',
      expected,
      ...(hint !== undefined && { hint }),
    });
  }
  const problems: InputProblem[] = [];
  const values: number[] = [];
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '' || (at === 0 && hasNames)) continue;
    const cell = cellsOf(line)[index];
    const ms = latencyMs(cell ?? '');
    if (ms !== null) values.push(ms);
    else if (problems.length < 5)
      problems.push({
        line: at + 1,
        found: cut(cell ?? '', longestCell) || 'nothing',
        expected: 'a latency in milliseconds, or with a unit',
      });
  }
  if (problems.length > 0) refuse(...problems);
  if (values.length < fewest)
    refuse({ line: null, found: `${values.length} latencies`, expected: `at least ${fewest}, one on each line` });
  values.sort((one, other) => one - other);
  return shares.map((share) => [share, quantile(values, share)]);
}
