import { existsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import process from 'node:process';
import { Command } from 'commander';
import { isModule } from '../library/loadModule.ts';
import { regressionOf } from '../sim/check/explain/regression.ts';
import { parameterNamed, parameterNames } from '../sim/check/questions/parameter.ts';
import { durations } from '../sim/check/questions/supremum.ts';
import type { CheckedCell, CheckJob } from '../sim/jobs/cell.ts';
import type { Answered, Ask, QuestionJob } from '../sim/jobs/question.ts';
import type { UntimedJob } from '../sim/jobs/untimedCell.ts';
import { properties } from '../sim/properties/properties.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { checkFormats } from '../sim/summary/checkFormats.ts';
import { type JudgedCell, judgedCells } from '../sim/summary/expectations.ts';
import { findingFormats, findingsOf } from './annotations.ts';
import { compareWithBaseline, readBaseline } from './baseline.ts';
import { writeCertificates } from './certificates.ts';
import { type Common, cellsOf, claimedOf, claiming, isExpectedOf } from './checkCells.ts';
import { runJobs } from './checkJobs.ts';
import { answerSystems, checkSystem, ownCells, tellTimed } from './checkModule.ts';
import {
  type CheckCommandOptions,
  checkFlagsOf,
  isShared,
  parseMemory,
  refuseContradictions,
  refuseUnknownDelay,
} from './checkOptions.ts';
import { type GivenScenarios, only, readScenarios, refuse, refuseLong, standardStream, writeText } from './files.ts';
import { idleFaultLines } from './idleFaults.ts';
import type { JobRunner } from './jobRunner.ts';
import { regressionText } from './keptRegression.ts';
import {
  checkedWords,
  forceOption,
  mitigatedOption,
  modeOption,
  networkOption,
  offering,
  oneOf,
  profileFile,
  profileOption,
  propertyWords,
  pushOption,
  wholeNumber,
  wordFor,
} from './options.ts';
import { colours, exitCodes, print } from './output.ts';
import { loadOwn } from './ownModule.ts';
import { writeShard } from './shard.ts';
import { otherDesigns, showAnswers, showCell, showMatrix } from './showChecks.ts';
import { showCoverage } from './showCoverage.ts';
import { type Checked, showExpectations } from './showExpectations.ts';
import { doerOf, withSpreadOptions } from './spread.ts';
import { watch } from './watch.ts';

const propertyNames = properties.map(({ name }) => name);

async function checkAll(cells: readonly Common[], given: GivenScenarios, options: CheckCommandOptions): Promise<void> {
  const baseline = readBaseline(options);
  const traces =
    (options.format === 'json' && options.baseline === undefined) ||
    options.output !== undefined ||
    options.save !== undefined ||
    cells.length === 1;
  const jobs = cells.map((cell): CheckJob | UntimedJob => ({
    ...cell,
    properties: options.property ?? null,
    traces,
    ...(cells.length === 1 && { fastest: true }),
    ...(options.untimed && { untimed: true }),
  }));
  if (options.shard) return writeShard(jobs, 'check', { ...options, shard: options.shard });
  const { results, isInterrupted } = await runJobs(jobs, options.doer);
  const judged = cells.flatMap((cell, index) => judgedCells(cell, results[index] ?? [], isExpectedOf(cell, options)));
  const again = { ...given, cells, profile: options.profile && wordFor(options.profile), flags: checkFlagsOf(options) };
  if (isInterrupted) process.stderr.write('interrupted: what is inconclusive was not explored to the end\n');
  if (options.baseline !== undefined) {
    return compareWithBaseline({ ...again, judged, baseline, isInterrupted }, options);
  }
  const [isOfAll, isText] = [given.isBundled && options.mode === undefined, options.format === 'text'];
  showVerdicts(judged, { ...again, isChanged: !cells.some((cell) => isExpectedOf(cell, options)) }, options);
  saveFirst(results, cells, options);
  if (options.certificate !== undefined) await writeCertificates(cells, judged, options);
  const idle = idleIn(judged, options.property);
  if (isOfAll && isText && options.profile === undefined) print(otherDesigns());
  if (idle.length > 0 && isText) print(colours.yellow(`\nNothing to judge: ${idle.join(', ')}.`));
  const idleFaults = idleFaultLines(judged, given);
  if (idleFaults.length > 0) process.stderr.write(`${idleFaults.join('\n')}\n`);
  const isIdle = idle.length + idleFaults.length > 0;
  process.exitCode = exitCodeOf(judged, given.isBundled) || (isIdle ? exitCodes.inconclusive : exitCodes.holds);
}

/** The verdicts in the format that is asked for, unless standard output is where the counterexample goes. */
function showVerdicts(
  judged: readonly JudgedCell[],
  checked: Checked,
  { format, output, save }: CheckCommandOptions,
): void {
  if (output === standardStream || save === standardStream) return;
  if (format === 'github' || format === 'gitlab') print(findingFormats[format](findingsOf(judged, checked)));
  else if (format !== 'text') print(checkFormats[format](judged));
  else {
    if (checked.cells.length === 1) showCell(judged);
    else showMatrix(judged, checked);
    showExpectations(judged, checked);
  }
}

/** Writes the first counterexample where the user wants it: as a trace, as a scenario. */
function saveFirst(
  results: readonly (readonly CheckedCell[])[],
  cells: readonly Common[],
  { output, save, force = false }: CheckCommandOptions,
): void {
  const job = results.findIndex((of) => of.some(({ trace }) => trace !== undefined));
  const violated = results[job]?.find(({ trace }) => trace !== undefined);
  const cell = cells[job];
  if (violated?.trace === undefined || cell === undefined) {
    for (const file of [output, save]) {
      if (file !== undefined) process.stderr.write(`nothing is violated, so ${file} was not written\n`);
    }
    return;
  }
  const { mode, trace, property } = violated;
  if (output !== undefined) writeText(output, `${JSON.stringify(trace, null, 1)}\n`, force);
  if (save === undefined) return;
  writeText(save, regressionText(regressionOf(cell.document, mode, trace, property), mode, cell.server), force);
}

/** The properties that the user names and no cell has anything to judge of; all of them, where he names none and nothing was judged. */
function idleIn(cells: readonly JudgedCell[], named: readonly string[] | undefined): string[] {
  const isIdle = (name: string) => cells.every(({ property, witnessed }) => property !== name || !witnessed);
  const every = [...new Set(cells.map(({ property }) => property))];
  if (named !== undefined) return every.filter(isIdle);
  return every.every(isIdle) ? every : [];
}

function exitCodeOf(cells: readonly JudgedCell[], isBundled: boolean): number {
  const unexpected = cells.filter(({ outcome }) => outcome === 'unexpected');
  // Losses are what the bundled scenarios are there to show, with whatever options they are checked.
  if (unexpected.some(({ expected }) => expected !== null || !isBundled)) return exitCodes.violated;
  return cells.some(({ outcome }) => outcome === 'undecided') ? exitCodes.inconclusive : exitCodes.holds;
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
function refuseLongRuns(cells: readonly Common[], { fileOf }: GivenScenarios, { untimed }: CheckCommandOptions): void {
  for (const { document, mode, server } of untimed ? [] : cells) {
    const { untilMs } = scenarioIn(document, mode, server);
    refuseLong(fileOf.get(document.name) ?? document.name, untilMs);
  }
}

async function answerAll(cells: readonly Common[], asks: readonly Ask[], options: CheckCommandOptions): Promise<void> {
  const jobs = asks.flatMap((ask) =>
    cells.filter((cell) => isClaimed(ask, cell)).map((cell): QuestionJob => ({ ...cell, ask })),
  );
  if (options.shard) return writeShard(jobs, 'check', { ...options, shard: options.shard });
  const { results, isInterrupted } = await runJobs(jobs, options.doer);
  if (isInterrupted) process.stderr.write('interrupted: what is inconclusive was not answered\n');
  if (options.format === 'json') print(JSON.stringify({ version: 1, answers: results }, null, 1));
  else showAnswers(results);
  if (results.some(isOpen)) process.exitCode = exitCodes.inconclusive;
}

const isClaimed = (ask: Ask, cell: Common): boolean =>
  'longest' in ask || cell.own?.includes(ask.property) === true || claimedOf(cell, [ask.property]).length > 0;

const isOpen = ({ envelope, longestMs }: Answered): boolean =>
  envelope ? !(envelope.isDecided && envelope.witnessed) : typeof longestMs !== 'number';

function asksOf({ envelope, longest, property }: CheckCommandOptions): Ask[] {
  if (longest !== undefined) return [{ longest }];
  return envelope === undefined ? [] : (property ?? ['noInviteLost']).map((one) => ({ envelope, property: one }));
}

async function runModule(given: readonly string[], options: CheckCommandOptions): Promise<void> {
  const [file = '', other] = given;
  if (other !== undefined) refuse(other, 'something beside a module', 'a module by itself');
  const own = await loadOwn(file);
  if (own.is === 'system')
    return options.envelope === undefined ? checkSystem(file, own, options) : answerSystems(file, own, options);
  const { cells, scenarios } = ownCells(file, own, options);
  const names = ['noInviteLost', ...own.properties.map(({ name }) => name)];
  if (options.envelope === undefined) {
    await checkAll(cells, scenarios, options);
    return tellTimed(own, options);
  }
  return answerAll(cells, asksOf({ ...options, property: options.property ?? names }), options);
}

async function run(given: string[], options: CheckCommandOptions): Promise<void> {
  refuseContradictions(options);
  if (given.some(isModule)) return runModule(given, options);
  if (options.property) checkedWords('--property', options.property, propertyNames);
  refuseUnknownDelay(options.envelope);
  const scenarios = readScenarios(given, options.profile, { modes: only(options.mode) });
  const cells = claiming(cellsOf(scenarios.documents, options), options);
  const asks = asksOf(options);
  refuseMissingSteps(cells, options.envelope);
  refuseLongRuns(cells, scenarios, options);
  if (options.coverage) return showCoverage(cells);
  if (asks.length > 0) await answerAll(cells, asks, options);
  else await checkAll(cells, scenarios, options);
}

const isNoWatch = (arg: string): boolean => arg !== '--watch' && arg !== '-w';

/** The files of the user's that a check reads: what is bundled does not change. */
const filesAmong = (given: readonly string[], { profile }: CheckCommandOptions): string[] =>
  [...given, (profile && profileFile(profile)) ?? ''].filter((one) => existsSync(one));

/** `ringproof check`: every order of events and every delay within the windows. `merging`: where its jobs were done before. */
export const checkCommand = (merging?: JobRunner) =>
  withSpreadOptions(new Command('check'))
    .argument(
      '[scenario...]',
      'scenario files or names of bundled ones (default: all bundled), or one module of your own (.ts, .js); each is checked where its `expect` says, else everywhere',
    )
    .addOption(modeOption())
    .addOption(profileOption())
    .addOption(networkOption())
    .addOption(pushOption())
    .addOption(mitigatedOption())
    .option('--variants', 'include modes and kinds of server that the product does not have')
    .option('--everywhere', 'check in every mode on every server, whatever places the `expect` of a file names')
    .option('--property <names>', 'properties, joined by commas (default: all)', propertyWords())
    .option('--faults <number>', 'messages that may be lost besides those of the scenario', wholeNumber(0, 5), 0)
    .option('--duplicates <number>', 'messages that may arrive twice', wholeNumber(0, 5), 0)
    .option('--calls <number>', 'number of calls, each in the window of the first one', wholeNumber(0, 2))
    .option(
      '--envelope <delay>',
      'how far a delay such as push.latency may go, to the millisecond',
      offering(parameterNames),
    )
    .option(
      '--longest <what>',
      `how long this can last, to the millisecond: ${durations.join(', ')}`,
      oneOf(...durations),
    )
    .option('--untimed', 'every order whatever the delays: faster for small worlds, and what holds holds at any speed')
    .option('--coverage', 'which states, transitions and guards of the machines the exploration reaches (on one core)')
    .option('--memory <amount>', 'memory that may be used, such as 4GB (default: half of the machine)', parseMemory)
    .option('-j, --jobs <number>', 'processor cores to use (default: all)', wholeNumber(1, 256))
    .option(
      '--format <format>',
      'text, json, junit, markdown, github (annotations) or gitlab (code quality report)',
      oneOf('text', 'json', 'junit', 'markdown', 'github', 'gitlab'),
      'text',
    )
    .option('--baseline <file>', 'tell only what has changed since these verdicts, and end with 1 if anything has')
    .option('--update', 'keep the verdicts in that file from now on')
    .option('-o, --output <file>', 'write the trace of the first counterexample to a new file')
    .option('--save <file>', 'write the first counterexample to a new scenario file, every delay pinned: a regression')
    .option('--certificate <file>', 'write what holds to a new file with its proof, a line for each cell: see `verify`')
    .option('-w, --watch', 'check again whenever one of the files changes, until Ctrl-C')
    .addOption(forceOption())
    .action((given: string[], { watch: isWatched, ...options }) => {
      const all = {
        memory: totalmem() / 2,
        jobs: availableParallelism(),
        ...options,
        isMerging: merging !== undefined,
      };
      if (isWatched && isShared(all)) refuse('--watch', 'a share of a run', 'the whole run');
      const doer = merging ?? doerOf(all);
      if (isWatched) return watch(filesAmong(given, options), process.argv.slice(2).filter(isNoWatch));
      return run(given, { ...all, doer });
    });
