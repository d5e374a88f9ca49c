import { availableParallelism } from 'node:os';
import process from 'node:process';
import { Command } from 'commander';
import { isModule } from '../library/loadModule.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import { registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { intendedServer } from '../profiles/intended.ts';
import { serverProfiles } from '../profiles/servers.ts';
import { simulate } from '../sim/run/simulate.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import { worstCell } from '../sim/summary/lossTable.ts';
import { sweepReport } from '../sim/summary/sweepReport.ts';
import { estimatorsOf } from '../sim/sweep/plan.ts';
import { type SweepCell, sweep } from '../sim/sweep/sweep.ts';
import { expectedViolations } from './expectedViolations.ts';
import { only, readScenarios, refuse, refuseOutputs } from './files.ts';
import { pasteable } from './invocation.ts';
import {
  type Adaptation,
  adapted,
  flagsOf,
  forceOption,
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
import { madeBy, reportOption, writeReport } from './report.ts';
import { showRun } from './showRun.ts';
import { showSweep, sweepJson, sweepNotes } from './showSweep.ts';
import { sweepModule } from './sweepModule.ts';
import { demandOf, estimatorOption, withDemand } from './sweepOptions.ts';

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
  const { mode, losingSeed } = worst;
  print(`\nThe worst that another mode avoids: "${document.title}", with seed ${losingSeed}.`);
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

/** Refuses an estimator that cannot say anything of a scenario. */
function refuseIdle(estimator: string | undefined, { documents, servers }: Swept, mode: ModeName): void {
  const [server] = servers;
  if (estimator === undefined || server === undefined) return;
  for (const document of documents) {
    const possible = estimatorsOf(defineWorld(scenarioIn(document, mode, server)));
    if (possible.some((one) => one === estimator)) continue;
    refuse(
      document.name,
      `--estimator ${estimator}, for which ${whyIdle[estimator]}`,
      possible.length === 1 ? 'drawn' : `one of ${possible.join(', ')}`,
    );
  }
}

const whyIdle: Readonly<Record<string, string>> = {
  dates: 'each call, or a step, must have a window of dates, and each call a slot of its own',
  splitting: 'some link must lose or double messages by chance',
};

/** `ringproof sweep`: many seeds, modes compared under the same luck. */
export const sweepCommand = () =>
  withDemand(
    new Command('sweep')
      .argument(
        '[scenario...]',
        'scenario files or names of bundled ones (default: all bundled), or one module of your own (.ts, .js)',
      )
      .addOption(modeOption())
      .addOption(profileOption())
      .addOption(networkOption())
      .addOption(pushOption())
      .addOption(mitigatedOption()),
  )
    .addOption(estimatorOption())
    .option('-j, --jobs <number>', 'processor cores to use for a module (default: all)', wholeNumber(1, 256))
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addOption(reportOption())
    .addOption(forceOption())
    .action(async (given: string[], said, command: Command) => {
      const { mode, profile, format, jobs, precision, confidence, runs, estimator, report, force, ...options } = said;
      refuseOutputs({ '--report': report }, force === true);
      const isSaid = (option: string) => command.getOptionValueSource(option) === 'cli';
      const demand = demandOf({ precision, confidence, runs, estimator });
      const [file = '', other] = given;
      if (given.some(isModule)) {
        if (other !== undefined) refuse(other, 'something beside a module', 'a module by itself');
        if (report !== undefined) refuse('--report', 'an option for scenario files', 'none beside a module');
        return sweepModule(file, { mode, profile, demand, format, jobs: jobs ?? availableParallelism() }, isSaid);
      }
      if (isSaid('jobs')) refuse('--jobs', 'an option for a module', 'none: scenario files are swept on one core');
      const scenarios = readScenarios(given, profile, { modes: only(mode) });
      const documents = scenarios.documents.map((one) => adapted(one, options));
      const modes: readonly ModeName[] = mode === undefined ? registrationModeNames : [mode];
      const servers: readonly ServerProfile[] = profile === undefined ? Object.values(serverProfiles) : [profile];
      refuseIdle(estimator, { documents, servers }, modes[0] as ModeName);
      const { result, isInterrupted } = await stepByStep((isStopped) =>
        sweep(documents, { modes, servers, ...demand, isStopped }),
      );
      const { cells } = result;
      if (isInterrupted) {
        const all = documents.length * modes.length * servers.length;
        process.stderr.write(`interrupted: these are ${cells.length} of ${all} cells, the last ones perhaps in part\n`);
        process.exitCode = exitCodes.inconclusive;
        if (cells.length === 0) return;
      }
      // Losses are what a sweep is asked for: only an explicit scenario makes them a failure.
      if (!scenarios.isBundled && isUnexpected(cells, { documents, servers }, options))
        process.exitCode = exitCodes.violated;
      else if (!scenarios.isBundled && cells.some(({ measured }) => measured.calls.undecided > 0))
        process.exitCode = exitCodes.inconclusive;
      if (report !== undefined) {
        const { confidence } = demand;
        const foundations = [
          ...(isInterrupted ? ['Interrupted: not all runs were made, and not all places are here.'] : []),
          ...sweepNotes(cells, demand),
          ...madeBy(),
        ];
        const page = sweepReport(result, documents, {
          confidence,
          serverTitles,
          intended: intendedServer,
          foundations,
        });
        await writeReport(report, page, force === true);
      }
      if (format === 'json') return print(JSON.stringify(sweepJson(result, demand), null, 2));
      const palette = { good: colours.green, bad: colours.red, dim: colours.dim };
      showSweep(result, documents, demand, { palette, intended: intendedServer, serverTitles });
      showWorst(cells, documents, scenarios.givenAs, { profile, ...options });
    });
