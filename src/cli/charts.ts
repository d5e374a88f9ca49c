import process from 'node:process';
import { type Command, Option } from 'commander';
import type { ReportPage } from '../figures/figure.ts';
import { terminalChart } from '../figures/terminal.ts';
import { refuse } from './files.ts';
import { colours, print, terminalWidth } from './output.ts';

/** Adds the options that say whether charts are drawn. */
export const withChartsOptions = (command: Command): Command =>
  command
    .addOption(new Option('--charts', 'draw small charts below the text (default: where that goes to a terminal)'))
    .addOption(new Option('--no-charts', 'draw none'));

/** Refuses charts in what a machine reads. */
export function refuseIdleCharts(charts: boolean | undefined, format: string): void {
  if (charts === true && format !== 'text') refuse('--charts', `--format ${format} with it`, 'charts in text');
}

/** Draws the curves of a report in the terminal. */
export function showCharts({ sections }: ReportPage, charts: boolean | undefined): void {
  const isShown = charts ?? (process.stdout.isTTY === true && process.env.TERM !== 'dumb');
  if (!isShown) return;
  const room = { width: terminalWidth(), hasColours: colours.isColorSupported };
  for (const figure of sections.flatMap(({ figures }) => figures)) {
    const lines = 'series' in figure ? terminalChart(figure, room) : [];
    if (lines.length > 0) print(`\n${lines.join('\n')}`);
  }
}
