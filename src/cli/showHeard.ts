import { judged, type Outcome } from '../live/outcomes.ts';
import type { ElsewhereParty } from '../sim/scenario/scenario.ts';
import { elsewhereText, type HeardReport } from './heardReport.ts';
import { colours, print } from './output.ts';
import { showUnknown } from './showLive.ts';

const codesOf = (outcomes: readonly Outcome[]): string => {
  const codes = [...new Set(outcomes.flatMap(({ code }) => code ?? []))].sort();
  return codes.length === 0 ? '' : ` (${codes.join(', ')})`;
};

const withEnd = (outcomes: readonly Outcome[], end: Outcome['end']) => outcomes.filter((one) => one.end === end);

const rows: readonly (readonly [string, (outcomes: readonly Outcome[]) => string])[] = [
  ['calls connected', (all) => `${withEnd(all, 'connected').length} of ${all.length}`],
  ['calls failed', (all) => `${withEnd(all, 'failed').length} of ${all.length}${codesOf(all)}`],
  ['given up by the caller', (all) => `${withEnd(all, 'abandoned').length} of ${all.length}`],
  ['undecided', (all) => `${withEnd(all, 'undecided').length} of ${all.length}`],
  [
    'alerted',
    (all) =>
      all.some(({ alerted }) => alerted === null) ? 'not seen' : String(all.filter(({ alerted }) => alerted).length),
  ],
  ['lost', (all) => String(all.filter((one) => judged(one) === 'lost').length)],
];

/** What became of the calls, as far as it was seen. */
export function showHeard(report: HeardReport, elsewhere: readonly ElsewhereParty[]): void {
  const { outcomes, predicted, runs, agreeing } = report;
  const cells = rows.map(
    ([title, text]) => [title, predicted === null ? '' : text(predicted), text(outcomes)] as const,
  );
  const all = [['', predicted === null ? '' : 'predicted', 'measured'] as const, ...cells];
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const [title, one, other] of all) {
    print(`  ${title.padEnd(widths[0] ?? 0)}  ${one.padEnd(widths[1] ?? 0)}  ${other}`.trimEnd());
  }
  if (predicted !== null) {
    const text = `the same outcomes as predicted in ${agreeing} of ${runs.length} runs`;
    print(`  ${agreeing === runs.length ? colours.green(text) : colours.yellow(text)}`);
  }
  print(`  what ${elsewhereText(elsewhere)} did is not seen here; the server is not compared with its profile`);
  showUnknown(report.unknown());
}
