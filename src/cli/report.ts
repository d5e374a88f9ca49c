import process from 'node:process';
import { Option } from 'commander';
import type { ReportPage } from '../figures/figure.ts';
import { refuse, shellWord, standardStream, writeText } from './files.ts';
import { pasteable } from './invocation.ts';
import { ringproofVersion } from './version.ts';

/** The option for a report with pictures. */
export const reportOption = () =>
  new Option('--report <file>', 'write a report with pictures to a new file, one page of HTML that needs no network');

/** How a report is made again, as the user said it. */
export const madeBy = (): string[] => [
  `Made with Ringproof ${ringproofVersion()} by \`${pasteable(process.argv.slice(2).map(shellWord).join(' '))}\`; the same command makes the same report, in another place or with \`--force\`.`,
];

/** Writes a report. Throws an InputError where it cannot. */
export async function writeReport(file: string, page: ReportPage, force: boolean): Promise<void> {
  if (file === standardStream) refuse('--report -', 'standard output, which has the figures', 'the name of a new file');
  // What draws takes half a second to load, and few ask for pictures.
  const { reportHtml } = await import('../figures/page.ts');
  writeText(file, reportHtml(page), force);
}
