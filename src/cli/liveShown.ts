import process from 'node:process';
import type { ModeName } from '../machines/modeVariants.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { elsewhereText, type HeardReport } from './heardReport.ts';
import { serverText } from './liveOptions.ts';
import type { LiveCommandOptions, LivePlan } from './livePlan.ts';
import type { BindingNote, LiveReport } from './liveReport.ts';
import { colours, print } from './output.ts';
import { showHeard } from './showHeard.ts';
import {
  showCompared,
  showDivergences,
  showLateness,
  showNetwork,
  showReproductions,
  showUnknown,
} from './showLive.ts';
import { insecureText } from './tlsOptions.ts';

/** What the runs were made of, in the JSON of either report. */
const headOf = ({ scenario }: LivePlan, options: LiveCommandOptions) => ({
  version: 1,
  ...{ scenario: scenario.name, mode: scenario.mode.name, profile: scenario.server.name },
  ...(options.insecureTls && { tls: insecureText }),
});

const titleOf = ({ scenario }: LivePlan, runs: number, options: LiveCommandOptions): string =>
  `${scenario.name}, ${modeTitle(scenario.mode.name as ModeName)}, ${runs} runs against ${serverText(options.server)}`;

/** What came of runs in which some parties are somebody else's software. */
export function showHeardRuns(plan: LivePlan, report: HeardReport, options: LiveCommandOptions): void {
  const { runs, bindings } = report;
  const elsewhere = plan.scenario.elsewhere ?? [];
  if (options.format === 'json') {
    print(JSON.stringify({ ...headOf(plan, options), elsewhere, runs, unknown: report.unknown(), bindings }, null, 1));
    return;
  }
  print(`${titleOf(plan, runs.length, options)}; somebody else is ${elsewhereText(elsewhere)}`);
  if (options.insecureTls) print(`  ${colours.yellow(insecureText)}`);
  showHeard(report, elsewhere);
  showLateness(report.latenessMs);
}

/** What came of runs in which all parties are played here. */
export function show(plan: LivePlan, report: LiveReport, options: LiveCommandOptions): void {
  const { scenario } = plan;
  const { comparison, divergences, reproductions, latenessMs, network } = report;
  const unknown = report.unknown();
  if (options.format === 'json') {
    const { bindings } = report;
    const measured = network === null ? {} : { roundTrip: network.roundTrip };
    const of = { ...headOf(plan, options), ...measured, comparison, unknown, divergences, reproductions, bindings };
    print(JSON.stringify(of, null, 1));
    return;
  }
  print(`${titleOf(plan, latenessMs.length, options)} taken for ${scenario.server.name}`);
  if (options.insecureTls) print(`  ${colours.yellow(insecureText)}`);
  if (network !== null) showNetwork(network.roundTrip, comparison);
  showCompared(comparison);
  if (reproductions.length > 0) showReproductions(reproductions);
  showLateness(latenessMs);
  showDivergences(report.counted, latenessMs.length);
  showUnknown(unknown);
}

/** Says what is registered with the accounts besides the runs, and who else has called them. */
export function warnOfBindings(notes: readonly BindingNote[]): void {
  for (const { account, left, strangers, foreignCalls } of notes) {
    if (foreignCalls.count > 0) {
      process.stderr.write(
        `${account}: ${foreignCalls.count} calls of somebody else came meanwhile (${foreignCalls.from.join(', ')}) and were answered 486\n`,
      );
    }
    if (strangers > 0) {
      process.stderr.write(
        `${account}: ${strangers} contacts of somebody else are registered, and calls may have rung there\n`,
      );
    }
    if (left.length > 0)
      process.stderr.write(`${account}: the server did not confirm that ${left.join(', ')} is unregistered\n`);
  }
}
