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

/** Units as cells and names of columns write them, in milliseconds. */
const unitsMs = new Map([
  ...['us', 'µs', 'microseconds'].map((unit) => [unit, 0.001] as const),
  ...['ms', 'msec', 'msecs', 'millis', 'milliseconds'].map((unit) => [unit, 1] as const),
  ...['s', 'sec', 'secs', 'seconds'].map((unit) => [unit, 1_000] as const),
  ...['min', 'minutes'].map((unit) => [unit, 60_000] as const),
  ...['h', 'hours'].map((unit) => [unit, 3_600_000] as const),
]);

/** In the name of a column they may also be the least, or a country. */
const ambiguous = ['us', 'min', 'h'];

/** The last word in the name of a column, where that is a unit: of `latency_s`, `alertMs` or `wait (ms)`. */
function unitIn(name: string): string | undefined {
  const words = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[a-zµ]+/g);
  const last = words?.at(-1) ?? '';
  return unitsMs.has(last) ? last : undefined;
}

/** A number, and the unit that it has by itself. */
const latency = /^(\d+(?:\.\d+)?)(?:\s*([a-zµ]+))?$/;

/** A latency with its own unit, or else in that of its column; null where it is none. */
function latencyMs(cell: string, unit = 'ms'): number | null {
  const [, amount, own = unit] = latency.exec(cell) ?? [];
  const ms = Math.round(Number(amount) * (unitsMs.get(own) ?? Number.NaN));
  return ms <= longestMs ? ms : null;
}

/** Where half of them are below this, in milliseconds, latencies without a unit are more likely seconds. */
const doubtfulMs = 10;

/** The hundredths, and the tail beyond the last of them. */
const shares = [...Array.from({ length: 100 }, (_, index) => index / 100), 0.995, 0.999, 1];

/** The value below which that share of the sorted values lies, interpolated between two of them. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? 0;
  return Math.round(low + (place - Math.floor(place)) * (high - low));
}

/** Which column it is, by its place, and the name that it has. */
function columnIn(head: readonly string[], { file, column }: LatencyCsv): { index: number; name: string | undefined } {
  const index = column === undefined ? 0 : head.indexOf(column);
  if (index < 0) {
    const hint = nearestWord(column ?? '', head);
    const found = cut(head.join(', '), longestHead) || 'an empty line';
    const expected = `a first line with the column ${column}`;
    throw new InputError({ file, problems: [{ line: 1, found, expected, ...(hint !== undefined && { hint }) }] });
  }
  const hasNames = column !== undefined || latencyMs(head[0] ?? '') === null;
  return { index, name: hasNames ? head[index] : undefined };
}

/** What keeps one from knowing in which unit numbers are that have none of their own. */
function unitProblems(sorted: readonly number[], name: string | undefined, unit: string | undefined): InputProblem[] {
  if (unit === undefined && quantile(sorted, 0.5) < doubtfulMs) {
    const found = `latencies without a unit, half of them below ${doubtfulMs}`;
    const expected =
      'the unit in the name of their column, such as latency_ms or latency_s, or in each cell, such as 0.4s';
    return [{ line: null, found, expected }];
  }
  if (unit === undefined || !ambiguous.includes(unit)) return [];
  const found = `a column ${cut(name ?? '', longestCell)}, of which ${unit} may be the unit or not`;
  return [{ line: 1, found, expected: 'a name such as latency_ms or latency_minutes, or the unit in each cell' }];
}

/**
 * The quantiles of observed latencies, in milliseconds: one on each line, or a column of several, with a first line of names or
 * without. A number without a unit has that in the name of its column, and else counts in milliseconds. Throws an InputError for every
 * line that has none, and where seconds may be meant.
 */
export function quantilesOfCsv(csv: LatencyCsv): readonly (readonly [number, number])[] {
  const lines = csv.text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const { index, name } = columnIn(cellsOf(lines[0] ?? ''), csv);
  const unit = unitIn(name ?? '');
  const problems: InputProblem[] = [];
  const values: number[] = [];
  let isBare = true;
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '' || (at === 0 && name !== undefined)) continue;
    const cell = cellsOf(line)[index] ?? '';
    const ms = latencyMs(cell, unit);
    if (ms !== null) {
      values.push(ms);
      isBare &&= /\d$/.test(cell);
    } else if (problems.length < 5)
      problems.push({
        line: at + 1,
        found: cut(cell, longestCell) || 'nothing',
        expected: 'a latency in milliseconds, or with a unit',
      });
  }
  values.sort((one, other) => one - other);
  if (problems.length === 0 && values.length < fewest)
    problems.push({
      line: null,
      found: `${values.length} latencies`,
      expected: `at least ${fewest}, one on each line`,
    });
  else if (problems.length === 0 && isBare) problems.push(...unitProblems(values, name, unit));
  if (problems.length > 0) throw new InputError({ file: csv.file, problems });
  return shares.map((share) => [share, quantile(values, share)]);
}
