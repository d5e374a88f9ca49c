import { setMaxListeners } from 'node:events';
import { createWriteStream } from 'node:fs';
import process from 'node:process';
import { Command } from 'commander';
import type { Account } from '../live/account.ts';
import { PcapngWriter } from '../live/capture/pcapngWriter.ts';
import { realClock } from '../live/driver/clock.ts';
import { inLanes } from '../live/driver/fleet.ts';
import { type LiveResult, runLive } from '../live/driver/liveJob.ts';
import { recordingTap } from '../live/driver/recording.ts';
import { reproductionOf } from '../live/driver/reproduction.ts';
import { retimed } from '../live/driver/retimed.ts';
import { randomIdentifiers } from '../live/randomIdentifiers.ts';
import type { Remote, Tap } from '../live/transports/transport.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import { parseTrace, replay } from '../sim/replay.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { resolveScenario } from '../sim/scenario/resolve.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { SeededSchedule } from '../sim/schedule.ts';
import { simulate } from '../sim/simulate.ts';
import type { Trace } from '../sim/trace.ts';
import { readScenario, readText, refuse, refuseExisting, writeText } from './files.ts';
import { localAddressTowards, parseServer, passwordFrom, serverText } from './liveOptions.ts';
import {
  type Adaptation,
  adapted,
  forceOption,
  modeOption,
  networkOption,
  oneOf,
  profileOption,
  pushOption,
  seedOption,
  wholeNumber,
} from './options.ts';
import { exitCodes, print } from './output.ts';
import { compared, showCompared, showDivergences, showReproduction } from './showLive.ts';

interface Options extends Adaptation {
  readonly server: Remote;
  readonly user: string;
  readonly domain?: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  readonly mode?: ModeName;
  readonly profile?: ServerProfile;
  readonly runs: number;
  readonly seed: number;
  readonly parallel: number;
  readonly rate: number;
  readonly late: number;
  readonly realNetwork?: boolean;
  readonly from?: string;
  readonly output?: string;
  readonly pcap?: string;
  readonly force?: boolean;
  readonly format: 'text' | 'json';
}

/** What is run: a scenario with seeds, or the delays of a counterexample. */
interface Plan {
  readonly scenario: Scenario;
  readonly counterexample: Trace | null;
}

/** The links to the SIP server as they are, with nothing simulated on top. */
function withoutSimulatedNetwork(scenario: Scenario): Scenario {
  const bare = { latencyMs: [0, 0] as const, loss: 0, duplicate: 0 };
  const { callerSip, appSip, pushServerSip } = scenario.links;
  const links = {
    callerSip: { ...callerSip, ...bare },
    appSip: { ...appSip, ...bare },
    pushServerSip: { ...pushServerSip, ...bare },
  };
  return { ...scenario, links: { ...scenario.links, ...links } };
}

/** The scenario over the transport of the server that is there. */
function overTransport(scenario: Scenario, { transport }: Remote): Scenario {
  const carried = transport.toLowerCase() as 'udp' | 'tcp' | 'tls';
  const { callerSip, appSip, pushServerSip } = scenario.links;
  const reliable = carried === 'udp' ? {} : { loss: 0, duplicate: 0 };
  const on = <Link extends object>(link: Link) => ({ ...link, ...reliable, transport: carried });
  return {
    ...scenario,
    links: { ...scenario.links, callerSip: on(callerSip), appSip: on(appSip), pushServerSip: on(pushServerSip) },
  };
}

function planOf(given: string, options: Options): Plan {
  if (options.from !== undefined) {
    const counterexample = replay(parseTrace(readText(options.from), options.from), options.from);
    return { scenario: overTransport(counterexample.scenario, options.server), counterexample };
  }
  const document = adapted(readScenario(given), options);
  const choice = { ...(options.mode && { mode: options.mode }), ...(options.profile && { server: options.profile }) };
  const scenario = overTransport(resolveScenario(document, everyServerProfile, choice), options.server);
  return { scenario: options.realNetwork ? withoutSimulatedNetwork(scenario) : scenario, counterexample: null };
}

/** What only the model of a server can do, or what no socket of a run stands for. */
function refuseWhatIsNotReal({ name, steps, otherDevice }: Scenario): void {
  const events = steps.flatMap(({ action }) => ('party' in action ? [action] : []));
  const atServer = events.find(({ party }) => party === 'sipServer');
  if (atServer !== undefined)
    refuse(name, `${atServer.event.type}, a step of the SIP server`, 'a scenario that leaves the real one alone');
  if (events.some(({ event }) => event.type === 'user.call'))
    refuse(name, 'a call that the user makes', 'calls to the user');
  if (otherDevice) refuse(name, 'another device of the user', 'app and push server alone');
}

function refuseContradictions({
  from,
  mode,
  profile,
  realNetwork,
  network,
  push,
  mitigated,
  output,
  pcap,
  force,
  user,
  runs,
}: Options): void {
  const overridden = Object.entries({ mode, profile, 'real-network': realNetwork, network, push, mitigated }).find(
    ([, value]) => value !== undefined,
  );
  if (from !== undefined && overridden !== undefined) {
    refuse(`--from ${from}`, `--${overridden[0]} with it`, 'none: the scenario of the trace is run as it is');
  }
  if (!/^[\w.!~*'()+-]*(%d)?[\w.!~*'()+-]*$/.test(user))
    refuse(`--user ${user}`, 'no user of a SIP URI', 'a name, with %d where the number of the run belongs');
  if (from !== undefined && runs > 1 && !user.includes('%d')) return;
  for (const file of [output, pcap]) if (file !== undefined) refuseExisting(file, force === true);
}

const accountOf = (options: Options, lane: number, password: string | null): Account => ({
  user: options.user.replace('%d', String(lane + 1)),
  domain: options.domain ?? options.server.host,
  password,
});

/** Datagrams into a capture file as they come. */
function capture(file: string | undefined): { tap?: Tap; close: () => Promise<void> } {
  if (file === undefined) return { close: async () => {} };
  const stream = createWriteStream(file, { flags: 'w' });
  const writer = new PcapngWriter();
  stream.write(writer.start());
  return {
    tap: recordingTap((packet) => void stream.write(writer.packet(packet))),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}

async function runAll(plan: Plan, options: Options, signal: AbortSignal): Promise<LiveResult[]> {
  const password = passwordFrom(options);
  const local = await localAddressTowards(options.server);
  const { tap, close } = capture(options.pcap);
  const lanes = options.user.includes('%d') ? options.parallel : 1;
  const { scenario, counterexample } = plan;
  try {
    return await inLanes(options.runs, { parallel: lanes, perSecond: options.rate }, realClock, signal, (index, lane) =>
      runLive({
        scenario,
        schedule: (definition) => {
          const seeded = new SeededSchedule(definition, options.seed + index);
          return counterexample === null ? seeded : retimed(counterexample, seeded);
        },
        account: accountOf(options, lane, password),
        session: { server: options.server, local, allowed: [options.server.host], ...(tap && { tap }) },
        identifiers: randomIdentifiers,
        clock: realClock,
        signal,
      }),
    );
  } finally {
    await close();
  }
}

function show(plan: Plan, results: readonly LiveResult[], options: Options): void {
  const { scenario, counterexample } = plan;
  const complete = results.filter(({ isInterrupted }) => !isInterrupted);
  const measured = complete.map(({ trace }) => trace);
  const predicted = measured.map((_, index) => counterexample ?? simulate(scenario, options.seed + index));
  const comparison = compared(predicted, measured, options.late * 1_000);
  const reproductions = counterexample ? measured.flatMap((trace) => reproductionOf(counterexample, trace) ?? []) : [];
  if (options.format === 'json') {
    const divergences = complete.map((one) => one.divergences);
    print(
      JSON.stringify(
        {
          version: 1,
          scenario: scenario.name,
          mode: scenario.mode.name,
          profile: scenario.server.name,
          comparison,
          divergences,
          reproductions,
        },
        null,
        1,
      ),
    );
    return;
  }
  print(
    `${scenario.name}, ${modeTitle(scenario.mode.name as ModeName)}, ${complete.length} runs against ${serverText(options.server)} taken for ${scenario.server.name}`,
  );
  showCompared(comparison);
  for (const one of reproductions) showReproduction(one);
  showDivergences(complete);
}

function warnOfLeftovers(results: readonly LiveResult[]): void {
  for (const { account, left } of results) {
    if (left.length > 0)
      process.stderr.write(`${account}: the server did not confirm that ${left.join(', ')} is unregistered\n`);
  }
}

const isLost = ({ verdicts }: Trace) =>
  verdicts.some(({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated');

async function run(given: string, options: Options): Promise<void> {
  refuseContradictions(options);
  const plan = planOf(given, options);
  refuseWhatIsNotReal(plan.scenario);
  const controller = new AbortController();
  // Every run listens to it.
  setMaxListeners(0, controller.signal);
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const results = await runAll(plan, options, controller.signal);
  show(plan, results, options);
  warnOfLeftovers(results);
  const traces = results.map(({ trace }) => trace);
  const shown = traces.find(isLost) ?? traces[0];
  if (options.output !== undefined && shown !== undefined) {
    writeText(options.output, `${JSON.stringify(shown, null, 1)}\n`, options.force === true);
  }
  if (controller.signal.aborted) {
    process.stderr.write('interrupted: only complete runs are counted; every binding was removed\n');
    process.exitCode = exitCodes.inconclusive;
  } else if (traces.some(isLost)) process.exitCode = exitCodes.violated;
}

/** `ringproof live`: the same machines against a real SIP server. */
export const liveCommand = () =>
  new Command('live')
    .description(
      'run app, push server and caller over real sockets against a real SIP server, beside what the model predicts',
    )
    .argument('[scenario]', 'scenario file or name of a bundled one', 'live/call-in-the-gap')
    .requiredOption(
      '--server <uri>',
      'sip:HOST[:PORT][;transport=udp|tcp]: nothing is sent to any other host',
      parseServer,
    )
    .requiredOption('--user <name>', 'test account; with %d (user%d) as many of them as run at once')
    .option('--domain <host>', 'domain of the address of record (default: the host of the server)')
    .option('--password-env <variable>', 'the environment variable that holds the password')
    .option('--password-file <file>', 'the file that holds the password')
    .addOption(modeOption())
    .addOption(profileOption())
    .addOption(networkOption())
    .addOption(pushOption())
    .option(
      '--real-network',
      'no simulated delays between phone, push server and SIP server: the network is a real one',
    )
    .option('-r, --runs <number>', 'how many runs, with seeds that count up', wholeNumber(1, 100_000), 1)
    .addOption(seedOption())
    .option('--parallel <number>', 'runs at once, where --user has a %d', wholeNumber(1, 200), 50)
    .option('--rate <number>', 'runs that begin per second, at most', wholeNumber(1, 200), 25)
    .option('--late <seconds>', 'an alert later than this after the dialling counts as late', wholeNumber(1, 600), 5)
    .option('--from <trace>', 'give every delay the value that it has in a counterexample of `check --output`')
    .option('-o, --output <file>', 'write the trace of the first run that loses a call, or of the first run')
    .option('--pcap <file>', 'write what was sent and received as a capture file (pcapng)')
    .addOption(forceOption())
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(run);
