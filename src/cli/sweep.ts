import { availableParallelism } from 'node:os';
import process from 'node:process';
import { Command } from 'commander';
import { isModule } from '../library/loadModule.ts';
import { registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { intendedServer } from '../profiles/intended.ts';
import { serverProfiles } from '../profiles/servers.ts';
import { simulate } from '../sim/run/simulate.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { renderMatrix, worstCell } from '../sim/summary/matrix.ts';
import { type SweepCell, sweep } from '../sim/sweep/sweep.ts';
import { expectedViolations } from './expectedViolations.ts';
import { only, readScenarios, refuse } from './files.ts';
import { pasteable } from './invocation.ts';
import {
  type Adaptation,
  adapted,
  flagsOf,
  mitigatedOption,
  modeOption,
  networkOption,
  oneOf,
  profileOption,
  pushOption,
  wholeNumber,
  wordFor,
} from './options.ts';
import { colours, exitCodes, print, terminalWidth } from './output.ts';
import { stepByStep } from './progress.ts';
import { showRun } from './showRun.ts';
import { sweepModule } from './sweepModule.ts';

const serverTitles = Object.fromEntries(Object.values(everyServerProfile).map(({ name, title }) => [name, title]));

function showWorst(
  cells: readonly SweepCell[],
  documents: readonly ScenarioDocument[],
  givenAs: ReadonlyMap<string, string>,
  { profile, ...options }: Adaptation & { readonly profile?: ServerProfile },
): void {
  const worst = worstCell(cells, intendedServer);
  const document = documents.find(({ name }) => name === worst?.scenario);
  if (worst === null || worst.losingSeed === null || document === undefined) return;
  const server = profile ?? everyServerProfile[worst.server as keyof typeof everyServerProfile];
  const { mode, losingSeed, runs, callsLost, callsMade } = worst;
  print(
    `\nThe worst that another mode avoids: "${document.title}", ${callsLost} of ${callsMade} calls in ${runs} runs.`,
  );
  print(
    colours.dim(
      pasteable(
        `simulate ${givenAs.get(worst.scenario)} --mode ${mode} --profile ${wordFor(server)}${flagsOf(options)} --seed ${losingSeed}`,
      ),
    ),
  );
  const trace = simulate(scenarioIn(document, mode, server), losingSeed);
  showRun(trace, { width: terminalWidth(), onlyTrouble: true });
}

/** What was swept. */
interface Swept {
  readonly documents: readonly ScenarioDocument[];
  readonly servers: readonly ServerProfile[];
}

/** Whether something is violated that its file does not expect to be. */
function isUnexpected(cells: readonly SweepCell[], { documents, servers }: Swept, options: Adaptation): boolean {
  return cells.some(({ scenario, mode, server, violated }) => {
    const document = documents.find(({ name }) => name === scenario);
    const on = servers.find(({ name }) => name === server);
    const expected = document && on ? expectedViolations(document, mode, on, options) : [];
    return violated.some((one) => !expected.includes(one));
  });
}

/** `ringproof sweep`: many seeds, modes compared under the same luck. */
export const sweepCommand = () =>
  new Command('sweep')
    .argument(
      '[scenario...]',
      'scenario files or names of bundled ones (default: all bundled), or one module of your own (.ts, .js)',
    )
    .addOption(modeOption())
    .addOption(profileOption())
    .addOption(networkOption())
    .addOption(pushOption())
    .addOption(mitigatedOption())
    .option('-n, --runs <number>', 'runs per cell', wholeNumber(1, 1_000_000), 100)
    .option('-j, --jobs <number>', 'processor cores to use for a module (default: all)', wholeNumber(1, 256))
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(async (given: string[], { mode, profile, runs, format, jobs, ...options }, command: Command) => {
      const isSaid = (option: string) => command.getOptionValueSource(option) === 'cli';
      const [file = '', other] = given;
      if (given.some(isModule)) {
        if (other !== undefined) refuse(other, 'something beside a module', 'a module by itself');
        return sweepModule(file, { mode, profile, runs, format, jobs: jobs ?? availableParallelism() }, isSaid);
      }
      if (isSaid('jobs')) refuse('--jobs', 'an option for a module', 'none: scenario files are swept on one core');
      const scenarios = readScenarios(given, profile, { modes: only(mode) });
      const documents = scenarios.documents.map((one) => adapted(one, options));
      const modes = mode === undefined ? registrationModeNames : [mode];
      const servers = profile === undefined ? Object.values(serverProfiles) : [profile];
      const { result: cells, isInterrupted } = await stepByStep((isStopped) =>
        sweep(documents, { modes, servers, runs, isStopped }),
      );
      if (isInterrupted) {
        const all = documents.length * modes.length * servers.length;
        process.stderr.write(`interrupted: these are ${cells.length} of ${all} cells, the last one perhaps in part\n`);
        process.exitCode = exitCodes.inconclusive;
        if (cells.length === 0) return;
      }
      // Losses are what a sweep is asked for: only an explicit scenario makes them a failure.
      if (!scenarios.isBundled && isUnexpected(cells, { documents, servers }, options))
        process.exitCode = exitCodes.violated;
      if (format === 'json') return print(JSON.stringify({ version: 1, cells }, null, 2));
      const palette = { good: colours.green, bad: colours.red, dim: colours.dim };
      print(renderMatrix(cells, { palette, intended: intendedServer, serverTitles }));
      showWorst(cells, documents, scenarios.givenAs, { profile, ...options });
    });
