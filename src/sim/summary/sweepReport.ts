import type { Estimate, EstimateRow, Figure, ReportPage, Series, Table } from '../../figures/figure.ts';
import type { ModeName } from '../../machines/modeVariants.ts';
import { modeTitle } from '../report/modeTitle.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { cumulative } from '../statistics/cumulative.ts';
import { sizeOf } from '../statistics/histogram.ts';
import type { SweepCell, SweepComparison } from '../sweep/group.ts';
import type { Loss } from '../sweep/loss.ts';
import type { Sweep } from '../sweep/sweep.ts';
import { dayLines, meanOfDays } from './days.ts';
import { extremesOf, isApartBelow } from './extremes.ts';
import { differenceText, grouped, lossText } from './figures.ts';
import { loadColumns, loadOf, runsPerDay } from './loads.ts';

/** What a report of a sweep is told beside its cells. */
export interface SweepReportOptions {
  readonly confidence: number;
  readonly serverTitles: Readonly<Record<string, string>>;
  /** The kind of server that each mode is meant for: of many servers, waits and load are shown there. */
  readonly intended: Readonly<Record<ModeName, string>>;
  /** What a reader must know of every figure, and how the report is made again. */
  readonly foundations: readonly string[];
}

const estimateOf = ({ share, interval: [low, high] }: Loss): Estimate => ({ value: share, low, high });

const rowOf = ({ mode, loss }: SweepCell): EstimateRow => ({
  name: modeTitle(mode),
  estimate: loss === null ? null : estimateOf(loss),
});

const valuesOf = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

/** A report of what became of the calls in each scenario, with its pictures. */
export function sweepReport(
  { cells, comparisons }: Sweep,
  documents: readonly ScenarioDocument[],
  options: SweepReportOptions,
): ReportPage {
  const titleOf = (name: string) => documents.find((one) => one.name === name)?.title ?? name;
  const scenarios = valuesOf(cells.map(({ scenario }) => scenario));
  const [only, other] = scenarios;
  const runs = cells.reduce((sum, { measured }) => sum + measured.runs, 0);
  return {
    title: other === undefined && only !== undefined ? titleOf(only) : `Calls lost in ${scenarios.length} scenarios`,
    lead: [
      ...(other === undefined ? bestOf({ cells, comparisons }, options) : []),
      ...dayLines(cells.filter(isAtHome(cells, options))).map((line) => `${line}.`),
      `${grouped(runs)} runs with everything drawn, each mode under the same luck; what is said with ± covers the true value with ${percent(options.confidence)} confidence.`,
    ],
    sections: scenarios.map((name) => ({
      heading: titleOf(name),
      text: [],
      figures: figuresOf(
        cells.filter(({ scenario }) => scenario === name),
        comparisons.filter(({ scenario }) => scenario === name),
        options,
      ),
    })),
    foundations: options.foundations,
  };
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(8))} %`;

/** Per server, which mode loses least and which most. */
function bestOf({ cells, comparisons }: Sweep, { serverTitles }: SweepReportOptions): string[] {
  return valuesOf(cells.map(({ server }) => server)).flatMap((server) => {
    const judged = cells.flatMap(({ mode, server: on, loss }) =>
      on === server && loss !== null ? [{ mode, loss }] : [],
    );
    const name = serverTitles[server] ?? server;
    const [first, other] = judged;
    if (other !== undefined && judged.every(({ loss }) => loss.share === first?.loss.share))
      return [`${name}: every mode loses ${lossText(other.loss)} % of the calls.`];
    const told = extremesOf(judged, {
      figureOf: ({ loss }) => loss.share,
      isSurelyBelow: (one, another) =>
        isApartBelow(one.loss.interval, another.loss.interval) ||
        sureDifferences(comparisons).some(
          ({ server: on, more, less }) => on === server && less === one.mode && more === another.mode,
        ),
      textOf: ({ mode, loss }) => `${modeTitle(mode)} loses ${lossText(loss)} % of the calls`,
      words: ['least', 'most'],
      asked: 'which mode loses',
    });
    return told === null ? [] : [`${name}: ${told.text}.${told.doubt === '' ? '' : ` ${told.doubt}`}`];
  });
}

/** Whether a cell is that of a mode on the server that it is meant for, or on the only one there is. */
function isAtHome(cells: readonly SweepCell[], { intended }: SweepReportOptions): (cell: SweepCell) => boolean {
  const isOnly = valuesOf(cells.map(({ server }) => server)).length === 1;
  return ({ mode, server }) => isOnly || intended[mode] === server;
}

function figuresOf(
  cells: readonly SweepCell[],
  comparisons: readonly SweepComparison[],
  options: SweepReportOptions,
): Figure[] {
  const { serverTitles } = options;
  const servers = valuesOf(cells.map(({ server }) => server));
  // In every picture a mode has the same place, and so the same colour.
  const shown = cells
    .filter(isAtHome(cells, options))
    .sort((one, other) => (modeTitle(one.mode) < modeTitle(other.mode) ? -1 : 1));
  return [
    ...(cells.every(({ loss }) => loss === null) ? [] : [lostFigure(cells, servers, serverTitles)]),
    ...differencesFigure(comparisons, options),
    ...waitFigures(shown),
    loadTable(shown),
  ];
}

const lostFigure = (
  cells: readonly SweepCell[],
  servers: readonly string[],
  serverTitles: SweepReportOptions['serverTitles'],
): Figure => ({
  is: 'estimates',
  title: 'Calls lost',
  caption:
    'The share of calls that ended for their caller before a phone of the user alerted. Lines are the intervals.',
  axis: 'calls lost of calls made',
  unit: 'share',
  groups: servers.map((server) => ({
    name: serverTitles[server] ?? server,
    rows: cells.filter((one) => one.server === server).map(rowOf),
  })),
});

/** The pairs of modes of which one surely loses more than the other, under the same luck. */
const sureDifferences = (comparisons: readonly SweepComparison[]) =>
  comparisons.flatMap((of) => {
    const { server, modes, difference, interval } = of;
    if (interval[0] <= 0 && interval[1] >= 0) return [];
    const [more, less] = difference > 0 ? modes : [modes[1], modes[0]];
    return [{ server, more, less, of }];
  });

function differencesFigure(
  comparisons: readonly SweepComparison[],
  { serverTitles, confidence }: SweepReportOptions,
): Table[] {
  const rows = sureDifferences(comparisons).map(({ server, more, less, of }) => [
    serverTitles[server] ?? server,
    modeTitle(more),
    modeTitle(less),
    differenceText(of),
  ]);
  if (comparisons.length === 0) return [];
  return [
    {
      is: 'table',
      title: 'Differences that are sure',
      caption: `Under the same luck, in percentage points, with ${percent(confidence)} confidence. Pairs of modes that are not here may lose alike.`,
      columns: ['server', 'loses more', 'than', 'by'],
      rows,
    },
  ];
}

const waits = [
  [
    'alertMs',
    'Time to alert',
    'time until the phone alerts',
    'calls',
    'Of the calls that alerted, the share whose phone alerted within so long after it was dialled.',
  ],
  [
    'postDialMs',
    'Post-dial delay',
    'time until the caller hears',
    'calls',
    'Of the calls that were heard, the share whose caller heard ringing or an answer within so long.',
  ],
  [
    'gapMs',
    'Gaps',
    'length of a gap',
    'gaps',
    'Of the times in which no binding and no push could reach the user, the share that was over within so long.',
  ],
] as const;

function waitFigures(cells: readonly SweepCell[]): Figure[] {
  return waits.flatMap(([key, title, axis, what, caption]): Figure[] => {
    // A mode without any has its place all the same, for each place has its colour.
    const series = cells.map(
      ({ mode, server, measured }): Series => ({
        name: cells.some((one) => one.mode === mode && one.server !== server)
          ? `${modeTitle(mode)}, ${server}`
          : modeTitle(mode),
        points: sizeOf(measured[key]) === 0 ? [] : cumulative(measured[key], mostPoints),
      }),
    );
    if (series.every(({ points }) => points.length === 0)) return [];
    return [
      {
        is: 'steps',
        title,
        caption,
        x: { axis, unit: 'ms' },
        y: { axis: `share of ${what}`, unit: 'share' },
        series,
        marks: [],
      },
    ];
  });
}

/** No picture shows more steps than that. */
const mostPoints = 200;

function loadTable(cells: readonly SweepCell[]): Table {
  const [first] = cells;
  const perDay = first === undefined ? 0 : Math.round(runsPerDay(first.measured));
  const made = first?.isOfDays
    ? `It is ${meanOfDays(first)}`
    : `Extrapolated from ${grouped(perDay)} such runs one after the other`;
  return {
    is: 'table',
    title: 'Load of one user and day',
    caption: `${made}. Bytes are estimates.`,
    columns: ['', ...loadColumns.map(([title]) => title)],
    rows: cells.map(({ mode, server, measured }) => {
      const load = loadOf(measured);
      return [`${modeTitle(mode)}, ${server}`, ...loadColumns.map(([, of]) => of(load))];
    }),
  };
}
