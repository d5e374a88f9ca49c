import { resolve } from 'node:path';
import process from 'node:process';
import type { ModeName } from '../machines/modeVariants.ts';
import { worldParameterNamed, worldParameterNames } from '../sim/check/questions/worldParameter.ts';
import { InputError } from '../sim/input/inputError.ts';
import { unknownWord } from '../sim/input/unknownWord.ts';
import { visible } from '../sim/input/visible.ts';
import type { SystemQuestionJob } from '../sim/jobs/question.ts';
import type { SystemJob } from '../sim/jobs/systemJob.ts';
import { refuseLongRun } from '../sim/own/judging.ts';
import { modeNameOf, type OwnScenario } from '../sim/own/ownScenario.ts';
import { type Own, scenarioSubject, systemSubject } from '../sim/own/subject.ts';
import type { OwnSystem } from '../sim/own/systemDefinition.ts';
import { unshownLines } from '../sim/own/unshown.ts';
import { properties } from '../sim/properties/properties.ts';
import { checkFormats } from '../sim/summary/checkFormats.ts';
import { isIdle, type JudgedPlace, judgedSystem } from '../sim/summary/expectations.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import { findingFormats, findingsOf } from './annotations.ts';
import { compareWithBaseline, readBaseline } from './baseline.ts';
import { type Common, cellsOf, explorationBytes } from './checkCells.ts';
import { runJobs } from './checkJobs.ts';
import { type CheckCommandOptions, checkFlagsOf } from './checkOptions.ts';
import { type GivenScenarios, refuse, shellWord, standardStream, writeText } from './files.ts';
import { idleFaultLines } from './idleFaults.ts';
import { checkedWords } from './options.ts';
import { colours, exitCodes, print } from './output.ts';
import { writeShard } from './shard.ts';
import { showCell } from './showChecks.ts';

/** The names of the properties that can be judged of a module. */
const propertyNames = (own: Own): string[] =>
  own.is === 'system'
    ? own.definition.properties.map(({ name }) => name)
    : [...properties, ...own.properties].map(({ name }) => name);

/** Of all options those that a module has no use for. */
function refuseIdle(own: Own, options: CheckCommandOptions): void {
  const ofScenarios = ['mode', 'profile', 'network', 'push', 'mitigated', 'variants', 'everywhere', 'calls'] as const;
  const never = ['coverage', 'longest', 'save', 'certificate'] as const;
  const idle = [...never, ...(own.is === 'system' ? ofScenarios : [])].find((one) => options[one] !== undefined);
  if (idle !== undefined) refuse(`--${idle}`, 'an option for scenario files', 'none: a module is checked as it is');
  if (options.property) checkedWords('--property', options.property, propertyNames(own));
  if (options.untimed) refuseTimed(own, options.property);
}

/** The user's properties that bound time, which a world without dates cannot judge. */
const timedIn = (own: Own): string[] =>
  (own.is === 'system' ? own.definition.properties : own.properties)
    .filter(({ obligations }) => obligations !== undefined)
    .map(({ name }) => name);

function refuseTimed(own: Own, named: readonly string[] | undefined): void {
  const timed = timedIn(own);
  const found = named?.find((name) => timed.includes(name));
  const isAll = own.is === 'system' && timed.length === own.definition.properties.length;
  const expected = 'a property without `withinMs`: --untimed knows no dates';
  if (found !== undefined || isAll) refuse(`--property ${found ?? timed.join(',')}`, 'a bound in time', expected);
}

/** Says which of the user's properties --untimed passes over. */
export function tellTimed(own: Own, { untimed, property, format }: CheckCommandOptions): void {
  const timed = untimed && property === undefined ? timedIn(own) : [];
  if (timed.length > 0 && format === 'text')
    print(colours.yellow(`\nNot judged without dates: ${timed.join(', ')} (\`withinMs\`).`));
}

/** A delay that the module does not have is the user's mistake, and known before anything is explored. */
function refuseMissingDelay(world: WorldDefinition, file: string, name: string | undefined): void {
  if (name === undefined || worldParameterNamed(world, name) !== null) return;
  const problem = unknownWord(name, 'for --envelope', worldParameterNames(world));
  throw new InputError({ file, problems: [problem] });
}

/** What is to be explored of a hand-over of the user's: in its own mode on its own server, or in those that are named. */
export function ownCells(
  file: string,
  own: OwnScenario,
  options: CheckCommandOptions,
): { cells: Common[]; scenarios: GivenScenarios } {
  refuseIdle(own, options);
  const { document } = own;
  const mode = options.mode ?? (own.mode === null ? null : modeNameOf(own));
  const profile = options.profile ?? own.server;
  const places = { ...options, ...(mode && { mode: mode as ModeName }), ...(profile && { profile }) };
  const cells = cellsOf([document], places).map((cell) => ({
    ...cell,
    module: resolve(file),
    own: own.properties.map(({ name }) => name),
  }));
  for (const cell of cells) {
    const { scenario, worldOf } = scenarioSubject(own, file, cell.mode, cell.server);
    if (!options.untimed) refuseLongRun(file, scenario.untilMs);
    refuseMissingDelay(worldOf(scenario), file, options.envelope);
  }
  return { cells, scenarios: { ...namedOnce(document.name, file), documents: [document] } };
}

/** How what a module has is named: by commands, and as a file. */
const namedOnce = (name: string, file: string) => ({
  givenAs: new Map([[name, shellWord(file)]]),
  fileOf: new Map([[name, file]]),
  isBundled: false,
});

/** Checks a system of the user's. */
export async function checkSystem(file: string, own: OwnSystem, options: CheckCommandOptions): Promise<void> {
  refuseIdle(own, options);
  const baseline = readBaseline(options);
  const { untilMs } = systemSubject(own, file).scenario;
  if (!options.untimed) refuseLongRun(file, untilMs);
  const job: SystemJob = {
    system: own.definition.name,
    module: resolve(file),
    every: propertyNames(own),
    properties: options.property ?? null,
    budget: { losses: options.faults, duplicates: options.duplicates },
    maximumBytes: explorationBytes(options.memory),
    traces: true,
    fastest: true,
    ...(options.untimed && { untimed: true }),
  };
  if (options.shard) return writeShard([job], 'check', { ...options, shard: options.shard });
  const { results, isInterrupted } = await runJobs([job], options.doer);
  const judged = results.flat();
  const verdicts = judgedSystem(judged);
  const named = { ...namedOnce(job.system, file), documents: [] };
  if (isInterrupted) process.stderr.write('interrupted: what is inconclusive was not explored to the end\n');
  if (options.baseline !== undefined) {
    const again = { ...named, cells: [], profile: undefined, flags: checkFlagsOf(options) };
    return compareWithBaseline({ ...again, judged: verdicts, baseline, isInterrupted }, options);
  }
  if (options.output !== standardStream) {
    const { format } = options;
    if (format === 'json') print(JSON.stringify({ version: 1, system: job.system, verdicts: judged }, null, 1));
    else if (format === 'github' || format === 'gitlab') print(findingFormats[format](findingsOf(verdicts, named)));
    else if (format !== 'text') print(checkFormats[format](verdicts));
    else showCell(verdicts.map((one) => ({ ...one, expected: null })));
    tellTimed(own, options);
  }
  const trace = judged.find((one) => one.trace !== undefined)?.trace;
  if (options.output !== undefined && trace !== undefined)
    writeText(options.output, `${JSON.stringify(trace, null, 1)}\n`, options.force === true);
  else if (options.output !== undefined)
    process.stderr.write(`nothing is violated, so ${options.output} was not written\n`);
  const idle = judged.filter(isIdle).map(({ property }) => property);
  for (const line of unshownLines(own, idle)) process.stderr.write(`${visible(line)}\n`);
  const { faults = [] } = own.definition;
  const idleFaults = idleFaultLines(judged, { documents: [{ name: job.system, faults }], fileOf: named.fileOf });
  if (idleFaults.length > 0) process.stderr.write(`${idleFaults.join('\n')}\n`);
  process.exitCode = exitCodeOf(verdicts) || (idleFaults.length > 0 ? exitCodes.inconclusive : exitCodes.holds);
}

/** Answers how far a delay of the user's system may go, for each property. */
export async function answerSystems(file: string, own: OwnSystem, options: CheckCommandOptions): Promise<void> {
  refuseIdle(own, options);
  const { scenario, worldOf } = systemSubject(own, file);
  const { envelope = '', property = propertyNames(own) } = options;
  refuseLongRun(file, scenario.untilMs);
  refuseMissingDelay(worldOf(scenario), file, envelope);
  const jobs = property.map(
    (name): SystemQuestionJob => ({
      system: own.definition.name,
      module: resolve(file),
      budget: { losses: options.faults, duplicates: options.duplicates },
      maximumBytes: explorationBytes(options.memory / Math.min(options.jobs, property.length)),
      ask: { envelope, property: name },
    }),
  );
  if (options.shard) return writeShard(jobs, 'check', { ...options, shard: options.shard });
  const { results, isInterrupted } = await runJobs(jobs, options.doer);
  if (isInterrupted) process.stderr.write('interrupted: what is inconclusive was not answered\n');
  if (options.format === 'json') print(JSON.stringify({ version: 1, answers: results }, null, 1));
  else for (const { question, text } of results) print(`  ${question.padEnd(40)} ${text}`);
  if (results.some(({ envelope: found }) => !(found?.isDecided && found.witnessed)))
    process.exitCode = exitCodes.inconclusive;
}

function exitCodeOf(judged: readonly JudgedPlace[]): number {
  if (judged.some(({ outcome }) => outcome === 'unexpected')) return exitCodes.violated;
  return judged.some(({ outcome }) => outcome === 'undecided') ? exitCodes.inconclusive : exitCodes.holds;
}
