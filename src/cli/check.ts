import { availableParallelism, totalmem } from 'node:os';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { type RegistrationModeName, registrationModeNames, registrationModes } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { intendedServer } from '../profiles/intended.ts';
import { serverProfiles } from '../profiles/servers.ts';
import type { CheckedCell, CheckJob } from '../sim/check/cell.ts';
import { properties } from '../sim/properties/properties.ts';
import { checkFormats } from '../sim/report/checkFormats.ts';
import { modeTitle, renderVerdicts, telling } from '../sim/report/verdicts.ts';
import { usualLimits } from '../sim/scenario/resolve.ts';
import { withCalls } from '../sim/scenario/withCalls.ts';
import { runJobs } from './checkJobs.ts';
import { bundledNames, readScenario, writeText } from './files.ts';
import { forceOption, listOf, modeOption, oneOf, profileOption, wholeNumber } from './options.ts';
import { colours, exitCodes, print, terminalWidth } from './output.ts';
import { showRun } from './showRun.ts';

const bytesPer = { MB: 1e6, GB: 1e9, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

function parseMemory(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(MB|GB|MiB|GiB)$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0) {
    throw new InvalidArgumentError('expected an amount of memory such as 500MB or 4GB');
  }
  return Number(amount) * bytesPer[unit as keyof typeof bytesPer];
}

interface Options {
  readonly mode?: RegistrationModeName;
  readonly profile?: ServerProfile;
  readonly property?: string[];
  readonly losses: number;
  readonly duplicates: number;
  readonly calls?: number;
  readonly memory: number;
  readonly jobs: number;
  readonly format: 'text' | 'json' | 'junit' | 'markdown';
  readonly output?: string;
  readonly force?: boolean;
}

function jobsOf(given: readonly string[], options: Options): CheckJob[] {
  const documents = (given.length === 0 ? bundledNames() : given).map(readScenario);
  const modes = options.mode === undefined ? registrationModeNames : [options.mode];
  const servers = options.profile === undefined ? Object.values(serverProfiles) : [options.profile];
  const cells = documents.length * modes.length * servers.length;
  const traces = options.format === 'json' || options.output !== undefined || cells === 1;
  return documents.flatMap((document) =>
    servers.flatMap((server) =>
      modes.map((mode) => ({
        document: options.calls === undefined ? document : withCalls(document, options.calls),
        mode,
        server,
        properties: options.property ?? null,
        budget: { losses: options.losses, duplicates: options.duplicates },
        maximumBytes: options.memory / Math.min(options.jobs, cells),
        traces,
      })),
    ),
  );
}

const palette = { good: colours.green, bad: colours.red, dim: colours.dim };
const titles = Object.fromEntries(Object.values(serverProfiles).map(({ name, title }) => [name, title]));

const propertySentences = Object.fromEntries(
  properties.map(({ name, sentence }) => [
    name,
    sentence({ mode: registrationModes.singleDeviceTakeover, limits: usualLimits }),
  ]),
);

/** A matrix for people: verdicts, then one sentence per losing mode and server and how to see its ladder. */
function showMatrix(cells: readonly CheckedCell[]): void {
  print(renderVerdicts(cells, { palette, intended: intendedServer, serverTitles: titles, propertySentences }));
  for (const property of ['noInviteLost', 'singleRegistration']) {
    const shown = telling(cells, property);
    if (shown.length > 0) print(`\n${colours.bold(`${property}, where another mode on the same server avoids it:`)}`);
    for (const { scenario, mode, profile, counterexample } of shown) {
      print(`${modeTitle(mode)} on ${profile}: ${counterexample?.sentence}`);
      print(colours.dim(`  ringproof check ${scenario} --mode ${mode} --profile ${profile} --property ${property}`));
    }
  }
}

const marks: Readonly<Record<CheckedCell['verdict'], (text: string) => string>> = {
  holds: colours.green,
  violated: colours.red,
  inconclusive: colours.yellow,
};

/** One cell for people: each property's verdict, the scope, and the counterexamples that differ. */
function showCell(cells: readonly CheckedCell[]): void {
  for (const { property, verdict, witnessed, counterexample } of cells) {
    const facts = counterexample
      ? `${counterexample.isShortest ? 'at the earliest' : 'for instance'} after ${counterexample.events} events, every delay with ${counterexample.slackMs} ms to spare`
      : witnessed
        ? ''
        : 'nothing to judge';
    print(`  ${property.padEnd(20)} ${marks[verdict](verdict.padEnd(13))} ${colours.dim(facts)}`.trimEnd());
  }
  print(colours.dim(`\n${cells[0]?.scope}`));
  const violated = cells.find(({ trace }) => trace !== undefined);
  if (violated?.trace === undefined || violated.counterexample === null) return;
  const { property, trace, counterexample } = violated;
  print(`\n${colours.bold(`${property} is violated. The race window:`)}`);
  const lines =
    counterexample.window.length === 0 ? ['with every delay that the windows allow'] : counterexample.window;
  for (const text of lines) print(`  ${text}`);
  showRun(trace, { width: terminalWidth(), onlyTrouble: false });
}

function exitCodeOf(cells: readonly CheckedCell[], isGiven: boolean): number {
  if (cells.some(({ verdict }) => verdict === 'inconclusive')) return exitCodes.inconclusive;
  // Losses are what the bundled scenarios are there to show: only what the user names makes them a failure.
  return isGiven && cells.some(({ verdict }) => verdict === 'violated') ? exitCodes.violated : exitCodes.holds;
}

async function run(given: string[], options: Options): Promise<void> {
  const jobs = jobsOf(given, options);
  const { cells, isInterrupted } = await runJobs(jobs, options.jobs);
  if (options.format !== 'text') print(checkFormats[options.format](cells));
  else if (jobs.length === 1) showCell(cells);
  else showMatrix(cells);
  const trace = cells.find((cell) => cell.trace !== undefined)?.trace;
  if (options.output !== undefined && trace !== undefined) {
    writeText(options.output, `${JSON.stringify(trace, null, 1)}\n`, options.force === true);
  }
  if (isInterrupted) process.stderr.write('interrupted: what is inconclusive was not explored to the end\n');
  process.exitCode = exitCodeOf(cells, given.length > 0);
}

/** `ringproof check`: every order of events and every delay within the windows. */
export const checkCommand = () =>
  new Command('check')
    .description(
      'decide for every order of events and every delay: holds, violated with a counterexample, or inconclusive',
    )
    .argument('[scenario...]', 'scenario files or names of bundled ones (default: all bundled)')
    .addOption(modeOption())
    .addOption(profileOption())
    .option(
      '--property <names>',
      'properties to decide, joined by commas (default: all)',
      listOf(properties.map(({ name }) => name)),
    )
    .option('--losses <number>', 'messages that may be lost besides those of the scenario', wholeNumber(0, 5), 0)
    .option('--duplicates <number>', 'messages that may arrive twice', wholeNumber(0, 5), 0)
    .option('--calls <number>', 'how many calls are made, in the window of the first one', wholeNumber(0, 2))
    .option('--memory <amount>', 'memory that may be used, such as 4GB', parseMemory, totalmem() / 2)
    .option('-j, --jobs <number>', 'processor cores to use', wholeNumber(1, 256), availableParallelism())
    .option('--format <format>', 'text, json, junit or markdown', oneOf('text', 'json', 'junit', 'markdown'), 'text')
    .option('-o, --output <file>', 'write the trace of the first counterexample to a new file')
    .addOption(forceOption())
    .action(run);
