import { type ModeName, modeNames } from '../../machines/modeVariants.ts';
import type { CheckedCell } from '../jobs/cell.ts';
import { modeTitle } from '../report/modeTitle.ts';
import { type Palette, serverLegend } from './lossTable.ts';

export interface VerdictOptions {
  readonly palette: Palette;
  /** Marks the server that a mode is meant for. */
  readonly intended: Readonly<Record<string, string>>;
  readonly serverTitles: Readonly<Record<string, string>>;
  readonly propertySentences: Readonly<Record<string, string>>;
}

const uniqueOf = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Scenarios in which every cell that was run violates the property: no hand-over is to blame. */
function hopelessScenarios(cells: readonly CheckedCell[], property: string): string[] {
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
    ...serverLegend(servers, options.serverTitles, true).map(dim),
  ].join('\n');
}

function table(property: string, cells: readonly CheckedCell[], options: VerdictOptions): string {
  const { palette, intended, propertySentences } = options;
  const concerned = cells.filter((cell) => cell.property === property);
  const servers = uniqueOf(concerned.map(({ profile }) => profile));
  const scenarios = uniqueOf(concerned.map(({ scenario }) => scenario)).length;
  const modes = modeNames.filter((mode) => concerned.some((cell) => cell.mode === mode));
  const nameWidth = Math.max(26, ...modes.map((mode) => modeTitle(mode).length + 1));
  const widthOf = (server: string) => Math.max(13, server.length + 4);
  const text = (mode: ModeName, server: string): string => {
    const own = concerned.filter((cell) => cell.mode === mode && cell.profile === server);
    const mark = intended[mode] === server ? ' *' : '  ';
    const [words, colour] = cellWords(own, scenarios, palette);
    return colour(`${words}${mark}`.padStart(widthOf(server)));
  };
  const hopeless = hopelessScenarios(cells, property);
  return [
    `${property}: ${propertySentences[property]}`,
    palette.dim(`holds in how many of ${scenarios} scenario${scenarios === 1 ? '' : 's'}`),
    ' '.repeat(nameWidth) + line(servers.map((server) => `${server}  `.padStart(widthOf(server)))),
    ...modes.map((mode) => modeTitle(mode).padEnd(nameWidth) + line(servers.map((server) => text(mode, server)))),
    ...(scenarios > 1 && hopeless.length > 0
      ? [palette.dim(`violated in every cell that was run: ${hopeless.join(', ')}`)]
      : []),
    '',
  ].join('\n');
}

const line = (columns: readonly string[]): string => columns.join('').trimEnd();

function cellWords(own: readonly CheckedCell[], scenarios: number, { good, bad, dim }: Palette) {
  const count = (verdict: CheckedCell['verdict']) => own.filter((cell) => cell.verdict === verdict).length;
  if (own.length === 0) return ['-', dim] as const;
  const [holds, open] = [count('holds'), count('inconclusive')];
  if (open > 0) return [`${holds} of ${own.length} (${open}?)`, bad] as const;
  if (scenarios === 1) return holds === 1 ? (['holds', good] as const) : (['violated', bad] as const);
  return [
    own.length === scenarios ? `${holds}` : `${holds} of ${own.length}`,
    holds === own.length ? good : bad,
  ] as const;
}

/** A violation worth a look, and on which servers one mode comes by it in the same scenario and the same way. */
export interface Telling {
  readonly scenario: string;
  readonly mode: ModeName;
  readonly servers: readonly string[];
  readonly sentence: string;
}

/** The violations of one property that are worth a look. */
export interface Tellings {
  readonly tellings: readonly Telling[];
  /** Whether another mode on the same server avoids each. */
  readonly isAvoided: boolean;
}

/**
 * One violation per mode and server, if another mode on that server avoids it: the one with the fewest events. Servers on which
 * the sentence is the same share it. Where nothing is avoided, the one with the fewest events of all.
 */
export function telling(cells: readonly CheckedCell[], property: string): Tellings {
  const concerned = cells.filter((cell) => cell.property === property);
  const violated = concerned
    .filter(({ verdict }) => verdict === 'violated')
    .sort((one, other) => eventsOf(one) - eventsOf(other));
  const avoided = violated.filter(({ scenario, profile }) =>
    concerned.some((other) => other.scenario === scenario && other.profile === profile && other.verdict === 'holds'),
  );
  if (avoided.length === 0) return { tellings: grouped(violated.slice(0, 1)), isAvoided: false };
  const places = uniqueOf(avoided.map(({ mode, profile }) => `${mode} ${profile}`));
  const first = places.flatMap((place) => avoided.find(({ mode, profile }) => `${mode} ${profile}` === place) ?? []);
  return { tellings: grouped(concerned.filter((cell) => first.includes(cell))), isAvoided: true };
}

const eventsOf = ({ counterexample }: CheckedCell): number => counterexample?.events ?? 0;

function grouped(cells: readonly CheckedCell[]): Telling[] {
  const groups: (Telling & { servers: string[] })[] = [];
  for (const { scenario, mode, profile, counterexample } of cells) {
    const sentence = counterexample?.sentence ?? '';
    const same = groups.find((one) => one.mode === mode && one.scenario === scenario && one.sentence === sentence);
    if (same) same.servers.push(profile);
    else groups.push({ scenario, mode, servers: [profile], sentence });
  }
  return groups.sort((one, other) => modeTitle(one.mode).localeCompare(modeTitle(other.mode), 'en'));
}
