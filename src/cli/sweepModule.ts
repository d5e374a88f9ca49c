import process from 'node:process';
import { registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { serverProfiles } from '../profiles/servers.ts';
import { visible } from '../sim/input/visible.ts';
import { modeNameOf, type OwnScenario } from '../sim/own/ownScenario.ts';
import type { SweptProperty, sweptOf } from '../sim/own/ownSweep.ts';
import type { Own } from '../sim/own/subject.ts';
import type { SweepDemand } from '../sim/sweep/plan.ts';
import { expectedViolations } from './expectedViolations.ts';
import { shellWord } from './files.ts';
import { pasteable } from './invocation.ts';
import type { JobRunner, JobSession } from './jobRunner.ts';
import { placeFlags, refuseIdleFor } from './moduleRuns.ts';
import { colours, exitCodes, print } from './output.ts';
import { loadOwn, type Place } from './ownModule.ts';
import { type Shard, writeShard } from './shard.ts';
import { type OwnPlace, ownPlace, ownShardJobs, ownShardsOn, sweepOwnOfParts, sweepOwnOn } from './sweepModuleJobs.ts';

export interface SweepModuleOptions extends Place {
  readonly demand: SweepDemand;
  readonly format: 'text' | 'json';
  readonly force: boolean;
  readonly shard?: Shard;
  readonly part?: string;
  readonly session: JobSession;
  /** The parts in which its runs were made before; undefined where they are still to be made. */
  readonly parts: JobRunner | undefined;
}

/** One place with what came of it. */
interface SweptPlace {
  readonly mode: string | null;
  readonly server: ServerProfile | null;
  readonly expected: readonly string[];
  readonly swept: ReturnType<typeof sweptOf>;
}

/** The user's own mode on his own server, or those that are named. */
function placesOf(own: OwnScenario, { mode, profile }: Place): Place[] {
  const modes = mode !== undefined ? [mode] : own.mode !== null ? [modeNameOf(own)] : registrationModeNames;
  const server = profile ?? own.server;
  const servers: readonly ServerProfile[] = server === null ? Object.values(serverProfiles) : [server];
  return servers.flatMap((one) => modes.map((name) => ({ mode: name, profile: one })));
}

/** `ringproof sweep MODULE`: many seeds of the user's own machines. */
export async function sweepModule(
  file: string,
  options: SweepModuleOptions,
  isSaid: (option: string) => boolean,
): Promise<void> {
  const own = await loadOwn(file);
  const ofScenarios = ['mode', 'profile'];
  refuseIdleFor(own, isSaid, { never: ['network', 'push', 'mitigated', 'estimator'], ofScenarios });
  const places = (own.is === 'system' ? [{}] : placesOf(own, options)).map((place) => ownPlace(own, file, place));
  const { precision, runs: asked, confidence } = options.demand;
  // As many runs as a module used to have, unless something says how many it takes.
  const demand = { confidence, ...(asked !== undefined && { runs: asked }), ...(isSaid('precision') && { precision }) };
  const { session, parts, shard, part, force } = options;
  if (shard !== undefined) {
    const doer = ownShardsOn(session, demand);
    return writeShard(ownShardJobs(places, demand), 'sweep', {
      shard,
      doer,
      force,
      ...(part !== undefined && { part }),
    });
  }
  const { result: known, isInterrupted } = await (parts === undefined
    ? sweepOwnOn(places, demand, session)
    : sweepOwnOfParts(places, demand, parts));
  const swept = known.flatMap((one, index): SweptPlace[] => {
    if (one === null) return [];
    const { job } = places[index] as OwnPlace;
    const mode = own.is === 'system' ? null : (job.mode as string);
    const server = own.is === 'system' ? null : (job.server as ServerProfile);
    const expected =
      own.is === 'system' ? [] : expectedViolations(own.document, mode as string, server as ServerProfile);
    return [{ mode, server, expected, swept: one }];
  });
  const runs = swept.reduce((sum, { swept: { runs: made } }) => sum + made, 0);
  if (isInterrupted) process.stderr.write(`interrupted after ${grouped(runs)} runs\n`);
  const ownNames = own.is === 'system' ? null : own.properties.map(({ name }) => name);
  const idle = idleIn(swept, ownNames);
  if (options.format === 'json') print(JSON.stringify(jsonOf(file, swept, options.demand), null, 2));
  else {
    show(swept, own, idle, confidence);
    showNext(file, own, swept);
  }
  const isViolated = swept.some(({ swept: { properties }, expected }) =>
    properties.some(({ property, violatedRuns }) => violatedRuns > 0 && !expected.includes(property)),
  );
  const isOpen = swept.some(({ swept: { calls } }) => (calls?.undecided ?? 0) > 0);
  if (isViolated) process.exitCode = exitCodes.violated;
  else if (isInterrupted || isOpen || idle.length > 0) process.exitCode = exitCodes.inconclusive;
}

/** The properties that no run gave anything to judge: of a system all count, of a hand-over the user's own. */
function idleIn(swept: readonly SweptPlace[], own: readonly string[] | null): string[] {
  const counts = ({ property }: SweptProperty) => own === null || own.includes(property);
  const all = swept.flatMap(({ swept: { properties } }) => properties);
  const idle = (names: readonly SweptProperty[]) =>
    [...new Set(names.map(({ property }) => property))].filter((name) =>
      all.every(({ property, witnessed }) => property !== name || !witnessed),
    );
  return all.some(({ witnessed }) => witnessed) ? idle(all.filter(counts)) : idle(all);
}

const jsonOf = (file: string, swept: readonly SweptPlace[], { confidence, precision }: SweepDemand) => ({
  version: 2,
  module: file,
  confidence,
  precision: precision ?? null,
  cells: swept.map(({ mode, server, swept: cell }) => ({ ...(mode && { mode, profile: server?.name }), ...cell })),
});

const grouped = (value: number): string => value.toLocaleString('en-US');

const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.01 ? 2 : 1)} %`;

const intervalText = ([low, high]: readonly [number, number], confidence: number): string =>
  `${Number((100 * confidence).toPrecision(8))} %: ${percent(low)} to ${percent(high)}`;

function lineOf(
  { property, violatedRuns, interval, firstSeed, witnessed }: SweptProperty,
  expected: boolean,
  confidence: number,
): string {
  const count = grouped(violatedRuns).padStart(9);
  const facts = [
    ...(witnessed || violatedRuns > 0 ? [intervalText(interval, confidence)] : ['nothing to judge']),
    ...(firstSeed === null ? [] : [`first with seed ${firstSeed}`]),
    ...(expected ? ['as expected'] : []),
  ].join('; ');
  const mark = violatedRuns === 0 ? colours.green : colours.red;
  return `  ${property.padEnd(20)} ${mark(count)}  ${colours.dim(facts)}`;
}

/** Of a hand-over what is violated is told, and what the user's own properties have come to. */
const isTold = ({ property, violatedRuns }: SweptProperty, own: Own): boolean =>
  violatedRuns > 0 || (own.is === 'scenario' && own.properties.some(({ name }) => name === property));

function show(swept: readonly SweptPlace[], own: Own, idle: readonly string[], confidence: number): void {
  const title = own.is === 'system' ? own.definition.title : own.document.title;
  const [first] = swept;
  if (first === undefined) return;
  print(`${visible(title)}: runs that violate a property, of ${grouped(first.swept.runs)}`);
  for (const { mode, server, expected, swept: cell } of swept) {
    if (mode !== null) print(`\n${colours.bold(`${mode} on ${server?.name ?? ''}`)}`);
    if (cell.calls !== null) {
      const { made, lost, undecided, interval } = cell.calls;
      const open = undecided === 0 ? '' : `, ${grouped(undecided)} not decided when their run ended`;
      print(
        `  calls lost: ${grouped(lost)} of ${grouped(made)}${open} ${colours.dim(`(${intervalText(interval, confidence)})`)}`,
      );
    }
    const told = mode === null ? cell.properties : cell.properties.filter((one) => isTold(one, own));
    for (const one of told) print(lineOf(one, one.violatedRuns > 0 && expected.includes(one.property), confidence));
    const rest = cell.properties.filter((one) => !told.includes(one) && one.witnessed).length;
    if (rest > 0)
      print(colours.dim(`  violated by none of these runs: ${rest} ${told.length > 0 ? 'others' : 'properties'}`));
  }
  if (idle.length > 0) print(colours.yellow(`\nNothing to judge: ${idle.join(', ')}.`));
}

/** The command that shows the first run that violates something against expectation. */
function showNext(file: string, own: Own, swept: readonly SweptPlace[]): void {
  for (const { mode, server, expected, swept: cell } of swept) {
    const found = cell.properties.find(({ property, firstSeed }) => firstSeed !== null && !expected.includes(property));
    if (found === undefined) continue;
    const isOwn =
      own.is === 'system' || (mode === modeNameOf(own) && server === (own.server ?? everyServerProfile.multi));
    const place = isOwn ? '' : placeFlags({ mode, profile: server });
    const command = `simulate ${shellWord(file)}${place} --seed ${found.firstSeed}`;
    print(`\n${found.property}: ${colours.dim(pasteable(command))}`);
    return;
  }
}
