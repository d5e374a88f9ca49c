import { availableParallelism } from 'node:os';
import process from 'node:process';
import { Command } from 'commander';
import { isModule } from '../library/loadModule.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { intendedServer } from '../profiles/intended.ts';
import { type ChangeKind, changeKinds } from '../sim/fuzz/drawLimits.ts';
import type { FuzzCounterexample } from '../sim/fuzz/fuzz.ts';
import { usual } from '../sim/own/fuzzPiece.ts';
import { properties } from '../sim/properties/properties.ts';
import { refuse, refuseOutputs, shellWord, standardStream, writeText } from './files.ts';
import { runFuzz } from './fuzzJob.ts';
import { fuzzModule } from './fuzzModule.ts';
import { pasteable } from './invocation.ts';
import { regressionText } from './keptRegression.ts';
import {
  checkedWords,
  forceOption,
  listOf,
  modeOption,
  oneOf,
  profileOption,
  propertyWords,
  wholeNumber,
} from './options.ts';
import { colours, exitCodes, print, terminalWidth } from './output.ts';
import { showRun } from './showRun.ts';

const propertyNames = properties.map(({ name }) => name);

/** Where to write what was found. */
interface Files {
  readonly output?: string;
  readonly trace?: string;
  readonly force?: boolean;
}

/** Writes what was found where the user wants it; the text of the scenario. */
function keep(
  found: FuzzCounterexample,
  mode: ModeName,
  server: ServerProfile,
  { output, trace, force = false }: Files,
): string {
  process.exitCode = exitCodes.violated;
  const yaml = regressionText(found.document, mode, server);
  if (output !== undefined) writeText(output, yaml, force);
  if (trace !== undefined) writeText(trace, `${JSON.stringify(found.trace, null, 1)}\n`, force);
  return yaml;
}

function report(found: FuzzCounterexample, mode: ModeName, server: ServerProfile, files: Files): void {
  const yaml = keep(found, mode, server, files);
  const { output, trace } = files;
  if (output === standardStream || trace === standardStream) return;
  print(
    `Violated: ${found.violated.join(', ')}, after ${found.runs} runs and ${found.shrinks} shrinks (seed ${found.seed}, path ${found.path}).\n`,
  );
  if (output === undefined) print(`${yaml}\n${colours.dim('Keep it as a regression with --output FILE.')}\n`);
  else {
    const word = shellWord(output);
    print(`Written to ${output}; see its run with: ${pasteable(`simulate ${word}`)}`);
    print(`Keep it in CI with: ${pasteable(`check ${word}`)}\n`);
  }
  if (trace !== undefined) {
    print(`Its run is in ${trace}; see it with: ${pasteable(`inspect ${shellWord(trace)}`)}\n`);
  }
  showRun(found.trace, { width: terminalWidth(), window: found.trace.raceWindow ?? null });
}

/** `ringproof fuzz`: draws scenarios and schedules, shrinks what it finds and saves it. */
export const fuzzCommand = () =>
  new Command('fuzz')
    .argument(
      '[module]',
      'a module of your own (.ts, .js), whose runs are drawn with its machines (default: our machines)',
    )
    .addOption(modeOption().default(undefined, 'standard, or that of the module'))
    .addOption(
      profileOption().default(undefined, 'the kind of server that the mode is meant for, or that of the module'),
    )
    .option(
      '--property <names>',
      `properties to violate, joined by commas (default: ${usual.join(', ')}, and those of the module)`,
      propertyWords(),
    )
    .option('--changes <number>', 'maximum number of steps of user, OS and network', wholeNumber(0, 20), 4)
    .option('--kinds <names>', `what these may be, joined by commas: ${changeKinds.join(', ')}`, listOf(changeKinds), [
      'home',
    ])
    .option(
      '--losses <number>',
      'maximum number of lost datagrams (default: 1; of a system 0 unless a link has a loss)',
      wholeNumber(0, 5),
    )
    .option('--calls <number>', 'maximum number of calls', wholeNumber(1, 2), 2)
    .option('-n, --runs <number>', 'number of scenarios or runs to draw', wholeNumber(1, 10_000_000), 5_000)
    .option('-s, --seed <number>', 'seed of the generator', wholeNumber(0, 2_147_483_647), 1)
    .option('-o, --output <file>', 'write the regression scenario, or the run of a module, to a new file')
    .option('--trace <file>', 'write its run, with its race window, to a new file for `ringproof inspect`')
    .option('-j, --jobs <number>', 'processor cores to use for a module (default: all)', wholeNumber(1, 256))
    .addOption(forceOption())
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(async (module: string | undefined, options, command: Command) => {
      const isSaid = (option: string) => command.getOptionValueSource(option) === 'cli';
      const { profile, changes, losses, calls, runs, seed } = options;
      const kinds: ChangeKind[] = options.kinds;
      const drawn = { changes, kinds, calls, losses: losses ?? 1 };
      refuseOutputs({ '--output': options.output, '--trace': options.trace }, options.force === true);
      if (options.format === 'json' && [options.output, options.trace].includes(standardStream))
        refuse('--format json', 'standard output for a file as well', 'one of the two');
      if (module !== undefined) {
        if (!isModule(module))
          refuse(
            module,
            'a scenario, or no file at all',
            'a module of your own (.ts, .js), or nothing, since fuzz draws the scenarios; ' +
              `of one scenario \`check ${shellWord(module)}\` makes every run, \`sweep\` those of many seeds`,
          );
        const { mode, property, format, output, force = false, jobs = availableParallelism() } = options;
        const chosen = { mode, profile, property, limits: drawn, losses, runs, seed, format, output, force, jobs };
        return fuzzModule(module, chosen, isSaid);
      }
      if (isSaid('jobs')) refuse('--jobs', 'an option for a module', 'none: scenarios are drawn on one core');
      const { mode = 'standard', property = [...usual] } = options;
      checkedWords('--property', property, propertyNames);
      const server = profile ?? everyServerProfile[intendedServer[mode as keyof typeof intendedServer]];
      const { found, interrupted } = await runFuzz({ mode, server, properties: property, limits: drawn, runs, seed });
      if (interrupted !== null) {
        process.exitCode = interrupted.isViolated ? exitCodes.violated : exitCodes.inconclusive;
        const seen = interrupted.isViolated
          ? 'a violation is there, but was not shrunk yet: the same seed finds it again'
          : `no violation of ${property.join(', ')} so far`;
        process.stderr.write(`interrupted after ${interrupted.runs} of ${runs} drawn scenarios: ${seen}\n`);
      }
      if (options.format === 'json') {
        const tried = { version: 1, mode, profile: server.name, properties: property, seed };
        const drawn = found?.runs ?? interrupted?.runs ?? runs;
        print(JSON.stringify({ ...tried, runs: drawn, isInterrupted: interrupted !== null, found }, null, 1));
        if (found !== null) keep(found, mode, server, options);
        return;
      }
      if (found !== null) return report(found, mode, server, options);
      if (interrupted !== null) return;
      print(
        `No violation of ${property.join(', ')} in ${runs} drawn scenarios (mode ${mode}, server ${server.name}, seed ${seed}).`,
      );
      print(colours.dim('Drawn, not proved: each scenario was one run.'));
    });
