import { type RegistrationModeName, registrationModes } from '../../machines/registrationModes.ts';
import type { CheckedCell } from '../check/cell.ts';
import type { MatrixPalette } from './matrix.ts';

export interface VerdictOptions {
  readonly palette: MatrixPalette;
  /** Marks the server that a mode is meant for. */
  readonly intended: Readonly<Record<string, string>>;
  readonly serverTitles: Readonly<Record<string, string>>;
  readonly propertySentences: Readonly<Record<string, string>>;
}

const columnWidth = 13;
const nameWidth = 26;

const uniqueOf = <T>(values: readonly T[]): T[] => [...new Set(values)];

export const modeTitle = (mode: RegistrationModeName): string => {
  const { number, title } = registrationModes[mode];
  return `${number} ${title}`;
};

/** Scenarios in which every mode on every server violates the property: no hand-over is to blame. */
export function hopelessScenarios(cells: readonly CheckedCell[], property: string): string[] {
  const concerned = cells.filter((cell) => cell.property === property);
  return uniqueOf(concerned.map(({ scenario }) => scenario)).filter((name) =>
    concerned.every(({ scenario, verdict }) => scenario !== name || verdict === 'violated'),
  );
}

/** The matrix of verdicts: modes x servers, one table per property that is violated or undecided somewhere. */
export function renderVerdicts(cells: readonly CheckedCell[], options: VerdictOptions): string {
  const properties = uniqueOf(cells.map(({ property }) => property));
  const isAllRight = (property: string) =>
    cells.every((cell) => cell.property !== property || cell.verdict === 'holds');
  const fine = properties.filter(isAllRight);
  const tables = properties.filter((property) => !isAllRight(property)).map((one) => table(one, cells, options));
  const servers = uniqueOf(cells.map(({ profile }) => profile));
  const { dim, good } = options.palette;
  return [
    ...tables,
    ...(fine.length === 0 ? [] : [good(`Holds in every cell: ${fine.join(', ')}.`), '']),
    ...servers.map((server) => dim(`${server.padEnd(10)} ${options.serverTitles[server] ?? ''}`)),
    dim('*          the kind of server that the mode is meant for'),
  ].join('\n');
}

function table(property: string, cells: readonly CheckedCell[], options: VerdictOptions): string {
  const { palette, intended, propertySentences } = options;
  const concerned = cells.filter((cell) => cell.property === property);
  const servers = uniqueOf(concerned.map(({ profile }) => profile));
  const scenarios = uniqueOf(concerned.map(({ scenario }) => scenario)).length;
  const text = (mode: RegistrationModeName, server: string): string => {
    const own = concerned.filter((cell) => cell.mode === mode && cell.profile === server);
    const mark = intended[mode] === server ? ' *' : '  ';
    const [words, colour] = cellWords(own, palette);
    return colour(`${words}${mark}`.padStart(columnWidth));
  };
  const hopeless = hopelessScenarios(cells, property);
  return [
    `${property}: ${propertySentences[property]}`,
    palette.dim(`holds in how many of ${scenarios} scenario${scenarios === 1 ? '' : 's'}`),
    ' '.repeat(nameWidth) + line(servers.map((server) => `${server}  `.padStart(columnWidth))),
    ...uniqueOf(concerned.map(({ mode }) => mode)).map(
      (mode) => modeTitle(mode).padEnd(nameWidth) + line(servers.map((server) => text(mode, server))),
    ),
    ...(scenarios > 1 && hopeless.length > 0
      ? [palette.dim(`violated in every mode on every server: ${hopeless.join(', ')}`)]
      : []),
    '',
  ].join('\n');
}

const line = (columns: readonly string[]): string => columns.join('').trimEnd();

function cellWords(own: readonly CheckedCell[], { good, bad, dim }: MatrixPalette) {
  const count = (verdict: CheckedCell['verdict']) => own.filter((cell) => cell.verdict === verdict).length;
  if (own.length === 0) return ['-', dim] as const;
  const [holds, open] = [count('holds'), count('inconclusive')];
  if (open > 0) return [`${holds} of ${own.length} (${open}?)`, bad] as const;
  if (own.length === 1) return holds === 1 ? (['holds', good] as const) : (['violated', bad] as const);
  return [`${holds}`, holds === own.length ? good : bad] as const;
}

/**
 * The one violation per mode and server that is most worth a look: one that another mode on that server avoids, if
 * there is one, and of these the one with the fewest events.
 */
export function telling(cells: readonly CheckedCell[], property: string): CheckedCell[] {
  const lost = cells.filter((cell) => cell.property === property && cell.verdict === 'violated');
  const isAvoided = ({ scenario, profile }: CheckedCell) =>
    cells.some(
      (other) =>
        other.property === property &&
        other.scenario === scenario &&
        other.profile === profile &&
        other.verdict === 'holds',
    );
  const places = uniqueOf(lost.map(({ mode, profile }) => `${mode} ${profile}`));
  return places.flatMap((place) => {
    const here = lost.filter((cell) => `${cell.mode} ${cell.profile}` === place && isAvoided(cell));
    const [first] = here.sort((one, other) => eventsOf(one) - eventsOf(other));
    return first === undefined ? [] : [first];
  });
}

const eventsOf = ({ counterexample }: CheckedCell): number => counterexample?.events ?? 0;
