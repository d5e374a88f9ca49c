import process from 'node:process';
import { Command } from 'commander';
import type { ModeName } from '../machines/modeVariants.ts';
import { isPushedByServer, registrationModeNames } from '../machines/registrationModes.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { isShared } from '../sim/fleet/fleetDay.ts';
import type { SharedLimits } from '../sim/fleet/sharedServers.ts';
import { type FleetJob, fleetPlanOf } from '../sim/jobs/fleetJob.ts';
import type { ScenarioDocument, StepDocument } from '../sim/scenarioFile/document.ts';
import type { NetworkName, PushServiceName } from '../sim/scenarioFile/presets.ts';
import { scenarioIn, windowOf } from '../sim/scenarioFile/resolve.ts';
import { type WorkloadName, workloadNames } from '../sim/scenarioFile/workloads.ts';
import { midnightMs } from '../sim/workload/drawnDay.ts';
import { refuseIdleCharts, showCharts, withChartsOptions } from './charts.ts';
import { readScenario, refuse, refuseOutputs } from './files.ts';
import { fleetPieces, fleetProgress, simulateFleets } from './fleetJobs.ts';
import { jitterOption, profilesOption, type Restart, restartOption } from './fleetOptions.ts';
import { fleetReport } from './fleetReport.ts';
import type { JobRunner } from './jobRunner.ts';
import {
  adapted,
  forceOption,
  jobsOption,
  modesOption,
  networkOption,
  oneOf,
  pushOption,
  seedOption,
  wholeNumber,
} from './options.ts';
import { exitCodes, print } from './output.ts';
import { madeBy, reportOption, writeReport } from './report.ts';
import { partFile, type Shard, writeShard } from './shard.ts';
import { fleetCsv, fleetJson, fleetText } from './showFleet.ts';
import { aftermathsOf, doubtful, isDrowned, type ShownFleet, shownFleet, titleOf } from './shownFleet.ts';
import { sessionOf, withSpreadOptions } from './spread.ts';

interface Options {
  readonly users: number;
  readonly mode?: readonly ModeName[];
  readonly profile?: readonly ServerProfile[];
  readonly workload?: WorkloadName;
  readonly network?: NetworkName;
  readonly push?: PushServiceName;
  readonly sample?: number;
  readonly days?: number;
  readonly seed: number;
  readonly serverRate?: number;
  readonly serverRoom?: number;
  readonly pushQuota?: number;
  readonly restart?: Restart;
  readonly jitter?: number;
  readonly retry?: 'waits' | 'backsOff' | 'givesUp';
  readonly jobs: number;
  readonly format: 'text' | 'json' | 'csv';
  readonly report?: string;
  readonly charts?: boolean;
  readonly force?: boolean;
  readonly shard?: Shard;
  readonly part?: string;
}

/** With so many phones figures a day are known to some percent; beyond the other number they would not fit a worker. */
const [usualSample, greatestSample] = [2_000, 50_000];
/**
 * How many requests a server must have room for, for each of those that one simulated phone stands for: at least, and where nothing is
 * said. With less, two phones that come together are mistaken for a crowd.
 */
const [leastRoom, usualRoom] = [10, 40];

/** What phones lose together on a day differs from day to day. */
const usualDays = 5;

/** How many phones are simulated. */
function sampleOf({ users, sample, serverRate, serverRoom = serverRate, pushQuota }: Options): number {
  const room = Math.min(serverRoom ?? Number.POSITIVE_INFINITY, pushQuota ?? Number.POSITIVE_INFINITY);
  const needed = (asked: number) => Math.ceil((users * asked) / room);
  const chosen = Math.min(users, sample ?? Math.min(Math.max(usualSample, needed(usualRoom)), greatestSample));
  const least = Math.min(users, needed(leastRoom));
  if (chosen >= least) return chosen;
  const found = `room for ${room} requests${pushQuota === room ? ' to push' : ''}, of which each of ${chosen} simulated phones stands for ${Math.ceil(users / chosen)}`;
  if (least <= greatestSample) return refuse('--sample', found, `${least} or more`);
  return refuse(
    pushQuota === room ? '--push-quota' : '--server-rate',
    found,
    `fewer users, or one with room for ${Math.ceil((users * leastRoom) / greatestSample)}`,
  );
}

const stepOf = ({ what, atMinute }: Restart): StepDocument => ({
  at: `${atMinute}min`,
  do: what === 'push-server' ? 'crashPushServer' : 'crashSipServer',
});

/** The scenario whose days are drawn. */
function documentOf(
  given: string | undefined,
  { workload, restart, jitter, retry, ...options }: Options,
): ScenarioDocument {
  const usual: ScenarioDocument = { name: 'fleet', title: 'A fleet', network: 'lte', push: 'apns', steps: [] };
  const further = restart === undefined ? [] : [stepOf(restart)];
  const asked = { withDays: true, further, ...(workload && { workload }) };
  const own = given === undefined ? usual : readScenario(given, undefined, asked);
  const chosen = workload ?? own.workload;
  if (chosen === undefined) {
    const found = given === undefined ? 'no workload' : 'a scenario without a workload';
    return refuse(given ?? '--workload', found, `--workload with one of ${workloadNames.join(', ')}`);
  }
  if (restart?.what !== 'push-server' && jitter !== undefined)
    refuse('--jitter', 'no restart of the push server', '--restart push-server@HH:MM with it');
  const [lowMs, highMs] = windowOf(own.timing?.pushServer?.restart ?? '20s');
  const restartWindow = [`${lowMs}ms`, `${highMs + (jitter ?? 0)}ms`] as const;
  return {
    ...adapted(own, options),
    workload: chosen,
    ...(jitter && { timing: { ...own.timing, pushServer: { ...own.timing?.pushServer, restart: restartWindow } } }),
    ...(retry && { afterRetryLater: retry }),
    steps: [...own.steps, ...further],
  };
}

const limitsOf = ({ serverRate, serverRoom, pushQuota }: Options): SharedLimits => ({
  server: serverRate === undefined ? null : { perSecond: serverRate, room: serverRoom ?? serverRate },
  pushesPerMinute: pushQuota ?? null,
});

type Fleet = Omit<FleetJob, 'maximumBytes'>;

/** Whether a server answers a REGISTER with Retry-After though nothing is shared. */
const saysRetryAfter = ({ whenFull, limitsRegisters }: ServerProfile): boolean =>
  (whenFull.do === 'refuse' && whenFull.retryAfter) || limitsRegisters?.retryAfter === true;

/** One fleet, a mode on a server, on each of some days. */
function fleetOf(document: ScenarioDocument, mode: ModeName, server: ServerProfile, options: Options): Fleet[] {
  const scenario = scenarioIn(document, mode, server);
  const { restart } = options;
  if (restart?.what === 'push-server' && (isPushedByServer(scenario.mode) || !scenario.pushEnabled))
    refuse('--restart', `push-server in mode ${mode}, which has none`, 'sip-server@HH:MM, or another --mode');
  const phones = sampleOf(options);
  const atMs = midnightMs + (restart?.atMinute ?? 0) * 60_000;
  const [, restartMs] = windowOf(document.timing?.sipServer?.restart ?? '10s');
  const fleet = {
    firstSeed: options.seed,
    phones,
    weight: options.users / phones,
    limits: limitsOf(options),
    down: restart?.what === 'sip-server' ? ([atMs, atMs + restartMs] as const) : null,
  };
  const days = options.days ?? (isShared(fleet.limits) ? usualDays : 1);
  return Array.from({ length: days }, (_, day) => ({
    document,
    mode,
    server,
    fleet: { ...fleet, firstSeed: options.seed + day * phones },
  }));
}

async function run(given: string | undefined, options: Options, parts: JobRunner | undefined): Promise<void> {
  const { shard, part, report, charts, force = false } = options;
  refuseIdleCharts(charts, options.format);
  refuseOutputs({ '--report': report, '--part': partFile(options) }, force);
  if (report !== undefined && (shard !== undefined || parts !== undefined))
    refuse('--shard', '--report with it', 'one of the two, since --shard has no use for it');
  const session = sessionOf(options, fleetProgress);
  if (options.serverRoom !== undefined && options.serverRate === undefined)
    refuse('--server-room', 'no rate of the server', '--server-rate with it');
  const document = documentOf(given, options);
  const modes = options.mode ?? (document.mode === undefined ? registrationModeNames : [document.mode]);
  const own = everyServerProfile[(document.server ?? 'multi') as keyof typeof everyServerProfile];
  const cells = (options.profile ?? [own]).flatMap((server) => modes.map((mode) => ({ mode, server })));
  if (
    options.retry !== undefined &&
    options.serverRate === undefined &&
    !cells.some(({ server }) => saysRetryAfter(server))
  )
    refuse('--retry', 'no server that answers with Retry-After', '--server-rate with it');
  const fleets = cells.map(({ mode, server }) => fleetOf(document, mode, server, options));
  const pieces = fleets.flat().map(fleetPieces);
  if (shard !== undefined) {
    const doer: JobRunner = (jobs) => session((own) => own(jobs));
    return writeShard(pieces.flat(), 'fleet', { shard, doer, force, ...(part !== undefined && { part }) });
  }
  const days = await (parts === undefined
    ? session((own) => simulateFleets(pieces, own))
    : simulateFleets(pieces, parts));
  let next = 0;
  const shown = fleets.flatMap((ofDays): ShownFleet[] => {
    const own = ofDays.map(() => days[next++] ?? null).filter((day) => day !== null);
    const [fleet] = ofDays;
    if (fleet === undefined || own.length < ofDays.length) return [];
    return [shownFleet({ mode: fleet.mode, server: fleet.server.name, plan: fleetPlanOf(fleet), days: own })];
  });
  if (shown.length < cells.length) {
    process.stderr.write(`interrupted: these are ${shown.length} of ${cells.length} fleets\n`);
    process.exitCode = exitCodes.inconclusive;
    if (shown.length === 0) return;
  }
  const { users, restart } = options;
  const whole = { users, restart: restart ?? null, workload: nameOf(document) };
  const { format } = options;
  if (report !== undefined) await writeReport(report, fleetReport(shown, whole, madeBy()), force);
  print(
    format === 'json' ? fleetJson(shown, whole) : format === 'csv' ? fleetCsv(shown, users) : fleetText(shown, whole),
  );
  if (format === 'text') showCharts(fleetReport(shown, whole, []), charts);
  const drowned = shown.filter((one) => isDrowned(one, users));
  for (const { mode, server, plan } of drowned)
    process.stderr.write(
      `${titleOf({ mode, server })}: the SIP server is asked for more than ${plan.limits.server?.perSecond}/s until the end of the day; it does not recover\n`,
    );
  const isNeverOver = (one: ShownFleet) =>
    restart !== undefined && aftermathsOf(one.days, users, restart).some(({ overAfterMs }) => overAfterMs === null);
  for (const one of doubtful(shown, whole))
    process.stderr.write(
      `${titleOf(one)}: undecided, as the sample may have brought the SIP server down (see above)\n`,
    );
  if (drowned.length > 0 || doubtful(shown, whole).length > 0 || shown.some(isNeverOver))
    process.exitCode = exitCodes.inconclusive;
}

const nameOf = ({ workload, name }: ScenarioDocument): string => (typeof workload === 'string' ? workload : name);

/** `ringproof fleet`: the load of many users, and what a day and a restart cost them. `parts`: where their days were simulated before. */
export const fleetCommand = (parts?: JobRunner) =>
  withChartsOptions(withSpreadOptions(new Command('fleet')))
    .argument('[scenario]', 'scenario file with a workload')
    .requiredOption('--users <number>', 'users of the fleet, each with a phone', wholeNumber(1, 1_000_000_000))
    .option('--workload <name>', `what their days are like: ${workloadNames.join(', ')}`, oneOf(...workloadNames))
    .addOption(modesOption('-m, --mode <modes>', 'registration modes, joined by commas (default: 0,1,2,3)'))
    .addOption(profilesOption())
    .addOption(networkOption())
    .addOption(pushOption())
    .option(
      '--sample <number>',
      `phones that are simulated (default: ${usualSample}, or more for a slow server)`,
      wholeNumber(1, greatestSample),
    )
    .option(
      '--days <number>',
      `days that are simulated, each with other phones (default: 1, or ${usualDays} where something is limited)`,
      wholeNumber(1, 1_000),
    )
    .addOption(seedOption())
    .option(
      '--server-rate <number>',
      'REGISTER and INVITE requests that the SIP server serves a second',
      wholeNumber(1, 1_000_000_000),
    )
    .option(
      '--server-room <number>',
      'requests that can wait there, beyond which it answers 503 (default: those of a second)',
      wholeNumber(1, 1_000_000_000),
    )
    .option(
      '--push-quota <number>',
      'pushes that the push service takes a minute (FCM: 600000)',
      wholeNumber(1, 1_000_000_000),
    )
    .addOption(restartOption())
    .addOption(jitterOption())
    .option(
      '--retry <how>',
      'what a client does after 503 with Retry-After: waits for so long, backsOff at random, or givesUp',
      oneOf('waits', 'backsOff', 'givesUp'),
    )
    .addOption(jobsOption())
    .option('--format <format>', 'text, json or csv (by minute)', oneOf('text', 'json', 'csv'), 'text')
    .addOption(reportOption())
    .addOption(forceOption())
    .action((given: string | undefined, options: Options) => run(given, options, parts));
