import type { PartyName } from '../../machines/messages.ts';
import type { Trace } from '../trace.ts';
import { type LadderView, type Lifecycle, ladderModel, lanes, type Registered, type Row } from './ladderModel.ts';

/** How text is coloured; identity functions give plain text. */
export interface LadderPalette {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly magenta: (text: string) => string;
  readonly dim: (text: string) => string;
}

export interface LadderOptions extends LadderView {
  /** Columns at the most. */
  readonly width: number;
  readonly palette: LadderPalette;
}

const narrowest = 72;
const widest = 140;
const timeWidth = 9;

const titles: Readonly<Record<PartyName, readonly [long: string, short: string]>> = {
  caller: ['Caller', 'Caller'],
  sipServer: ['SIP server', 'SIP srv'],
  pushServer: ['Push server', 'Push srv'],
  notificationService: ['APNs/FCM', 'APNs/FCM'],
  app: ['App', 'App'],
};

const registeredGlyph: Readonly<Record<Registered, string>> = { app: '█', pushServer: '▓', both: '▚', nobody: '╳' };
const lifecycleGlyph: Readonly<Record<Lifecycle, string>> = {
  foreground: '┃',
  background: '│',
  suspended: '┆',
  starting: '╎',
  notRunning: ' ',
  loggedOut: ' ',
};
const lineGlyph = { sip: '─', http: '╌', push: '┄' } as const;

type Paint = (text: string) => string;
const asIs: Paint = (text) => text;

/** One line of fixed width, cell by cell, each cell with its own colour. */
class Line {
  readonly #cells: { glyph: string; paint: Paint }[];

  constructor(width: number) {
    this.#cells = Array.from({ length: width }, () => ({ glyph: ' ', paint: asIs }));
  }

  put(column: number, text: string, paint: Paint = asIs): void {
    for (const [offset, glyph] of [...text].entries()) {
      if (column + offset >= 0 && column + offset < this.#cells.length) this.#cells[column + offset] = { glyph, paint };
    }
  }

  /** Neighbours of one colour are painted together; spaces at the end are dropped. */
  toString(): string {
    let end = this.#cells.length;
    while (end > 0 && this.#cells[end - 1]?.glyph === ' ') end--;
    let text = '';
    for (let from = 0; from < end; ) {
      const { paint } = this.#cells[from] as { paint: Paint };
      let to = from;
      let run = '';
      for (; to < end && this.#cells[to]?.paint === paint; to++) run += this.#cells[to]?.glyph;
      text += paint(run);
      from = to;
    }
    return text;
  }
}

const clipped = (text: string, room: number): string =>
  text.length <= room ? text : room < 2 ? '' : `${text.slice(0, room - 1)}…`;

const secondsOf = (ms: number): string => (ms / 1000).toFixed(3).padStart(timeWidth - 1);

/** 271,000 ms as `4 min 31 s`. */
function spokenDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Draws one run: where the lanes stand, and the colours of what they show. */
class Ladder {
  readonly #width: number;
  readonly #palette: LadderPalette;
  readonly #columns: Readonly<Record<PartyName, number>>;
  readonly #short: boolean;

  constructor(width: number, palette: LadderPalette) {
    this.#width = Math.min(width, widest);
    this.#palette = palette;
    const gap = Math.floor((this.#width - timeWidth - 12) / (lanes.length - 1));
    this.#short = gap < 20;
    this.#columns = Object.fromEntries(
      lanes.map((lane, index) => [lane, timeWidth + 5 + index * gap]),
    ) as unknown as Readonly<Record<PartyName, number>>;
  }

  heading(): string {
    const line = new Line(this.#width);
    for (const lane of lanes) {
      const title = titles[lane][this.#short ? 1 : 0];
      line.put(this.#columns[lane] - Math.floor(title.length / 2), title);
    }
    return line.toString();
  }

  lines(row: Row): string[] {
    if (row.kind === 'idle')
      return [this.#palette.dim(`${' '.repeat(timeWidth)}┄┄ ${spokenDuration(row.forMs)} idle ┄┄`)];
    if (row.kind === 'message') return this.#message(row);
    if (row.kind === 'violation') return [this.#violation(row)];
    return [this.#note(row)];
  }

  /** The lifelines, with the date where there is one. */
  #lifelines({ registered, lifecycle }: Row, atMs: number | null): Line {
    const line = new Line(this.#width);
    const { dim, green, blue, red, yellow } = this.#palette;
    if (atMs !== null) line.put(0, secondsOf(atMs));
    for (const lane of lanes) line.put(this.#columns[lane], '│', dim);
    const paint = { app: green, pushServer: blue, both: yellow, nobody: red }[registered];
    line.put(this.#columns.sipServer, registeredGlyph[registered], paint);
    line.put(this.#columns.app, lifecycleGlyph[lifecycle], green);
    return line;
  }

  #message(row: Row & { kind: 'message' }): string[] {
    const [from, to] = [this.#columns[row.from], this.#columns[row.to]];
    const [left, right] = [Math.min(from, to) + 1, Math.max(from, to) - 1];
    const room = right - left + 1;
    const { red, magenta, dim } = this.#palette;
    const paint = row.lost ? red : row.style === 'push' ? magenta : row.style === 'http' ? dim : asIs;
    const above = this.#lifelines(row, null);
    const label = clipped(row.label, room);
    above.put(left + Math.floor((room - label.length) / 2), label, row.style === 'http' ? asIs : paint);
    const arrow = this.#lifelines(row, row.atMs);
    arrow.put(left, lineGlyph[row.style].repeat(room), paint);
    const head = to > from ? right : left;
    arrow.put(head, row.lost ? '✕' : to > from ? '▶' : '◀', paint);
    return [above.toString(), arrow.toString()];
  }

  #note(row: Row & { kind: 'note' }): string {
    const line = this.#lifelines(row, row.atMs);
    const { yellow, dim } = this.#palette;
    const paint = row.by === 'environment' ? yellow : dim;
    const column = this.#columns[row.party];
    const mark = row.by === 'environment' ? '●' : '◷';
    const room = this.#width - column - 2;
    // Beside the lifeline where there is room, else on its other side.
    if (room >= row.label.length + 1) line.put(column, `${mark} ${row.label}`, paint);
    else {
      const label = clipped(row.label, column - timeWidth - 3);
      line.put(column - label.length - 1, `${label} ${mark}`, paint);
    }
    return line.toString();
  }

  #violation(row: Row & { kind: 'violation' }): string {
    const text = clipped(`✗ ${row.label}`, this.#width - timeWidth - 1);
    return `${secondsOf(row.atMs)} ${this.#palette.red(text)}`;
  }
}

const legend = (width: number): string[] => {
  const server = 'registered: █ app  ▓ push server  ▚ both  ╳ nobody';
  const lines = 'app: ┃ foreground  │ background  ┆ suspended  ╎ starting';
  const arrows = '─ SIP  ╌ HTTPS  ┄ push  ✕ lost';
  const all = `${server}   ${lines}   ${arrows}`;
  return all.length <= width ? [all] : [server, lines, arrows];
};

/**
 * A run as a ladder for the terminal. The SIP server's lifeline shows who is registered, the app's what the OS has made
 * of it. No line is wider than `width`.
 */
export function renderLadder(trace: Trace, { width, palette, ...view }: LadderOptions): string {
  if (width < narrowest)
    return `The ladder needs ${narrowest} columns; there are ${width}. (--width sets another number.)`;
  const { rows, hidden } = ladderModel(trace, view);
  const ladder = new Ladder(width, palette);
  const footer =
    hidden === 0
      ? []
      : [`${hidden} event${hidden === 1 ? '' : 's'} of little interest not drawn; \`simulate --all\` shows everything`];
  return [
    ladder.heading(),
    ...rows.flatMap((row) => ladder.lines(row)),
    '',
    ...[...legend(Math.min(width, widest)), ...footer].map(palette.dim),
  ].join('\n');
}
