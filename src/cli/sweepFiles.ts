import process from 'node:process';
import type { ModeName } from '../machines/modeVariants.ts';
import { registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { intendedServer } from '../profiles/intended.ts';
import { serverProfiles } from '../profiles/servers.ts';
import { simulate } from '../sim/run/simulate.ts';
import type { ScenarioDocument } from '../sim/scenarioFile/document.ts';
import { scenarioIn } from '../sim/scenarioFile/resolve.ts';
import { worstCell } from '../sim/summary/lossTable.ts';
import { sweepReport } from '../sim/summary/sweepReport.ts';
import type { SweepCell } from '../sim/sweep/group.ts';
import { isPrecise } from '../sim/sweep/loss.ts';
import { estimatorsOf, type SweepDemand } from '../sim/sweep/plan.ts';
import { runWorlds } from '../sim/sweep/runWorlds.ts';
import type { SweepPlace } from '../sim/sweep/sweep.ts';
import { drawn } from '../sim/workload/drawnDay.ts';
import { showCharts } from './charts.ts';
import { expectedViolations } from './expectedViolations.ts';
import { only, readScenarios, refuse } from './files.ts';
import { modesFor, serversFor } from './fittingModes.ts';
import { pasteable } from './invocation.ts';
import type { JobRunner, JobSession } from './jobRunner.ts';
import { type Adaptation, adapted, flagsOf, wordFor } from './options.ts';
import { colours, exitCodes, print, terminalWidth } from './output.ts';
import { madeBy, writeReport } from './report.ts';
import { type Shard, writeShard } from './shard.ts';
import { showRun } from './showRun.ts';
import { showSweep, sweepJson, sweepNotes } from './showSweep.ts';
import { shardJobs, shardsOn, sweepOfParts, sweepOn } from './sweepJobs.ts';

/** What is asked of a sweep, and who makes its runs. */
export interface SweepFilesOptions extends Adaptation {
  readonly mode?: ModeName;
  readonly profile?: ServerProfile;
  readonly demand: SweepDemand;
  readonly format: 'text' | 'json';
  readonly report?: string;
  readonly charts?: boolean;
  readonly force: boolean;
  readonly shard?: Shard;
  readonly part?: string;
  readonly session: JobSession;
  /** The parts in which its runs were made before; undefined where they are still to be made. */
  readonly parts: JobRunner | undefined;
}

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
  const trace = simulate(drawn(scenarioIn(document, mode, server), losingSeed), losingSeed);
  showRun(trace, { width: terminalWidth(), onlyTrouble: true });
}

/** The properties that some run violates although its file does not expect that. */
function unexpectedIn(cells: readonly SweepCell[], places: readonly SweepPlace[], options: Adaptation): string[] {
  const found = cells.flatMap(({ scenario, mode, server, violated, isOfDays }) => {
    // What a day loses is what is asked for.
    if (isOfDays) return [];
    const place = places.find((one) => one.document.name === scenario && one.server.name === server);
    const expected = place ? expectedViolations(place.document, mode, place.server, options) : [];
    return violated.filter((one) => !expected.includes(one));
  });
  return [...new Set(found)];
}

/**
 * Whether what is asked is not known: no figure where one was asked for, one that is not as precise as the user has said, or a call of his
 * own runs that is not decided. Of days some call is always under way at the end; their figures have it in the interval.
 */
function isOpen(cells: readonly SweepCell[], isBundled: boolean, { precision }: SweepDemand): boolean {
  // Where nobody calls nothing was judged of what a sweep is about.
  if (cells.every(({ loss }) => loss === null)) return true;
  return cells.some(({ loss, undecided, isOfDays }) => {
    if (precision !== undefined && loss !== null && !isPrecise(loss, precision)) return true;
    return !isBundled && !isOfDays && undecided > 0;
  });
}

/** Refuses an estimator that cannot say anything of a scenario. */
function refuseIdle(estimator: string | undefined, places: readonly SweepPlace[]): void {
  if (estimator === undefined) return;
  for (const { document, server, modes } of places) {
    const possible = estimatorsOf(runWorlds(scenarioIn(document, modes[0] as ModeName, server)));
    if (possible.some((one) => one === estimator)) continue;
    if (document.workload !== undefined)
      refuse(document.name, `--estimator ${estimator} of days, all of which is drawn`, 'drawn');
    refuse(
      document.name,
      `--estimator ${estimator}, for which ${whyIdle[estimator]}`,
      possible.length === 1 ? 'drawn' : `one of ${possible.join(', ')}`,
    );
  }
}

const interruptedText = (isPart: boolean): string =>
  `Interrupted: not all runs were made${isPart ? ', and not all places are here' : ''}.`;

const whyIdle: Readonly<Record<string, string>> = {
  dates: 'each call, or a step, must have a window of dates, and each call a slot of its own',
  splitting: 'some link must lose or double messages by chance',
};

/** Runs of each of all bundled scenarios of which waits and load are told, where they are told. */
const wholeOfMany = 200;

/** `ringproof sweep FILE...`: many seeds, modes compared under the same luck. */
export async function sweepFiles(given: readonly string[], options: SweepFilesOptions): Promise<void> {
  const { mode, profile, format, report, charts, force, session, parts, shard, part, ...adaptation } = options;
  const scenarios = readScenarios(given, profile, { modes: only(mode), withDays: true });
  const documents = scenarios.documents.map((one) => adapted(one, adaptation));
  const usual: readonly ServerProfile[] = Object.values(serverProfiles);
  // A run that tells waits and load takes ten times as long as one that tells its losses.
  const whole = format === 'json' || report !== undefined ? wholeOfMany : 0;
  const demand = scenarios.isBundled ? { ...options.demand, whole } : options.demand;
  const places = documents.flatMap((document) => {
    const modes: readonly ModeName[] = mode === undefined ? modesFor(document, registrationModeNames) : [mode];
    const servers = profile === undefined ? serversFor(document, mode, usual) : [profile];
    return servers.map((server): SweepPlace => ({ document, server, modes }));
  });
  refuseIdle(demand.estimator, places);
  if (shard !== undefined) {
    const doer = shardsOn(session, demand);
    return writeShard(shardJobs(places, demand), 'sweep', { shard, doer, force, ...(part !== undefined && { part }) });
  }
  const { result, isInterrupted } = await (parts === undefined
    ? sweepOn(places, demand, session)
    : sweepOfParts(places, demand, parts));
  const { cells } = result;
  const all = places.reduce((sum, { modes }) => sum + modes.length, 0);
  if (isInterrupted) {
    process.stderr.write(`interrupted: these are ${cells.length} of ${all} cells, some perhaps of fewer runs\n`);
    process.exitCode = exitCodes.inconclusive;
    if (cells.length === 0) return;
  }
  // Losses are what a sweep is asked for: only an explicit scenario makes them a failure.
  const unexpected = scenarios.isBundled ? [] : unexpectedIn(cells, places, adaptation);
  if (unexpected.length > 0) process.exitCode = exitCodes.violated;
  else if (isOpen(cells, scenarios.isBundled, demand)) process.exitCode = exitCodes.inconclusive;
  const pageOf = () => {
    const foundations = [
      ...(isInterrupted ? [interruptedText(cells.length < all)] : []),
      ...sweepNotes(cells, demand),
      ...madeBy(),
    ];
    const { confidence } = demand;
    return sweepReport(result, documents, { confidence, serverTitles, intended: intendedServer, foundations });
  };
  if (report !== undefined) await writeReport(report, pageOf(), force);
  if (format === 'json') return print(JSON.stringify(sweepJson(result, demand), null, 2));
  const palette = { good: colours.green, bad: colours.red, dim: colours.dim };
  showSweep(result, documents, demand, { palette, intended: intendedServer, serverTitles });
  if (unexpected.length > 0) print(`\nViolated in some run, without being expected: ${unexpected.join(', ')}.`);
  // Those of many scenarios would be a book.
  if (documents.length === 1) showCharts(pageOf(), charts);
  else if (charts) process.stderr.write('--charts: drawn of a scenario that is named alone\n');
  showWorst(cells, documents, scenarios.givenAs, { ...(profile && { profile }), ...adaptation });
}
