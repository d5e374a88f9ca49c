import type { ModeName } from '../../machines/modeVariants.ts';
import { modeTitle } from '../report/modeTitle.ts';
import type { SweepCell } from '../sweep/sweep.ts';

/** One mode on one server over all scenarios. */
interface Sum {
  readonly lost: number;
  readonly made: number;
}

const sumOf = (cells: readonly SweepCell[]): Sum => ({
  lost: cells.reduce((sum, { callsLost }) => sum + callsLost, 0),
  made: cells.reduce((sum, { callsMade }) => sum + callsMade, 0),
});

const grouped = (value: number): string => value.toLocaleString('en-US');

const percent = ({ lost, made }: Sum): string => {
  const share = (100 * lost) / made;
  if (lost === 0) return '0 %';
  return share < 0.05 ? '<0.1 %' : `${share.toFixed(1)} %`;
};

/** How text is emphasised; identity functions give plain text. */
export interface MatrixPalette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
}

export interface MatrixOptions {
  readonly palette: MatrixPalette;
  /** Marks the server that a mode is meant for. */
  readonly intended: Readonly<Record<ModeName, string>>;
  readonly serverTitles: Readonly<Record<string, string>>;
}

const columnWidth = 15;
const nameWidth = 25;

/** Scenarios in which no mode on any server saves every call: no hand-over is to blame. */
function lostByAll(cells: readonly SweepCell[]): string[] {
  const scenarios = [...new Set(cells.map(({ scenario }) => scenario))];
  return scenarios.filter((name) => cells.every(({ scenario, callsLost }) => scenario !== name || callsLost > 0));
}

/** Modes x servers: calls lost of calls made, as a table for the terminal. */
export function renderMatrix(cells: readonly SweepCell[], { palette, intended, serverTitles }: MatrixOptions): string {
  const modes = [...new Set(cells.map(({ mode }) => mode))];
  const servers = [...new Set(cells.map(({ server }) => server))];
  const cellText = (mode: ModeName, server: string): string => {
    const sum = sumOf(cells.filter((cell) => cell.mode === mode && cell.server === server));
    const text = `${grouped(sum.lost)} (${percent(sum)})${intended[mode] === server ? ' *' : '  '}`;
    return (sum.lost === 0 ? palette.good : palette.bad)(text.padStart(columnWidth));
  };
  const perCell = sumOf(cells.filter(({ mode, server }) => mode === modes[0] && server === servers[0]));
  const scenarios = new Set(cells.map(({ scenario }) => scenario)).size;
  const hopeless = lostByAll(cells);
  return [
    `Calls lost, of ${grouped(perCell.made)} in each cell (${scenarios} scenario${scenarios === 1 ? '' : 's'}, ${grouped(cells[0]?.runs ?? 0)} runs each)`,
    '',
    ' '.repeat(nameWidth) +
      servers
        .map((server) => `${server}  `.padStart(columnWidth))
        .join('')
        .trimEnd(),
    ...modes.map(
      (mode) =>
        modeTitle(mode).padEnd(nameWidth) +
        servers
          .map((server) => cellText(mode, server))
          .join('')
          .trimEnd(),
    ),
    '',
    ...servers.map((server) => palette.dim(`${server.padEnd(10)} ${serverTitles[server] ?? ''}`)),
    palette.dim('*          the kind of server that the mode is meant for'),
    ...(hopeless.length === 0 ? [] : ['', `Every mode loses calls on every server in: ${hopeless.join(', ')}.`]),
  ].join('\n');
}

/**
 * The run most worth looking at: on the server that a mode is meant for, the scenario that loses most often although
 * some other mode loses nothing in it there. What every mode loses is nobody's hand-over.
 */
export function worstCell(cells: readonly SweepCell[], intended: Readonly<Record<ModeName, string>>): SweepCell | null {
  const avoidable = cells.filter(
    ({ mode, server, scenario, callsLost }) =>
      callsLost > 0 &&
      intended[mode] === server &&
      cells.some((other) => other.server === server && other.scenario === scenario && other.callsLost === 0),
  );
  return avoidable.reduce<SweepCell | null>(
    (worst, cell) =>
      worst === null || cell.callsLost / cell.callsMade > worst.callsLost / worst.callsMade ? cell : worst,
    null,
  );
}
