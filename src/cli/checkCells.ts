import { type ModeName, modeNames } from '../machines/modeVariants.ts';
import { registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile, serverKinds } from '../profiles/furtherServers.ts';
import { serverProfiles } from '../profiles/servers.ts';
import type { QuestionJob } from '../sim/jobs/question.ts';
import { properties, propertyNamed } from '../sim/properties/properties.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { withCalls } from '../sim/scenarioFile/withCalls.ts';
import { type CheckCommandOptions, isQuestion } from './checkOptions.ts';
import { isSaidOf } from './expectedViolations.ts';
import { refuse } from './files.ts';
import { modesFor, serversFor } from './fittingModes.ts';
import { adapted } from './options.ts';

/** One scenario in one mode on one server: what every job has, whether it is a check or a question. */
export type Common = Omit<QuestionJob, 'ask'>;

/**
 * What a worker needs without any exploration, in bytes; and for each byte of an exploration's arrays, what goes to heap
 * objects and to arrays that have been outgrown and are not collected yet. Measured.
 */
const [workerBytes, heapShare] = [120e6, 1.1];

/** How much of the memory of a worker an exploration may hold in its arrays; of very little memory half. */
export const explorationBytes = (bytes: number): number => Math.max(bytes / 2, bytes - workerBytes) / (1 + heapShare);

type Place = readonly [ServerProfile, ModeName];

/** Every mode on every server, with those of the file, or those that the user names. */
function placesNamed(document: ScenarioDocument, { mode, profile, variants }: CheckCommandOptions): Place[] {
  const modes = mode ? [mode] : modesFor(document, variants ? modeNames : registrationModeNames);
  const servers = profile
    ? [profile]
    : serversFor(document, mode, Object.values<ServerProfile>(variants ? serverKinds : serverProfiles));
  return servers.flatMap((server) => modes.map((one): Place => [server, one]));
}

/** Where the file says what is expected, in its own order; of these the places that the user names. */
function placesExpected({ expect = {} }: ScenarioDocument, { mode, profile }: CheckCommandOptions): Place[] {
  const servers = { ...everyServerProfile, ...(profile && { [profile.name]: profile }) };
  return Object.entries(expect).flatMap(([name, byMode]) =>
    modeNames
      .filter((one) => byMode[one] !== undefined)
      .map((one): Place => [servers[name as keyof typeof servers], one])
      .filter(([server, one]) => (profile ?? server) === server && (mode ?? one) === one),
  );
}

/** A file that says what it expects is checked where it says so, unless it says nothing of what the user names. */
function placesOf(document: ScenarioDocument, options: CheckCommandOptions): Place[] {
  const isWide = options.variants === true || options.everywhere === true || isQuestion(options);
  const expected = isWide ? [] : placesExpected(document, options);
  return expected.length > 0 ? expected : placesNamed(document, options);
}

/** What is to be explored of these scenarios. */
export function cellsOf(scenarios: readonly ScenarioDocument[], options: CheckCommandOptions): Common[] {
  const cells = scenarios.flatMap((one) => {
    const document = adapted(one, options);
    const called = options.calls === undefined ? document : withCalls(document, options.calls);
    return placesOf(document, options).map(([server, mode]) => ({ document: called, mode, server }));
  });
  return cells.map((cell) => ({
    ...cell,
    budget: { losses: options.faults, duplicates: options.duplicates },
    maximumBytes: explorationBytes(options.memory / Math.min(options.jobs, cells.length)),
  }));
}

/** Of those properties, the ones that are claimed of a scenario in a mode. */
export function claimedOf({ document, mode, server }: Common, names: readonly string[] | undefined): string[] {
  const scenario = scenarioIn(document, mode, server);
  return (names ?? properties.map(({ name }) => name)).filter((name) => propertyNamed(name).appliesTo(scenario));
}

/** The cells of which something is claimed; each property that the user names must be claimed of some cell. */
export function claiming(cells: readonly Common[], { property }: CheckCommandOptions): Common[] {
  for (const name of property ?? []) refuseUnclaimed(cells, name);
  return cells.filter((cell) => claimedOf(cell, property).length > 0);
}

function refuseUnclaimed(cells: readonly Common[], name: string): void {
  const isClaimed = (cell: Common) => claimedOf(cell, [name]).length > 0;
  if (cells.some(isClaimed)) return;
  const modes = [...new Set(cells.map(({ mode }) => mode))];
  const elsewhere = modeNames.filter((mode) => cells.some((cell) => isClaimed({ ...cell, mode })));
  const expected =
    elsewhere.length === 0 ? 'a scenario of which it is' : `a mode of which it is: ${elsewhere.join(', ')}`;
  refuse(`--property ${name}`, `nothing that is claimed of ${modes.join(', ')}`, expected);
}

/**
 * Whether what a file expects of a cell is said of the runs that are checked there.
 */
export const isExpectedOf = (
  { server }: Common,
  { faults, duplicates, calls, untimed, ...adaptation }: CheckCommandOptions,
): boolean => isSaidOf(server, adaptation) && faults + duplicates === 0 && calls === undefined && !untimed;
