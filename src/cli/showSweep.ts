import type { ModeName } from '../machines/modeVariants.ts';
import { formatDuration } from '../sim/data/duration.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { dayLines, dayOf, meanOfDays } from '../sim/summary/days.ts';
import { differenceText, grouped, shareText } from '../sim/summary/figures.ts';
import { loadOf, loadsTable, runsPerDay } from '../sim/summary/loads.ts';
import {
  type LossTableOptions,
  lossTable,
  lostByAll,
  markTexts,
  meanTable,
  scenarioTable,
  shortTitle,
} from '../sim/summary/lossTable.ts';
import { waitsOf, waitsTable } from '../sim/summary/waits.ts';
import type { SweepCell } from '../sim/sweep/group.ts';
import { isPrecise } from '../sim/sweep/loss.ts';
import type { SweepDemand } from '../sim/sweep/plan.ts';
import type { Sweep } from '../sim/sweep/sweep.ts';
import { colours, print } from './output.ts';

/** What a reader must know of every figure. */
const evenDraws =
  'Delays without a law are drawn evenly from their windows, and what is rare depends on where those end: an assumption, not a measurement.';

/** JSON of a sweep: versioned, and without what the terminal needs. */
export const sweepJson = ({ cells, comparisons }: Sweep, { precision, confidence }: SweepDemand) => ({
  version: 2,
  confidence,
  precision: precision ?? null,
  assumption: evenDraws,
  cells: cells.map((cell) => jsonOf(cell, confidence, precision)),
  comparisons: comparisons.map(({ scenario, server, modes, difference, interval }) => ({
    scenario,
    profile: server,
    modes,
    difference,
    interval,
  })),
});

function jsonOf(cell: SweepCell, confidence: number, precision: number | undefined) {
  const { scenario, mode, server, measured, loss, losingSeed, violated } = cell;
  return {
    scenario,
    mode,
    profile: server,
    runs: measured.runs,
    calls: measured.calls,
    loss: loss && { ...loss, isPrecise: precision === undefined ? null : isPrecise(loss, precision) },
    ...(cell.isOfDays && { perUserAndDay: dayOf(cell) }),
    losingSeed,
    violated,
    waits: {
      alertMs: waitsOf(measured.alertMs, confidence),
      postDialMs: waitsOf(measured.postDialMs, confidence),
      gapMs: { ...waitsOf(measured.gapMs, confidence), open: measured.gapsOpen },
    },
    unreachableMs: measured.unreachableMs,
    load: { perUserAndDay: loadOf(measured), runMs: runMsOf(measured), runsPerDay: runsPerDay(measured) },
  };
}

const runMsOf = ({ runs, observedMs }: SweepCell['measured']): number => (runs === 0 ? 0 : observedMs / runs);

/** Shows what a sweep has come to. */
export function showSweep(
  sweep: Sweep,
  documents: readonly ScenarioDocument[],
  demand: SweepDemand,
  options: LossTableOptions,
): void {
  const scenarios = new Set(sweep.cells.map(({ scenario }) => scenario));
  if (scenarios.size === 1) showOne(sweep, documents, demand, options);
  else showMany(sweep, demand, options);
  print(`\n${colours.dim(sweepNotes(sweep.cells, demand).join('\n'))}`);
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(8))} %`;

/** What is said of each interval. */
const promise = ({ precision, confidence }: SweepDemand): string =>
  `± what covers the true share with ${percent(confidence)} confidence${precision === undefined ? '' : `, ${percent(precision)} at most`}`;

function showOne(
  { cells, comparisons }: Sweep,
  documents: readonly ScenarioDocument[],
  demand: SweepDemand,
  options: LossTableOptions,
): void {
  const [first] = cells as [SweepCell];
  const title = documents.find(({ name }) => name === first.scenario)?.title ?? first.scenario;
  if (first.loss === null) print(`"${title}" makes no calls: there is nothing to judge.`);
  else {
    print(`Calls lost in "${title}", in percent, ${promise(demand)}\n`);
    print(lossTable(cells, options).join('\n'));
    showDifferences(comparisons, demand);
  }
  const atHome = onTheirServers(cells, options.intended);
  const shown = atHome.map(({ mode, server, measured }) => ({ title: `${modeTitle(mode)}, ${server}`, measured }));
  const days = dayLines(atHome);
  if (days.length > 0) print(`\n${days.join('\n')}`);
  print(`\nWaits and gaps, with what covers each with ${percent(demand.confidence)} confidence\n`);
  print(waitsTable(shown, demand.confidence).join('\n'));
  const made = first.isOfDays
    ? meanOfDays(first)
    : `extrapolated: ${grouped(Math.round(runsPerDay(first.measured)))} such runs of ${formatDuration(Math.round(runMsOf(first.measured)))} one after the other`;
  print(`\nLoad of one user and day, ${made}; bytes are estimates\n`);
  print(loadsTable(shown).join('\n'));
}

/** Each mode on the server that it is meant for, and where that is none of these, on all of them. */
function onTheirServers(cells: readonly SweepCell[], intended: Readonly<Record<ModeName, string>>): SweepCell[] {
  const atHome = new Set(cells.filter(({ mode, server }) => intended[mode] === server).map(({ mode }) => mode));
  return cells.filter(({ mode, server }) => !atHome.has(mode) || intended[mode] === server);
}

function showMany({ cells }: Sweep, demand: SweepDemand, options: LossTableOptions): void {
  const scenarios = new Set(cells.map(({ scenario }) => scenario));
  const calling = new Set(cells.flatMap(({ scenario, loss }) => (loss === null ? [] : [scenario])));
  const without = scenarios.size - calling.size;
  const others = without === 0 ? '' : `; ${without} without calls ${without === 1 ? 'is' : 'are'} not in it`;
  print(
    `Calls lost in percent, the plain mean of ${calling.size} ${calling.size === 1 ? 'scenario' : 'scenarios'}${others}\n`,
  );
  print(meanTable(cells, options).join('\n'));
  const shown = onTheirServers(cells, options.intended);
  print(`\nEach of them, on the server that the mode is meant for, ${promise(demand)}\n`);
  print(scenarioTable(shown, options).join('\n'));
  const hopeless = lostByAll(cells);
  if (hopeless.length > 0) print(`\nEvery mode loses calls on every server in: ${hopeless.join(', ')}.`);
  print(colours.dim('Waits, gaps and load are told of a scenario that is named alone; --format json has them all.'));
}

function showDifferences(comparisons: Sweep['comparisons'], { confidence }: SweepDemand): void {
  const servers = [...new Set(comparisons.map(({ server }) => server))];
  const lines = servers.flatMap((server) => {
    const told = comparisons.flatMap(({ server: on, modes, difference, interval }) => {
      if (on !== server || (interval[0] <= 0 && interval[1] >= 0)) return [];
      const [more, less] = difference > 0 ? modes : [modes[1], modes[0]];
      return `${shortTitle(more)} ${differenceText({ difference, interval })} more than ${shortTitle(less)}`;
    });
    return told.length === 0 ? [] : [`  ${server.padEnd(10)} ${told.join('; ')}`];
  });
  if (comparisons.length === 0) return;
  const sure = `Under the same luck on the same server, in percentage points, sure with ${percent(confidence)}:`;
  print(`\n${lines.length === 0 ? 'No difference between two modes is sure.' : `${sure}\n${lines.join('\n')}`}`);
}

/** What the figures rest on. */
export function sweepNotes(cells: readonly SweepCell[], { precision, confidence }: SweepDemand): string[] {
  const losses = cells.flatMap(({ loss }) => loss ?? []);
  const undecided = cells.reduce((sum, cell) => sum + cell.undecided, 0);
  return [
    ...(cells.some(({ isOfDays }) => isOfDays)
      ? [
          'Days are drawn by their seeds; intervals come from the scatter between days, whose calls may be lost together.',
        ]
      : []),
    ...(['dates', 'splitting'] as const).flatMap((estimator) => {
      const runs = losses.filter((one) => one.estimator === estimator).map((one) => one.runs);
      if (runs.length === 0) return [];
      const unseen = 1 - ((1 - confidence) / 2) ** (1 / Math.min(...runs));
      return `${markTexts[estimator]}. Kinds of run that none of ${grouped(Math.min(...runs))} met are not in it: less than ${shareText(unseen)} of all.`;
    }),
    evenDraws,
    ...(undecided === 0
      ? []
      : [
          `${grouped(undecided)} calls were not decided when their run ended: the lower ends of the intervals count them as saved, the upper ends as lost.`,
        ]),
    ...(precision === undefined || losses.every((one) => isPrecise(one, precision))
      ? []
      : [`Not every figure is as precise as ${percent(precision)}: more runs are needed.`]),
  ];
}
