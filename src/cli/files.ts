import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { isModule } from '../library/loadModule.ts';
import { describeSystemError } from '../library/systemError.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { InputError } from '../sim/input/inputError.ts';
import { nearestWord } from '../sim/input/nearestWord.ts';
import { longRun } from '../sim/own/judging.ts';
import type { ScenarioDocument, StepDocument } from '../sim/scenarioFile/document.ts';
import { wrongMode } from '../sim/scenarioFile/nodes.ts';
import { lineOf, parseScenario } from '../sim/scenarioFile/parse.ts';
import { workloadProblems } from '../sim/scenarioFile/workloadProblems.ts';
import type { WorkloadName } from '../sim/scenarioFile/workloads.ts';

const examplesFolder = fileURLToPath(new URL('../../examples', import.meta.url));

/** Refuses something that the user gave, with one problem and no line. */
export function refuse(file: string, found: string, expected: string, hint?: string): never {
  throw new InputError({ file, problems: [{ line: null, found, expected, ...(hint !== undefined && { hint }) }] });
}

/** Refuses what a file says at a path of its document, with the line of it. */
function refuseAt(
  { file, text }: { file: string; text: string },
  path: readonly (string | number)[],
  found: string,
  expected: string,
): never {
  throw new InputError({ file, problems: [{ line: lineOf(text, path), found, expected }] });
}

/** Refuses a scenario whose run is too long to be explored, with the line that makes it so. */
export function refuseLong(file: string, untilMs: number): void {
  const problem = longRun(untilMs);
  if (problem !== null) refuseAt({ file, text: readText(file) }, ['until'], problem.found, problem.expected);
}

/** How a file is named that is standard input, or standard output where it is written. */
export const standardStream = '-';

/** The text of a file that the user named, or of standard input. Throws an InputError where it cannot be read, with what was `expected`. */
export function readText(file: string, expected = 'a readable file'): string {
  try {
    if (file === standardStream) return readFileSync(process.stdin.fd, 'utf8');
    const kind = statSync(file);
    if (kind.isDirectory()) return refuse(file, 'a directory', 'a file');
    // Some never come to an end.
    if (kind.isCharacterDevice()) return refuse(file, 'a device', 'a file');
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    return refuse(file, describeSystemError(error), expected);
  }
}

/** Refuses a place where nothing can be written, and to write over a file of the user's, unless with `force`. */
export function refuseUnwritable(file: string, force: boolean): void {
  if (file === standardStream) return;
  if (!existsSync(dirname(file))) refuse(file, 'no such file or folder', `a writable place (${dirname(file)})`);
  if (existsSync(file) && statSync(file).isDirectory()) refuse(file, 'a directory', 'the name of a file');
  if (existsSync(file) && !force) refuse(file, 'a file that already exists', 'a new name, or --force to overwrite it');
}

/** The same for the files of several options, by their names, before there is anything to write. */
export function refuseOutputs(files: Readonly<Record<string, string | undefined>>, force: boolean): void {
  if (force && Object.values(files).every((file) => file === undefined)) {
    refuse('--force', 'no file to overwrite', `${Object.keys(files).join(' or ')} with it`);
  }
  const optionOf = new Map<string, string>();
  for (const [option, file] of Object.entries(files)) {
    if (file === undefined) continue;
    const other = optionOf.get(file);
    if (other !== undefined) refuse(file, `one file for ${other} and ${option}`, 'two different files');
    optionOf.set(file, option);
    refuseUnwritable(file, force);
  }
}

/** Writes a new file; an existing one only with `force`. Throws an InputError where it cannot. */
export const writeText = (file: string, text: string, force: boolean): void => writeBytes(file, text, force);

/** The same for what is no text. */
export function writeBytes(file: string, content: string | Uint8Array, force: boolean): void {
  if (file === standardStream) {
    process.stdout.write(content);
    return;
  }
  refuseUnwritable(file, force);
  // Ctrl-C waits until the file is whole.
  const wait = () => {};
  process.on('SIGINT', wait);
  try {
    writeFileSync(file, content, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const isHalfWritten = !force && (error as NodeJS.ErrnoException).code !== 'EEXIST';
    if (isHalfWritten) rmSync(file, { force: true });
    refuse(file, describeSystemError(error), `a writable place (${dirname(file)})`);
  } finally {
    process.off('SIGINT', wait);
  }
}

/** Writes a file that may exist; it is never half written. */
export function replaceText(file: string, text: string): void {
  const beside = `${file}.new`;
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    refuse(file, describeSystemError(error), `a writable place (${dirname(file)})`);
  }
}

/** Whether a file, relative to the working directory or not, is one of those that come with the program. */
export const isBundledFile = (file: string): boolean => !relative(examplesFolder, file).startsWith('..');

/** The folders of bundled scenarios, the one in which most stand first. */
export const bundledFolders = ['', 'calls', 'designs', 'field', 'live', 'topologies', 'workloads'];

/** The names of the bundled scenarios, or of those in one of their folders. */
export const bundledNames = (folder = ''): string[] =>
  readdirSync(join(examplesFolder, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(folder, file.replace(/\.yaml$/, '')))
    .sort();

/** Path of a scenario given by path or by the name of a bundled one. */
function scenarioPath(given: string): string {
  if (existsSync(given)) return given;
  const names = bundledNames();
  const bundled = join(examplesFolder, `${given}.yaml`);
  if (/^[\w/-]+$/.test(given) && existsSync(bundled)) return bundled;
  const isName = /^[\w-]+$/.test(given);
  return refuse(
    given,
    isName ? 'an unknown scenario name' : 'no such file',
    `a scenario file, or one of ${names.join(', ')}`,
    nearestWord(given, names),
  );
}

/** What an option says, if anything, as a list. */
export const only = <Value>(value: Value | undefined): readonly Value[] => (value === undefined ? [] : [value]);

/** Scenarios that were read. */
export interface GivenScenarios {
  readonly documents: readonly ScenarioDocument[];
  /** Per name how the user has named each: a command that he is told to run says it so. */
  readonly givenAs: ReadonlyMap<string, string>;
  /** Per name its file, as it can be opened from here. */
  readonly fileOf: ReadonlyMap<string, string>;
  /** Whether the user has named none, so that these are all that are bundled. */
  readonly isBundled: boolean;
}

/**
 * Scenarios given by path or by name, or all that are bundled; `own` is a server that they may name. Verdicts name them,
 * so two of one name are refused.
 */
export function readScenarios(named: readonly string[], own?: ServerProfile, asked: Asked = {}): GivenScenarios {
  const isBundled = named.length === 0;
  const givenAs = new Map<string, string>();
  const fileOf = new Map<string, string>();
  const documents = (isBundled ? bundledNames() : named).map((one) => {
    const document = readScenario(one, own, asked);
    const other = givenAs.get(document.name);
    if (other !== undefined) refuse(one, `the name ${document.name}, which ${other} has too`, 'a `name` of its own');
    givenAs.set(document.name, one);
    fileOf.set(document.name, relative('', scenarioPath(one)));
    return document;
  });
  return { documents, givenAs: new Map([...givenAs].map(([name, one]) => [name, shellWord(one)])), fileOf, isBundled };
}

/** A word as a shell takes it. */
export const shellWord = (word: string): string =>
  /^[\w./@%+=:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** What a command makes of a scenario: runs in those modes, and days that are drawn. */
interface Asked {
  readonly modes?: readonly ModeName[];
  readonly withDays?: boolean;
  /** In the place of that of the scenario. */
  readonly workload?: WorkloadName;
  /** Steps that come to those of the scenario. */
  readonly further?: readonly StepDocument[];
}

const ofSteps = 'steps, whose every order is decided: a workload is for simulate, sweep and fleet, which draw its days';

/**
 * A scenario given by path or by the name of a bundled one, which may name a server of the user's own as well. One with a workload is
 * refused unless it is asked for `withDays`: what it comes to is drawn.
 * Throws an InputError with every problem in it.
 */
export function readScenario(
  given: string,
  own?: ServerProfile,
  { modes = [], withDays = false, workload, further = [] }: Asked = {},
): ScenarioDocument {
  if (isModule(given)) refuse(given, 'a module of your own', 'a scenario file, which is all that this command takes');
  const path = scenarioPath(given);
  const servers = { ...(own && { [own.name]: own }), ...everyServerProfile };
  const text = readText(path);
  const file = path === given ? given : `examples/${given}.yaml`;
  const beside = (name: string) => {
    const other = join(dirname(path), name);
    return { file: other, text: readText(other, `the latencies that ${file} names`) };
  };
  const document = parseScenario(text, file, servers, beside, modes, further);
  if (document.workload !== undefined && !withDays) refuse(file, 'a workload', ofSteps);
  for (const mode of modes) {
    const wrong = wrongMode(document, mode);
    if (wrong !== null) refuseAt({ file, text }, wrong.path, wrong.found, wrong.expected);
  }
  if (workload === undefined) return document;
  for (const { path: at, found, expected } of workloadProblems({ ...document, workload }))
    refuseAt({ file, text }, at, found, expected);
  return document;
}

/** Refuses what is no file, or may not be read, before it is opened. */
export function refuseUnreadable(file: string, expected: string): void {
  try {
    if (statSync(file).isDirectory()) refuse(file, 'a directory', expected);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    refuse(file, describeSystemError(error), expected.replace(/^an? /, 'a readable '));
  }
}
