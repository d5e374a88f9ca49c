/** Gives text a colour; the identity leaves it plain. */
export type Paint = (text: string) => string;

const asIs: Paint = (text) => text;

/** One line of fixed width, cell by cell, each cell with its own colour. No glyph in use is wider than one cell. */
export class LadderLine {
  readonly #cells: { glyph: string; paint: Paint }[];

  constructor(width: number) {
    this.#cells = Array.from({ length: width }, () => ({ glyph: ' ', paint: asIs }));
  }

  put(column: number, text: string, paint: Paint = asIs): void {
    for (const [offset, glyph] of [...text].entries()) {
      const at = column + offset;
      if (at >= 0 && at < this.#cells.length) this.#cells[at] = { glyph, paint };
    }
  }

  /** Neighbours of one colour are painted together; spaces at the end are dropped. */
  toString(): string {
    let end = this.#cells.length;
    while (end > 0 && this.#cells[end - 1]?.glyph === ' ') end--;
    const runs: { text: string; paint: Paint }[] = [];
    for (const { glyph, paint } of this.#cells.slice(0, end)) {
      const last = runs.at(-1);
      if (last?.paint === paint) last.text += glyph;
      else runs.push({ text: glyph, paint });
    }
    return runs.map(({ text, paint }) => paint(text)).join('');
  }
}

/** The text in at most `room` cells; what does not fit ends in an ellipsis. */
export const clipped = (text: string, room: number): string =>
  text.length <= room ? text : room < 1 ? '' : `${text.slice(0, room - 1)}…`;

/** Words that belong together: `call 1`, `Expires: 0`, `2 contacts`, `1.5 s`. */
const units = /\(?(?:call|Expires:) \S+|[\d.]+ (?:contacts?|s|min)\b\S*|\S+/g;

/** The text as lines of at most `room` cells; a single word that is too long is clipped. */
export function wrapped(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const unit of text.match(units) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + unit.length <= room) lines[lines.length - 1] = `${last} ${unit}`;
    else lines.push(clipped(unit, room));
  }
  return lines;
}
