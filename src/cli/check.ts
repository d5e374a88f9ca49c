import { availableParallelism, totalmem } from 'node:os';
import process from 'node:process';
import { Command } from 'commander';
import { stringify } from 'yaml';
import { modeNames } from '../machines/modeVariants.ts';
import { registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { serverKinds } from '../profiles/furtherServers.ts';
import { serverProfiles } from '../profiles/servers.ts';
import { regressionOf } from '../sim/check/explain/regression.ts';
import { longestRunMs } from '../sim/check/questions/decision.ts';
import { parameterNamed } from '../sim/check/questions/parameter.ts';
import { durations } from '../sim/check/questions/supremum.ts';
import type { CheckedCell, CheckJob } from '../sim/jobs/cell.ts';
import type { Answered, Ask, QuestionJob } from '../sim/jobs/question.ts';
import type { UntimedJob } from '../sim/jobs/untimedCell.ts';
import { properties, propertyNamed } from '../sim/properties/properties.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/schema.ts';
import { withCalls } from '../sim/scenarioFile/withCalls.ts';
import { checkFormats } from '../sim/summary/checkFormats.ts';
import { runJobs } from './checkJobs.ts';
import {
  type CheckCommandOptions,
  checkFlagsOf,
  parseMemory,
  parseParameter,
  refuseContradictions,
} from './checkOptions.ts';
import { bundledNames, readScenarios, refuse, writeText } from './files.ts';
import {
  adapted,
  forceOption,
  listOf,
  mitigatedOption,
  modeOption,
  networkOption,
  oneOf,
  profileOption,
  pushOption,
  wholeNumber,
  wordFor,
} from './options.ts';
import { exitCodes, print } from './output.ts';
import { showAnswers, showCell, showMatrix } from './showChecks.ts';
import { showCoverage } from './showCoverage.ts';

/** What every job has, whether it is a check or a question. */
type Common = Omit<QuestionJob, 'ask'>;

/**
 * What a worker needs without any exploration, in bytes; and for each byte of an exploration's arrays, what goes to heap
 * objects and to arrays that have been outgrown and are not collected yet. Measured.
 */
const [workerBytes, heapShare] = [120e6, 1.1];

/** How much of the memory of a worker an exploration may hold in its arrays; of very little memory half. */
const explorationBytes = (bytes: number): number => Math.max(bytes / 2, bytes - workerBytes) / (1 + heapShare);

function cellsOf(scenarios: readonly ScenarioDocument[], options: CheckCommandOptions): Common[] {
  const documents = scenarios.map((one) => adapted(one, options));
  const modes = options.mode ? [options.mode] : options.variants ? modeNames : registrationModeNames;
  const everyServer: ServerProfile[] = Object.values(options.variants ? serverKinds : serverProfiles);
  const servers = options.profile ? [options.profile] : everyServer;
  const cells = documents.length * modes.length * servers.length;
  return documents.flatMap((document) =>
    servers.flatMap((server) =>
      modes.map((mode) => ({
        document: options.calls === undefined ? document : withCalls(document, options.calls),
        mode,
        server,
        budget: { losses: options.faults, duplicates: options.duplicates },
        maximumBytes: explorationBytes(options.memory / Math.min(options.jobs, cells)),
      })),
    ),
  );
}

/** Of those properties, the ones that are claimed of a scenario in a mode. */
function claimedOf({ document, mode, server }: Common, names: readonly string[] | undefined): string[] {
  const scenario = scenarioIn(document, mode, server);
  return (names ?? properties.map(({ name }) => name)).filter((name) => propertyNamed(name).appliesTo(scenario));
}

/** The cells of which something is claimed; where nothing is of any, the user asked for what nobody promises. */
function claiming(cells: readonly Common[], { property }: CheckCommandOptions): Common[] {
  const claimed = cells.filter((cell) => claimedOf(cell, property).length > 0);
  if (claimed.length > 0) return claimed;
  const modes = [...new Set(cells.map(({ mode }) => mode))];
  const elsewhere = modeNames.filter((mode) => cells.some((cell) => claimedOf({ ...cell, mode }, property).length > 0));
  const expected =
    elsewhere.length === 0 ? 'a scenario of which it is' : `a mode of which it is: ${elsewhere.join(', ')}`;
  return refuse(`--property ${property}`, `nothing that is claimed of ${modes.join(', ')}`, expected);
}

async function checkAll(
  cells: readonly Common[],
  isGiven: boolean,
  givenAs: ReadonlyMap<string, string>,
  options: CheckCommandOptions,
): Promise<void> {
  const traces =
    options.format === 'json' || options.output !== undefined || options.save !== undefined || cells.length === 1;
  const jobs = cells.map((cell): CheckJob | UntimedJob => ({
    ...cell,
    properties: options.property ?? null,
    traces,
    ...(cells.length === 1 && { fastest: true }),
    ...(options.untimed && { untimed: true }),
  }));
  const { results, isInterrupted } = await runJobs(jobs, options.jobs);
  const checked = results.flat();
  if (options.format !== 'text') print(checkFormats[options.format](checked));
  else if (jobs.length === 1) showCell(checked);
  else
    showMatrix(checked, {
      givenAs,
      profile: options.profile && wordFor(options.profile),
      flags: checkFlagsOf(options),
    });
  saveFirst(results, cells, options);
  if (isInterrupted) process.stderr.write('interrupted: what is inconclusive was not explored to the end\n');
  process.exitCode = exitCodeOf(checked, isGiven);
}

/** Writes the first counterexample where the user wants it: as a trace, as a scenario. */
function saveFirst(
  results: readonly (readonly CheckedCell[])[],
  cells: readonly Common[],
  { output, save, force = false }: CheckCommandOptions,
): void {
  const job = results.findIndex((of) => of.some(({ trace }) => trace !== undefined));
  const violated = results[job]?.find(({ trace }) => trace !== undefined);
  const document = cells[job]?.document;
  if (violated?.trace === undefined || document === undefined) {
    for (const file of [output, save]) {
      if (file !== undefined) process.stderr.write(`nothing is violated, so ${file} was not written\n`);
    }
    return;
  }
  const { mode, trace, property } = violated;
  if (output !== undefined) writeText(output, `${JSON.stringify(trace, null, 1)}\n`, force);
  if (save === undefined) return;
  writeText(save, stringify(regressionOf(document, mode, trace, property), { flowCollectionPadding: true }), force);
}

function exitCodeOf(cells: readonly CheckedCell[], isGiven: boolean): number {
  // Losses are what the bundled scenarios are there to show: only what the user names makes them a failure.
  if (isGiven && cells.some(({ verdict }) => verdict === 'violated')) return exitCodes.violated;
  return cells.some(({ verdict }) => verdict === 'inconclusive') ? exitCodes.inconclusive : exitCodes.holds;
}

/** A step that a scenario does not have is the user's mistake, and known before anything is explored. */
function refuseMissingSteps(cells: readonly Common[], envelope: string | undefined): void {
  const parameter = envelope === undefined ? null : parameterNamed(envelope);
  if (parameter?.of !== 'step') return;
  for (const { document } of cells) {
    const count = document.steps.length;
    if (parameter.index >= count) refuse(document.name, `no step ${parameter.index + 1}`, `step.1 to step.${count}`);
  }
}

/** The dates of a longer run have no room in the zones. The untimed world has no dates. */
function refuseLongRuns(cells: readonly Common[], { untimed }: CheckCommandOptions): void {
  for (const { document, mode, server } of untimed ? [] : cells) {
    const { untilMs } = scenarioIn(document, mode, server);
    if (untilMs > longestRunMs)
      refuse(
        document.name,
        `until: ${hoursOf(untilMs)}`,
        `at most ${hoursOf(longestRunMs)}, the longest run that is explored`,
      );
  }
}

const hoursOf = (ms: number): string => `${Math.ceil(ms / 360_000) / 10}h`;

async function answerAll(cells: readonly Common[], asks: readonly Ask[], options: CheckCommandOptions): Promise<void> {
  const jobs = asks.flatMap((ask) =>
    cells.filter((cell) => isClaimed(ask, cell)).map((cell): QuestionJob => ({ ...cell, ask })),
  );
  const { results } = await runJobs(jobs, options.jobs);
  if (options.format === 'json') print(JSON.stringify({ version: 1, answers: results }, null, 1));
  else showAnswers(results);
  if (results.some(isOpen)) process.exitCode = exitCodes.inconclusive;
}

const isClaimed = (ask: Ask, cell: Common): boolean => 'longest' in ask || claimedOf(cell, [ask.property]).length > 0;

const isOpen = ({ envelope, longestMs }: Answered): boolean => longestMs === null || envelope?.isDecided === false;

function asksOf({ envelope, longest, property }: CheckCommandOptions): Ask[] {
  if (longest !== undefined) return [{ longest }];
  return envelope === undefined ? [] : (property ?? ['noInviteLost']).map((one) => ({ envelope, property: one }));
}

async function run(given: string[], options: CheckCommandOptions): Promise<void> {
  refuseContradictions(options);
  const { documents, givenAs } = readScenarios(given.length === 0 ? bundledNames() : given);
  const cells = claiming(cellsOf(documents, options), options);
  const asks = asksOf(options);
  refuseMissingSteps(cells, options.envelope);
  refuseLongRuns(cells, options);
  if (options.coverage) return showCoverage(cells);
  if (asks.length > 0) await answerAll(cells, asks, options);
  else await checkAll(cells, given.length > 0, givenAs, options);
}

/** `ringproof check`: every order of events and every delay within the windows. */
export const checkCommand = () =>
  new Command('check')
    .description(
      'decide for every order of events and every delay: holds, violated with a counterexample, inconclusive',
    )
    .argument('[scenario...]', 'scenario files or names of bundled ones (default: all bundled)')
    .addOption(modeOption())
    .addOption(profileOption())
    .addOption(networkOption())
    .addOption(pushOption())
    .addOption(mitigatedOption())
    .option('--variants', 'include modes and kinds of server that the product does not have')
    .option(
      '--property <names>',
      'properties, joined by commas (default: all)',
      listOf(properties.map(({ name }) => name)),
    )
    .option('--faults <number>', 'messages that may be lost besides those of the scenario', wholeNumber(0, 5), 0)
    .option('--duplicates <number>', 'messages that may arrive twice', wholeNumber(0, 5), 0)
    .option('--calls <number>', 'number of calls, each in the window of the first one', wholeNumber(0, 2))
    .option('--envelope <delay>', 'how far a delay such as push.latency may go, to the millisecond', parseParameter)
    .option(
      '--longest <what>',
      `how long this can last, to the millisecond: ${durations.join(', ')}`,
      oneOf(...durations),
    )
    .option('--untimed', 'every order whatever the delays: faster for small worlds, and what holds holds at any speed')
    .option('--coverage', 'which states, transitions and guards of the machines the exploration reaches (on one core)')
    .option('--memory <amount>', 'memory that may be used, such as 4GB (default: half of the machine)', parseMemory)
    .option('-j, --jobs <number>', 'processor cores to use (default: all)', wholeNumber(1, 256))
    .option('--format <format>', 'text, json, junit or markdown', oneOf('text', 'json', 'junit', 'markdown'), 'text')
    .option('-o, --output <file>', 'write the trace of the first counterexample to a new file')
    .option('--save <file>', 'write the first counterexample to a new scenario file, every delay pinned: a regression')
    .addOption(forceOption())
    .action((given: string[], options) =>
      run(given, { memory: totalmem() / 2, jobs: availableParallelism(), ...options }),
    );
