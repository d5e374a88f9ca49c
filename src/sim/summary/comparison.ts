import type { ModeName } from '../../machines/modeVariants.ts';
import { formatDuration } from '../data/duration.ts';
import type { Compared } from '../jobs/compared.ts';
import { modeTitle } from '../report/modeTitle.ts';
import type { Palette } from './lossTable.ts';

const widths = [38, 16, 14, 14, 11, 9] as const;
const head = ['', 'calls lost', 'longest gap', 'worst alert', 'REGISTERs', 'pushes'];

const columns = (texts: readonly string[]): string =>
  texts.map((text, at) => (at === 0 ? text.padEnd(widths[0]) : text.padStart(widths[at] ?? 0))).join('');

const mean = (values: readonly number[]): string =>
  (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(1);

/** The largest of them; null where one is not known. */
const largest = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value === null) ? null : Math.max(...(values as number[]));

/** Where nobody calls, no call is lost, and none is saved. */
const nobodyCalls = 'no call';

function lostIn(cells: readonly Compared[]): string {
  if (cells.length === 0) return nobodyCalls;
  const lost = cells.filter(({ verdict }) => verdict === 'violated').length;
  if (lost > 0) return `in ${lost} of ${cells.length}`;
  return cells.every(({ verdict }) => verdict === 'holds') ? 'none' : 'undecided';
}

/** What designs make of the same scenarios, a row each. */
function rowOf(mode: ModeName, cells: readonly Compared[], { good, bad }: Palette): string {
  const withCalls = cells.filter(({ hasCall }) => hasCall);
  const lost = lostIn(withCalls);
  const gapMs = largest(cells.map(({ longestGapMs }) => longestGapMs));
  const alertMs = largest(withCalls.map(({ worstAlertMs }) => worstAlertMs));
  const unknown = lost.startsWith('in ') ? 'never' : 'undecided';
  const alert = lost === nobodyCalls ? nobodyCalls : alertMs === null ? unknown : formatDuration(alertMs);
  const gap = gapMs === null ? 'undecided' : gapMs === 0 ? 'none' : formatDuration(gapMs);
  const traffic = [cells.map(({ registers }) => registers), cells.map(({ pushes }) => pushes)].map(mean);
  const row = columns([modeTitle(mode), lost, gap, alert, ...traffic]);
  return lost === 'none' ? good(row) : lost === nobodyCalls ? row : bad(row);
}

export interface ComparisonOptions {
  readonly palette: Palette;
  readonly serverTitles: Readonly<Record<string, string>>;
  /** Servers of which nothing is known that would push: theirs are taken to do as RFC 8599 says. */
  readonly assumesPushes: readonly string[];
}

/** Designs x servers: what is proved of each, and its traffic, as tables for the terminal. */
export function renderComparison(
  cells: readonly Compared[],
  { palette, serverTitles, assumesPushes }: ComparisonOptions,
): string {
  const distinct = <Value>(values: readonly Value[]) => [...new Set(values)];
  const servers = distinct(cells.map(({ profile }) => profile));
  const modes = distinct(cells.map(({ mode }) => mode));
  const scenarios = distinct(cells.map(({ scenario }) => scenario));
  const tables = servers.map((server) => {
    const rows = modes.map((mode) =>
      rowOf(
        mode,
        cells.filter((cell) => cell.mode === mode && cell.profile === server),
        palette,
      ),
    );
    const title = serverTitles[server];
    const assumed = assumesPushes.includes(server) ? [palette.dim('that it pushes, and how, is assumed')] : [];
    const heading = `${server}${title === undefined ? '' : `, ${title}`}`;
    return [heading, palette.dim(columns(head)), ...rows, ...assumed].join('\n');
  });
  const explained = [
    'calls lost   in how many of the scenarios some order of events and some delays lose a call',
    'longest gap  in which the user can neither be reached nor woken: the supremum over every order and delay',
    'worst alert  the longest time from dialling until the phone rings; never where a call can be lost',
    'REGISTERs, pushes: of a run, retransmissions included, mean over runs with the same seeds',
    `scenarios    ${scenarios.join(', ')}`,
  ];
  return [...tables, palette.dim(explained.join('\n'))].join('\n\n');
}
