import { type Row, readDelimited } from '../sim/data/delimited.ts';
import type { InputProblem } from '../sim/input/inputError.ts';
import { meaningOf } from './attributes.ts';
import type { Entry, Owner, Reading } from './entry.ts';

/** A table in the file: what separates its cells, its text without what stands before the head. */
interface Table {
  readonly separator: string;
  readonly text: string;
  /** How many lines stand before the head. */
  readonly skipped: number;
}

const separators = [',', ';', '\t'] as const;
const userColumns = ['username', 'user', 'login', 'email', 'emailaddress'];
const profileColumns = ['profile', 'profilename'];

/** Whether a cell of the head is the name of a column that provisioning has. */
const isColumn = (cell: string): boolean =>
  meaningOf(cell) !== undefined ||
  /^(?:account\d+\w*\.|bria\.?push|attributename$)/i.test(cell) ||
  userColumns.includes(cell.toLowerCase());

/** The table that the text is: its first line holds the names of the columns. Null where it is none. */
export function tableIn(text: string): Table | null {
  const [before = ''] = /^(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*/.exec(text) ?? [];
  // Spreadsheets write the separator into a first line of its own.
  const [declaration = '', declared] = /^sep=(.)[ \t]*(?:\r\n|\r|\n)/i.exec(text.slice(before.length)) ?? [];
  const start = before.length + declaration.length;
  const [head = ''] = text.slice(start).split(/[\r\n]/, 1);
  const cellsBy = (separator: string) => readDelimited(head, separator).rows[0]?.cells ?? [];
  const [separator] = (declared === undefined ? [...separators] : [declared]).sort(
    (one, other) => cellsBy(other).length - cellsBy(one).length,
  );
  if (separator === undefined || head.includes('=')) return null;
  const cells = cellsBy(separator);
  if (cells.length < 2 || !cells.some(isColumn)) return null;
  return { separator, text: text.slice(start), skipped: text.slice(0, start).split(/\r\n|\r|\n/).length - 1 };
}

/** The columns of a table by what they are for. */
interface Columns {
  readonly names: readonly string[];
  readonly user: number;
  readonly profile: number;
  readonly attributeName: number;
  readonly attributeValue: number;
}

function columnsOf({ cells }: Row): Columns {
  const lower = cells.map((cell) => cell.toLowerCase());
  const first = (names: readonly string[]) => lower.indexOf(names.find((name) => lower.includes(name)) ?? '\0');
  return {
    names: cells,
    user: first(userColumns),
    profile: first(profileColumns),
    attributeName: first(['attributename']),
    attributeValue: first(['attributevalue']),
  };
}

/** A user a row, his settings under the names in the head; or a setting a row, where the head says attributeName. */
export function tableEntries({ separator, text, skipped }: Table): Reading {
  const { rows, unclosedAt } = readDelimited(text, separator);
  const [head, ...body] = rows.map((row) => ({ ...row, line: row.line + skipped }));
  if (head === undefined) return { entries: [], owners: [], problems: [] };
  const columns = columnsOf(head);
  const { names } = columns;
  const problems: InputProblem[] = unclosedAt === null ? [] : [unclosedQuote(unclosedAt + skipped)];
  const owners: Owner[] = [];
  const entries = body.flatMap((row): Entry[] => {
    const { cells, line } = row;
    if (cells[0]?.startsWith('#')) return [];
    if (cells.length !== names.length) {
      problems.push({ line, found: `${cells.length} cells`, expected: `${names.length} of them, as in the head` });
      return [];
    }
    const owner = ownerOf(row, columns);
    owners.push(owner);
    return settingsIn(row, columns, owner);
  });
  return { entries, owners, problems };
}

const unclosedQuote = (line: number): InputProblem => ({
  line,
  found: 'a quote that nothing closes',
  expected: 'a second quote at the end of the cell',
});

function ownerOf({ cells, line }: Row, { user, profile }: Columns): Owner {
  const named = cells[user] ?? '';
  return { user: named === '' ? `row ${line}` : named, profile: cells[profile] || null, line };
}

/** An empty cell says nothing. */
function settingsIn({ cells, line }: Row, columns: Columns, owner: Owner): Entry[] {
  const { names, user, profile, attributeName, attributeValue } = columns;
  const settings =
    attributeName >= 0 && attributeValue >= 0
      ? [[cells[attributeName] ?? '', cells[attributeValue] ?? ''] as const]
      : names.flatMap((name, at) => (at === user || at === profile ? [] : [[name, cells[at] ?? ''] as const]));
  return settings.flatMap(([key, value]) => (value === '' || key === '' ? [] : [{ key, value, line, owner }]));
}
