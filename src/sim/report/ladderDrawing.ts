import { clipped, LadderLine, type Paint, wrapped } from './ladderLine.ts';
import type { Lifecycle, Registered, Standing } from './lanes.ts';
import type { MessageRow, NoteRow, Row } from './rows.ts';
import { fullLabel, idleText, repeatsText, secondsText } from './wording.ts';

/** How text is coloured; identity functions give plain text. */
export interface LadderPalette {
  readonly red: Paint;
  readonly green: Paint;
  readonly blue: Paint;
  readonly yellow: Paint;
  readonly magenta: Paint;
  readonly dim: Paint;
}

const timeWidth = 9;

const registeredGlyph: Readonly<Record<Registered, string>> = {
  app: '█',
  pushServer: '▓',
  both: '▚',
  nobody: '╳',
  unknown: '│',
};
const lifecycleGlyph: Readonly<Record<Lifecycle, string>> = {
  foreground: '┃',
  background: '│',
  suspended: '┆',
  starting: '╎',
  notRunning: ' ',
  loggedOut: ' ',
};
const lineGlyph = { sip: '─', http: '╌', push: '·' } as const;
const noteGlyph = { environment: '●', timer: '◷', phone: '♪', shown: '◆' } as const;

/** The label with its remarks, which begin a line of their own where one line is too short for all. */
function labelLines(row: MessageRow<string>, room: number): string[] {
  const full = fullLabel(row);
  if (full.length <= room) return [full];
  return [...wrapped(row.label, room), ...wrapped(full.slice(row.label.length + 1), room)];
}

/** The lanes from left to right and what people call them; those of the SIP server and the app change their look. */
export type LaneTitles<Lane extends string> = readonly (readonly [lane: Lane, title: string])[];

/** Draws the rows of one run: where the lanes stand, and the colours of what they show. */
export class LadderDrawing<Lane extends string> {
  readonly #width: number;
  readonly #palette: LadderPalette;
  readonly #titles: LaneTitles<Lane>;
  readonly #lanes: readonly string[];
  /** Whether the lifelines of SIP server and app show who is registered and what the OS has made of the app. */
  readonly #showsStanding: boolean;

  constructor(width: number, palette: LadderPalette, titles: LaneTitles<Lane>, showsStanding = true) {
    this.#showsStanding = showsStanding;
    this.#width = width;
    this.#palette = palette;
    this.#titles = titles;
    this.#lanes = titles.map(([lane]) => lane);
  }

  heading(): string {
    const line = new LadderLine(this.#width);
    for (const [lane, title] of this.#titles) {
      const middle = this.#column(lane) - Math.floor(title.length / 2);
      line.put(Math.min(middle, this.#width - title.length), title);
    }
    return line.toString();
  }

  lines(row: Row<Lane>): string[] {
    switch (row.kind) {
      case 'message':
        return this.#message(row);
      case 'note':
        return this.#note(row);
      case 'idle':
        return [this.#strip(idleText(row))];
      case 'repeats':
        return [this.#strip(repeatsText(row))];
      case 'violation':
        return this.#banner(row, `✗ ${row.property}: ${row.what}`, this.#palette.red);
      case 'end':
        return this.#banner(row, 'end of the run', this.#palette.dim);
    }
  }

  get #home(): string {
    return this.#showsStanding ? 'sipServer' : (this.#lanes[0] ?? '');
  }

  /** From the first lane, whose title needs three cells to its left, to the last, whose title needs one to its right. */
  #column(lane: string): number {
    const [first, last] = [timeWidth + 2, this.#width - 2];
    return first + Math.round((this.#lanes.indexOf(lane) * (last - first)) / Math.max(this.#lanes.length - 1, 1));
  }

  #lifelines({ registered, lifecycle, lifecycles = {} }: Standing, atMs: number | null): LadderLine {
    const line = new LadderLine(this.#width);
    const { dim, green, blue, red, yellow } = this.#palette;
    if (atMs !== null) line.put(0, secondsText(atMs).padStart(timeWidth - 1));
    for (const lane of this.#lanes) line.put(this.#column(lane), '│', dim);
    if (!this.#showsStanding) return line;
    const paint = { app: green, pushServer: blue, both: yellow, nobody: red, unknown: dim }[registered];
    line.put(this.#column('sipServer'), registeredGlyph[registered], paint);
    if (this.#lanes.includes('app')) line.put(this.#column('app'), lifecycleGlyph[lifecycle], green);
    for (const [app, one] of Object.entries(lifecycles)) line.put(this.#column(app), lifecycleGlyph[one], green);
    return line;
  }

  /** Text over the lifelines, which keep a distance from it. */
  #over(line: LadderLine, from: number, text: string, paint?: Paint): void {
    for (const lane of this.#lanes) {
      const column = this.#column(lane);
      if (column === from - 1 || column === from + text.length) line.put(column, ' ');
    }
    line.put(from, text, paint);
  }

  /** The label above the arrow, as things stood before; the arrow, as they stand once it has arrived. */
  #message(row: MessageRow<Lane>): string[] {
    const [from, to] = [this.#column(row.from), this.#column(row.to)];
    const [left, right] = [Math.min(from, to) + 1, Math.max(from, to) - 1];
    const room = right - left + 1;
    const { red, magenta, dim } = this.#palette;
    const isLost = row.arrival === 'lost' || row.arrival === 'unheard';
    const paint = isLost ? red : row.style === 'push' ? magenta : row.style === 'http' ? dim : undefined;
    const labels = labelLines(row, room).map((text) => {
      const line = this.#lifelines(row.before, null);
      const at = left + Math.floor((room - text.length) / 2);
      const isInside = at > left && at + text.length <= right;
      if (isInside) this.#over(line, at, text, row.style === 'http' ? undefined : paint);
      else line.put(at, text, row.style === 'http' ? undefined : paint);
      return line.toString();
    });
    const arrow = this.#lifelines(row.after, row.atMs);
    arrow.put(left, lineGlyph[row.style].repeat(room), paint);
    const head = row.arrival === 'underWay' ? '…' : isLost ? '✕' : to > from ? '▶' : '◀';
    arrow.put(to > from ? right : left, head, paint);
    return [...labels, arrow.toString()];
  }

  /** Beside the lifeline where there is room, else on its other side or in several lines, and never over the SIP server's lifeline. */
  #note(row: NoteRow<Lane>): string[] {
    const { yellow, dim, green } = this.#palette;
    const paint = { environment: yellow, timer: dim, phone: green, shown: green }[row.by];
    const mark = noteGlyph[row.by];
    const column = this.#column(row.party);
    const at = row.party === this.#home ? column + 2 : column;
    const end = row.party === 'caller' && this.#showsStanding ? this.#column(this.#home) : this.#width;
    const rightRoom = end - at - 2;
    const leftRoom = column - this.#column(this.#home) - 4;
    const breaksToTheRight = leftRoom < row.label.length && leftRoom < rightRoom;
    if (row.party === 'caller' || rightRoom >= row.label.length || breaksToTheRight) {
      return this.#paragraph(row, at, `${mark} ${row.label}`, end - at - 1, paint);
    }
    const line = this.#lifelines(row.after, row.atMs);
    const text = `${clipped(row.label, leftRoom)} ${mark}`;
    this.#over(line, column + 1 - text.length, text, paint);
    return [line.toString()];
  }

  /** Words of no lane stand to the right of the lifeline of the SIP server, or else of the first one. */
  #banner(row: Row<Lane>, text: string, paint: Paint): string[] {
    const at = this.#column(this.#home) + 2;
    return this.#paragraph(row, at, text, this.#width - at, paint);
  }

  /** Text over the lifelines, in as many lines as it takes; all but the first are set in under its mark. */
  #paragraph({ after, atMs }: Row<Lane>, at: number, text: string, room: number, paint: Paint): string[] {
    return wrapped(text, room - 2).map((part, index) => {
      const line = this.#lifelines(after, index === 0 ? atMs : null);
      this.#over(line, index === 0 ? at : at + 2, part, paint);
      return line.toString();
    });
  }

  #strip(text: string): string {
    return `${' '.repeat(timeWidth)}${this.#palette.dim(clipped(`┄┄ ${text} ┄┄`, this.#width - timeWidth))}`;
  }
}
