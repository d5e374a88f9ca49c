import process from 'node:process';
import type { Certified } from '../sim/jobs/certificateJob.ts';
import type { JudgedCell } from '../sim/summary/expectations.ts';
import type { Common } from './checkCells.ts';
import { runJobs } from './checkJobs.ts';
import type { CheckCommandOptions } from './checkOptions.ts';
import { standardStream, writeText } from './files.ts';

/** A cell with the properties that hold there and of which there is something to judge. */
interface Certifiable {
  readonly cell: Common;
  readonly certify: readonly string[];
}

/** Writes a certificate for each cell in which something holds: a line of the file each. Says what has none, and why. */
export async function writeCertificates(
  cells: readonly Common[],
  judged: readonly JudgedCell[],
  { certificate: file = '', doer, force = false }: CheckCommandOptions,
): Promise<void> {
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const holding = cells.flatMap((cell): Certifiable[] => {
    const certify = judged.filter((one) => isOf(cell, one) && one.verdict === 'holds' && one.witnessed);
    return certify.length === 0 ? [] : [{ cell, certify: certify.map(({ property }) => property) }];
  });
  const others = judged.filter(({ verdict, witnessed }) => verdict !== 'holds' || !witnessed).length;
  if (others > 0)
    say(
      `${others} of ${judged.length} verdicts have no certificate: only what holds, and has something to judge, has one`,
    );
  const { results } = await runJobs(
    holding.map(({ cell, certify }) => ({ ...cell, certify })),
    doer,
  );
  for (const [index, { line, why }] of results.entries()) {
    const { document, mode, server } = (holding[index] as Certifiable).cell;
    if (line === null) say(`no certificate for ${document.name}, ${mode} on ${server.name}: ${why}`);
  }
  const lines = results.flatMap(({ line }: Certified) => line ?? []);
  if (lines.length === 0) say(`nothing to certify, so ${file} was not written`);
  else writeText(file, `${lines.join('\n')}\n`, force);
  if (lines.length > 0 && file !== standardStream) say(`${lines.length} certificates in ${file}`);
}

const isOf = ({ document, mode, server }: Common, { scenario, ...cell }: JudgedCell): boolean =>
  document.name === scenario && mode === cell.mode && server.name === cell.profile;
