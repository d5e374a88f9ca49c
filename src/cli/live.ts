import { createWriteStream } from 'node:fs';
import { isIP } from 'node:net';
import process from 'node:process';
import { Command } from 'commander';
import { PcapngWriter } from '../capture/pcapngWriter.ts';
import { realClock } from '../live/clock.ts';
import { compared } from '../live/compared.ts';
import { inLanes } from '../live/fleet.ts';
import { type LiveResult, runLive } from '../live/liveJob.ts';
import { recordingTap } from '../live/recording.ts';
import { reproductionOf } from '../live/reproduction.ts';
import { retimed } from '../live/retimed.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { SeededSchedule } from '../sim/run/seededSchedule.ts';
import { simulate } from '../sim/run/simulate.ts';
import type { Trace } from '../sim/trace/trace.ts';
import type { Account } from '../sip/account.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import type { Remote, Tap } from '../sip/transports/transport.ts';
import { writeText } from './files.ts';
import { localAddressTowards, parseServer, passwordFrom } from './liveOptions.ts';
import { type LiveCommandOptions, type LivePlan, planOf, refuseUnwanted } from './livePlan.ts';
import {
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
import { showCompared, showDivergences, showLateness, showReproductions } from './showLive.ts';

const accountOf = (options: LiveCommandOptions, lane: number, password: string | null): Account => ({
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

async function runAll(plan: LivePlan, options: LiveCommandOptions, signal: AbortSignal): Promise<LiveResult[]> {
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

const serverText = ({ host, port, transport }: Remote): string =>
  `sip:${isIP(host) === 6 ? `[${host}]` : host}:${port}${transport === 'UDP' ? '' : `;transport=${transport.toLowerCase()}`}`;

function show(plan: LivePlan, results: readonly LiveResult[], options: LiveCommandOptions): void {
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
  if (reproductions.length > 0) showReproductions(reproductions);
  showLateness(complete);
  showDivergences(complete);
}

function warnOfBindings(results: readonly LiveResult[]): void {
  for (const { account, left, strangers } of results) {
    if (strangers > 0) {
      process.stderr.write(
        `${account}: ${strangers} contacts of somebody else are registered, and calls may have rung there\n`,
      );
    }
    if (left.length > 0)
      process.stderr.write(`${account}: the server did not confirm that ${left.join(', ')} is unregistered\n`);
  }
}

const isLost = ({ verdicts }: Trace) =>
  verdicts.some(({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated');

async function run(given: string, options: LiveCommandOptions): Promise<void> {
  refuseUnwanted(options);
  const plan = planOf(given, options);
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const results = await runAll(plan, options, controller.signal);
  show(plan, results, options);
  warnOfBindings(results);
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
    .option('--i-own-this-account', 'needed on any host but this one: bindings of the account are taken away')
    .addOption(modeOption())
    .addOption(profileOption())
    .addOption(networkOption())
    .addOption(pushOption())
    .option(
      '--real-network',
      'no simulated delays between phone, push server and SIP server: the network is a real one',
    )
    .option('-r, --runs <number>', 'number of runs, with consecutive seeds', wholeNumber(1, 100_000), 1)
    .addOption(seedOption())
    .option('--parallel <number>', 'runs at once, where --user has a %d', wholeNumber(1, 200), 50)
    .option('--rate <number>', 'maximum number of runs started per second', wholeNumber(1, 200), 25)
    .option('--late <seconds>', 'an alert later than this after the dialling counts as late', wholeNumber(1, 600), 5)
    .option('--from <trace>', 'give every delay the value that it has in a counterexample of `check --output`')
    .option('-o, --output <file>', 'write the trace of the first run that loses a call, or of the first run')
    .option('--pcap <file>', 'write what was sent and received as a capture file (pcapng)')
    .addOption(forceOption())
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(run);
