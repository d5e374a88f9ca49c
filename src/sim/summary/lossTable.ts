import { type ModeName, modeNames } from '../../machines/modeVariants.ts';
import { modeTitle } from '../report/modeTitle.ts';
import type { SweepCell } from '../sweep/group.ts';
import type { Estimator } from '../sweep/loss.ts';
import { lossText } from './figures.ts';

/** How text is emphasised; identity functions give plain text. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
}

export interface LossTableOptions {
  readonly palette: Palette;
  /** Marks the server that a mode is meant for. */
  readonly intended: Readonly<Record<ModeName, string>>;
  readonly serverTitles: Readonly<Record<string, string>>;
}

/** Marks what made a figure. */
const marks: Readonly<Record<Estimator, string>> = { drawn: '', dates: '°', splitting: '^' };

/** What a mark means. */
export const markTexts: Readonly<Record<Estimator, string | null>> = {
  drawn: null,
  dates: '°  from every date at which the call can come, all else drawn, instead of drawn dates',
  splitting: '^  from runs that go on in many ways wherever a fault has befallen them',
};

const nameWidth = 25;

interface Column {
  readonly title: string;
  readonly cellOf: (row: number) => SweepCell | undefined;
}

/** A figure with its mark; `-` where there is none. */
function figure({ loss }: SweepCell): string {
  return loss === null ? '-' : `${lossText(loss)}${marks[loss.estimator]}`;
}

function table(
  rows: readonly string[],
  columns: readonly Column[],
  { palette, intended }: Pick<LossTableOptions, 'palette' | 'intended'>,
  textOf = figure,
): string[] {
  const texts = columns.map(({ cellOf }) =>
    rows.map((_, row) => {
      const cell = cellOf(row);
      if (cell === undefined) return '';
      return `${textOf(cell)}${intended[cell.mode] === cell.server ? ' *' : '  '}`;
    }),
  );
  const widths = columns.map(({ title }, column) =>
    Math.max(title.length + 2, ...(texts[column] ?? []).map(({ length }) => length)),
  );
  const nameColumn = Math.max(nameWidth, ...rows.map(({ length }) => length + 1));
  const padded = (text: string, column: number) => text.padStart((widths[column] as number) + 2);
  const head = columns.map(({ title }, column) => padded(`${title}  `, column)).join('');
  return [
    (' '.repeat(nameColumn) + head).trimEnd(),
    ...rows.map((name, row) => {
      const cells = columns.map(({ cellOf }, column) => {
        const cell = cellOf(row);
        const text = padded(texts[column]?.[row] ?? '', column);
        const isBad = (cell?.loss?.share ?? 0) > 0;
        return (isBad ? palette.bad : palette.good)(text);
      });
      return (name.padEnd(nameColumn) + cells.join('')).trimEnd();
    }),
  ];
}

/** Modes and servers: the share of calls lost in one scenario, in percent. */
export function lossTable(cells: readonly SweepCell[], options: LossTableOptions): string[] {
  const modes = [...new Set(cells.map(({ mode }) => mode))];
  const columns = serversOf(cells).map((server) => ({
    title: server,
    cellOf: (row: number) => cells.find((one) => one.server === server && one.mode === modes[row]),
  }));
  return [...table(modes.map(modeTitle), columns, options), '', ...legend(cells, options)];
}

/** Scenarios and modes: the same for many scenarios, each mode on one server. */
export function scenarioTable(cells: readonly SweepCell[], options: LossTableOptions): string[] {
  const scenarios = [...new Set(cells.map(({ scenario }) => scenario))];
  const shown = new Set(cells.map(({ mode }) => mode));
  const modes = modeNames.filter((mode) => shown.has(mode));
  const columns = modes.map((mode) => ({
    title: shortTitle(mode),
    cellOf: (row: number) => cells.find((one) => one.mode === mode && one.scenario === scenarios[row]),
  }));
  return table(scenarios, columns, { ...options, intended: {} as LossTableOptions['intended'] });
}

/** The number of a mode of the product, or its name. */
export const shortTitle = (mode: ModeName): string =>
  /^\d/.test(modeTitle(mode)) ? `mode ${modeTitle(mode)[0]}` : mode;

/** Modes and servers: the plain mean over all scenarios, or over those that are told of there: they may name modes and servers. */
export function meanTable(cells: readonly SweepCell[], options: LossTableOptions): string[] {
  const modes = [...new Set(cells.map(({ mode }) => mode))];
  const toldIn = (place: Pick<SweepCell, 'server' | 'mode'>) =>
    cells.filter(({ server, mode, loss }) => server === place.server && mode === place.mode && loss !== null).length;
  const all = new Set(cells.flatMap(({ scenario, loss }) => (loss === null ? [] : [scenario]))).size;
  const isOfSome = (cell: SweepCell) => cell.loss !== null && toldIn(cell) < all;
  const columns = serversOf(cells).map((server) => ({
    title: server,
    cellOf: (row: number) => meanOf(cells.filter((one) => one.server === server && one.mode === modes[row])),
  }));
  const lines = table(modes.map(modeTitle), columns, options, (cell) => {
    const { loss } = cell;
    if (loss === null) return '-';
    return `${(100 * loss.share).toFixed(1)}${isOfSome(cell) ? ` of ${toldIn(cell)}` : ''}`;
  });
  const notes = cells.some(isOfSome) ? [['of N', 'the mean of so many of them; the others are not told of there']] : [];
  return [...lines, '', ...legend(cells, options, notes)];
}

/** A cell that stands for many scenarios. */
function meanOf(cells: readonly SweepCell[]): SweepCell | undefined {
  const [first] = cells;
  const losses = cells.flatMap(({ loss }) => loss ?? []);
  if (first === undefined || losses.length === 0) return first && { ...first, loss: null };
  const share = losses.reduce((sum, one) => sum + one.share, 0) / losses.length;
  return { ...first, loss: { ...(losses[0] as (typeof losses)[number]), share } };
}

/** What each of these servers is, the mark of those that a mode is meant for, and what else there is to be told. */
export function serverLegend(
  servers: readonly string[],
  titles: Readonly<Record<string, string>>,
  isMarked: boolean,
  notes: readonly (readonly string[])[] = [],
): string[] {
  const width = Math.max(10, ...servers.map(({ length }) => length));
  const mark = isMarked ? [['*', 'the kind of server that the mode is meant for']] : [];
  return [...servers.map((server) => [server, titles[server] ?? '']), ...mark, ...notes].map(([name = '', text = '']) =>
    `${name.padEnd(width)} ${text}`.trimEnd(),
  );
}

const serversOf = (cells: readonly SweepCell[]): string[] => [...new Set(cells.map(({ server }) => server))];

function legend(
  cells: readonly SweepCell[],
  { palette, serverTitles, intended }: LossTableOptions,
  notes?: readonly (readonly string[])[],
): string[] {
  const isMarked = cells.some(({ mode, server }) => intended[mode] === server);
  return serverLegend(serversOf(cells), serverTitles, isMarked, notes).map(palette.dim);
}

/** Scenarios in which no mode on any server saves every call: no hand-over is to blame. */
export function lostByAll(cells: readonly SweepCell[]): string[] {
  const scenarios = [...new Set(cells.map(({ scenario }) => scenario))];
  return scenarios.filter((name) => cells.every(({ scenario, loss }) => scenario !== name || (loss?.share ?? 0) > 0));
}

/**
 * The run most worth looking at: on the server that a mode is meant for, the scenario that loses most often although
 * some other mode loses nothing in it there. What every mode loses is nobody's hand-over.
 */
export function worstCell(cells: readonly SweepCell[], intended: Readonly<Record<ModeName, string>>): SweepCell | null {
  const shareOf = ({ loss }: SweepCell): number => loss?.share ?? 0;
  const avoidable = cells.filter(
    (cell) =>
      cell.losingSeed !== null &&
      shareOf(cell) > 0 &&
      intended[cell.mode] === cell.server &&
      cells.some(
        (other) => other.server === cell.server && other.scenario === cell.scenario && other.loss?.share === 0,
      ),
  );
  return avoidable.reduce<SweepCell | null>(
    (worst, cell) => (worst === null || shareOf(cell) > shareOf(worst) ? cell : worst),
    null,
  );
}
