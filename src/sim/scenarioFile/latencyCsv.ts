import { type Row, readDelimited } from '../data/delimited.ts';
import { InputError, type InputProblem } from '../input/inputError.ts';
import { nearestWord } from '../input/nearestWord.ts';
import { hasFraction, latencyMs, mayBeThousands, unitIn } from './latencyUnits.ts';

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
const mostProblems = 5;
/** A file that is none of text may be one line. */
const [longestCell, longestHead] = [40, 120];
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

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

/** The records of the file: cells are apart by tabs or semicolons where the first line has any, else by commas. */
function rowsOf({ text, file }: LatencyCsv): readonly Row[] {
  const [head = ''] = text.split(/[\r\n]/, 1);
  const separator = ['\t', ';', ','].find((one) => head.includes(one)) ?? '\t';
  const { rows, unclosedAt } = readDelimited(text.replace(/^\uFEFF/, ''), separator);
  if (unclosedAt === null) return rows;
  const found = 'a quote that nothing closes';
  throw new InputError({ file, problems: [{ line: unclosedAt, found, expected: 'another one after it' }] });
}

/** What keeps one from knowing in which unit numbers are that have none of their own. */
function unitProblems(sorted: readonly number[], name: string | undefined): InputProblem[] {
  const { unit, doubtful } = unitIn(name ?? '');
  if (doubtful !== undefined) {
    const found = `a column ${cut(name ?? '', longestCell)}, of which ${doubtful} may be the unit or not`;
    return [{ line: 1, found, expected: 'a name such as latency_ms or latency (min), or the unit in each cell' }];
  }
  if (unit !== undefined || quantile(sorted, 0.5) >= doubtfulMs) return [];
  const found = `latencies without a unit, half of them below ${doubtfulMs}`;
  const expected =
    'the unit in the name of their column, such as latency_ms or latency_s, or in each cell, such as 0.4s';
  return [{ line: null, found, expected }];
}

/** What the cells of a column have in common. */
interface Column {
  readonly index: number;
  /** How many cells a record has. */
  readonly width: number;
  readonly unit: string | undefined;
  /** Whether some cell has a comma that can only be that of a fraction: then each has. */
  readonly hasFractions: boolean;
}

/** The latency of a record, or what is wrong with it. */
function latencyIn({ cells, line }: Row, { index, width, unit, hasFractions }: Column): number | InputProblem {
  if (cells.length > width) {
    const expected = `${width}, as in the first line: latencies with a comma need a semicolon or a tab between cells`;
    return { line, found: `${cells.length} cells`, expected };
  }
  const cell = cells[index] ?? '';
  if (mayBeThousands(cell) && !hasFractions) {
    const found = `${cut(cell, longestCell)}, of which the comma may be that of thousands`;
    return {
      line,
      found,
      expected: 'a full stop, or a column in which another comma, as that of 0,4, shows what it is',
    };
  }
  const expected = 'a latency in milliseconds, or with a unit';
  return latencyMs(cell, unit) ?? { line, found: cut(cell, longestCell) || 'nothing', expected };
}

/**
 * The quantiles of observed latencies, in milliseconds: one on each line, or a column of several, with a first line of names or
 * without. A number without a unit has that in the name of its column, and else counts in milliseconds. Throws an InputError for every
 * line that has none, and where the unit is not sure.
 */
export function quantilesOfCsv(csv: LatencyCsv): readonly (readonly [number, number])[] {
  const rows = rowsOf(csv);
  const head = rows[0]?.line === 1 ? rows[0].cells : [];
  const { index, name } = columnIn(head, csv);
  const { unit } = unitIn(name ?? '');
  const data = name === undefined ? rows : rows.slice(1);
  const hasFractions = data.some(({ cells }) => hasFraction(cells[index] ?? ''));
  const ofColumn = { index, width: rows[0]?.cells.length ?? 1, unit, hasFractions };
  const found = data.map((row) => latencyIn(row, ofColumn));
  const values = found.filter((one) => typeof one === 'number').sort((one, other) => one - other);
  const problems = found.filter((one) => typeof one !== 'number').slice(0, mostProblems);
  const isBare = data.every(({ cells }) => /\d$/.test(cells[index] ?? ''));
  if (problems.length === 0 && name === undefined && head.length > 1) {
    const expected = 'one on each line, or a first line of names';
    problems.push({ line: 1, found: `${head.length} cells without names`, expected });
  } else if (problems.length === 0 && values.length < fewest) {
    const expected = `at least ${fewest}, one on each line`;
    problems.push({ line: null, found: `${values.length} latencies`, expected });
  } else if (problems.length === 0 && isBare) problems.push(...unitProblems(values, name));
  if (problems.length > 0) throw new InputError({ file: csv.file, problems });
  return shares.map((share) => [share, quantile(values, share)]);
}
