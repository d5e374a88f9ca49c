import { totalmem } from 'node:os';
import process from 'node:process';
import { Command } from 'commander';
import { type ModeName, modeNames } from '../machines/modeVariants.ts';
import { registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { axisTable } from '../profiles/serverAxes.ts';
import type { CompareJob } from '../sim/jobs/compared.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { renderComparison } from '../sim/summary/comparison.ts';
import { explorationBytes } from './checkCells.ts';
import { runJobs } from './checkJobs.ts';
import { readScenarios, refuse, refuseLong } from './files.ts';
import { fittingModes } from './fittingModes.ts';
import {
  type Adaptation,
  adapted,
  jobsOption,
  mitigatedOption,
  modesOption,
  networkOption,
  oneOf,
  profileOption,
  pushOption,
  wholeNumber,
} from './options.ts';
import { colours, exitCodes, print } from './output.ts';

/** What a day has of hand-overs, where the user does not say. */
const usualScenarios = [
  'call-while-going-to-background',
  'call-while-suspended',
  'call-while-coming-to-foreground',
  'call-after-kill',
] as const;

/** A server of each family, where the user does not say. */
const usualServers = ['kamailio', 'asterisk', 'freeswitch', 'opensips-push', 'flexisip-fork-late'] as const;

interface CompareCommandOptions extends Adaptation {
  readonly profile?: ServerProfile;
  readonly variants?: true;
  readonly designs?: readonly ModeName[];
  readonly runs: number;
  readonly jobs: number;
  readonly format: 'text' | 'json';
}

function jobsOf(given: readonly string[], options: CompareCommandOptions): CompareJob[] {
  const { profile, variants, designs, runs, jobs, ...adaptation } = options;
  if (variants && designs) refuse('--variants', 'all designs beside --designs', 'one of the two');
  const scenarios = readScenarios(given.length === 0 ? [...usualScenarios] : [...given], profile, {
    modes: designs ?? [],
  });
  const documents = scenarios.documents.map((one) => adapted(one, adaptation));
  const servers = profile === undefined ? usualServers.map((name) => everyServerProfile[name]) : [profile];
  const usualModes = variants ? modeNames : [...registrationModeNames, 'sipServerPushes' as const];
  const modes: readonly ModeName[] = designs ?? fittingModes(documents, usualModes);
  const cells = servers.flatMap((server) =>
    modes.flatMap((mode) => documents.map((document) => ({ document, mode, server }))),
  );
  for (const { document, mode, server } of cells)
    refuseLong(scenarios.fileOf.get(document.name) ?? document.name, scenarioIn(document, mode, server).untilMs);
  const maximumBytes = explorationBytes(totalmem() / 2 / Math.min(jobs, cells.length));
  return cells.map((cell) => ({ ...cell, budget: { losses: 0, duplicates: 0 }, maximumBytes, comparedRuns: runs }));
}

async function run(given: readonly string[], options: CompareCommandOptions): Promise<void> {
  const jobs = jobsOf(given, options);
  const { results, isInterrupted } = await runJobs(jobs, options.jobs);
  if (isInterrupted) process.stderr.write('interrupted: what is undecided was not answered\n');
  // That a design loses calls is what a comparison is asked for.
  if (results.some(({ verdict, longestGapMs }) => verdict === 'inconclusive' || longestGapMs === null))
    process.exitCode = exitCodes.inconclusive;
  if (options.format === 'json') return print(JSON.stringify({ version: 1, cells: results }, null, 1));
  const palette = { good: colours.green, bad: colours.red, dim: colours.dim };
  const serverTitles = Object.fromEntries(jobs.map(({ server }) => [server.name, server.title]));
  const assumesPushes = jobs.filter(
    ({ server, mode }) => mode === 'sipServerPushes' && server.wakes === axisTable.wakes.assumed[0],
  );
  print(
    renderComparison(results, { palette, serverTitles, assumesPushes: assumesPushes.map(({ server }) => server.name) }),
  );
}

/** `ringproof compare`: should one change over to another design? */
export const compareCommand = () =>
  new Command('compare')
    .argument('[scenario...]', `scenario files or names of bundled ones (default: ${usualScenarios.join(', ')})`)
    .addOption(profileOption())
    .addOption(networkOption())
    .addOption(pushOption())
    .addOption(mitigatedOption())
    .addOption(
      modesOption('-d, --designs <names>', 'these designs alone, by name or number (see `ringproof list modes`)'),
    )
    .option('--variants', 'all designs, also those of other products and those that nobody sells')
    .option('-n, --runs <number>', 'runs in which the traffic is counted', wholeNumber(1, 10_000), 20)
    .addOption(jobsOption())
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(run);
