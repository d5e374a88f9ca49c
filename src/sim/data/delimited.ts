/** One record of a table: its cells, and the line in which it begins. */
export interface Row {
  readonly cells: readonly string[];
  readonly line: number;
}

/** The records of a table, and where a quote was opened that nothing closes. */
export interface Rows {
  readonly rows: readonly Row[];
  readonly unclosedAt: number | null;
}

/**
 * The records of a table with separators (RFC 4180, and any separator): a cell in quotes may hold separators, line
 * breaks, and quotes written twice. Records in which every cell is blank are left out.
 */
export function readDelimited(text: string, separator: string): Rows {
  const rows: Row[] = [];
  let cells: string[] = [];
  let cell = '';
  let line = 1;
  let begun = 1;
  let openedAt: number | null = null;
  const endCell = () => {
    cells.push(cell.trim());
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (cells.some((one) => one !== '')) rows.push({ cells, line: begun });
    cells = [];
  };
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const isBreak = character === '\n' || (character === '\r' && text.charAt(at + 1) !== '\n');
    if (isBreak) line++;
    if (openedAt !== null) {
      if (character !== '"') cell += character;
      else if (text.charAt(at + 1) === '"') cell += text.charAt(at++);
      else openedAt = null;
    } else if (character === '"' && cell.trim() === '') {
      cell = '';
      openedAt = line;
    } else if (character === separator) endCell();
    else if (isBreak) {
      endRow();
      begun = line;
    } else if (character !== '\r') cell += character;
  }
  endRow();
  return { rows, unclosedAt: openedAt };
}
