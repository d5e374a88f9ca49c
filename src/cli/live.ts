import { createWriteStream } from 'node:fs';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { PcapngWriter } from '../capture/pcapngWriter.ts';
import { pushServiceNames } from '../live/push/pushServices.ts';
import { recordingTap } from '../live/recording.ts';
import type { Tap } from '../sip/transports/transport.ts';
import { writeText } from './files.ts';
import { HeardReport } from './heardReport.ts';
import { checkAccounts } from './liveAccounts.ts';
import { controlUrl, localAddressTowards, parseServer, passwordFrom } from './liveOptions.ts';
import { type LiveCommandOptions, type LivePlan, planOf, refuseUnwanted } from './livePlan.ts';
import { LiveProgress } from './liveProgress.ts';
import { pushServiceOf } from './livePush.ts';
import type { LiveReport } from './liveReport.ts';
import { runAll, runHeard } from './liveRuns.ts';
import { show, showHeardRuns, warnOfBindings } from './liveShown.ts';
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
import { tlsFrom, withTlsOptions } from './tlsOptions.ts';

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

async function measure(
  plan: LivePlan,
  options: LiveCommandOptions,
  signal: AbortSignal,
): Promise<LiveReport | HeardReport> {
  const password = passwordFrom(options);
  const tls = tlsFrom(options.server, options);
  const local = await localAddressTowards(options.server);
  const lanes = options.user.includes('%d') ? Math.min(options.parallel, options.runs) : 1;
  const { tap, close } = capture(options.pcap);
  const session = {
    ...{ server: options.server, local, allowed: [options.server.host] },
    ...(tap && { tap }),
    ...(tls && { tls }),
  };
  const pushService = await pushServiceOf(options);
  const progress = new LiveProgress(options.runs, plan.scenario.untilMs);
  const around = { password, session, lanes, signal, progress, pushService };
  try {
    await checkAccounts(around, options);
    return await (plan.scenario.elsewhere === undefined ? runAll : runHeard)(plan, options, around);
  } finally {
    progress.close();
    await close();
    for (const problem of pushService?.problems ?? []) process.stderr.write(`${problem}\n`);
    await pushService?.close();
  }
}

/** V8 lets the heap grow to four times what is in use, which is little here however many runs there are. */
const keepHeapSmall = () => setFlagsFromString('--heap-growing-percent=50');

async function run(given: string, options: LiveCommandOptions): Promise<void> {
  keepHeapSmall();
  refuseUnwanted(options);
  const plan = planOf(given, options);
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const report = await measure(plan, options, controller.signal);
  if (report instanceof HeardReport) showHeardRuns(plan, report, options);
  else show(plan, report, options);
  warnOfBindings(report.bindings);
  if (options.output !== undefined && report.shown !== undefined) {
    writeText(options.output, `${JSON.stringify(report.shown, null, 1)}\n`, options.force === true);
  }
  if (controller.signal.aborted) process.stderr.write('interrupted: only complete runs are counted\n');
  process.exitCode = report.exitCode;
}

/** `ringproof live`: the same machines against a real SIP server. */
export const liveCommand = () =>
  withTlsOptions(new Command('live'))
    .argument('[scenario]', 'scenario file or name of a bundled one', 'live/call-in-the-gap')
    .requiredOption(
      '--server <uri>',
      'sip:HOST[:PORT][;transport=udp|tcp|tls|ws|wss], or ws://HOST[:PORT]/PATH: nothing is sent to any other host',
      parseServer,
    )
    .requiredOption('--user <name>', 'test account; with %d (user%d) as many of them as run at once')
    .option('--callee <name>', 'a second test account, with %d as --user: whom the user calls, where he makes a call')
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
    .option('--parallel <number>', 'runs at once, where --user has a %d', wholeNumber(1, 5_000), 50)
    .option('--ramp <seconds>', 'begin the runs that go on at once evenly over this time', wholeNumber(1, 3_600))
    .option('--rate <number>', 'maximum number of runs started per second', wholeNumber(1, 200), 25)
    .option('--restart-command <command>', 'restarts the server where the scenario says `crashSipServer`')
    .option(
      '--only <side>',
      'pushServer or app: only that one is run, and the other one is yours (see docs/live.md)',
      oneOf('pushServer', 'app'),
    )
    .option('--control-port <port>', 'where the other side is heard on 127.0.0.1', wholeNumber(1, 65_535))
    .option('--control <url>', 'where the other side listens, instead: http://127.0.0.1:PORT', controlUrl)
    .option(
      '--caller <who>',
      'own or external: external waits for the calls of sipp or another phone',
      oneOf('own', 'external'),
      'own',
    )
    .option(
      '--push-service <service>',
      'apns or fcm: what is stood in for, in mode sipServerPushes, where the server is to push',
      oneOf(...pushServiceNames),
    )
    .option('--push-listen <port>', 'where its requests are taken on 127.0.0.1', wholeNumber(1, 65_535))
    .option('--push-certificate <file>', 'certificate (PEM) with which they are taken over TLS and HTTP/2')
    .option('--push-key <file>', 'the key (PEM) of --push-certificate')
    .option('--late <seconds>', 'an alert later than this after the dialling counts as late', wholeNumber(1, 600), 5)
    .option('--from <trace>', 'give every delay the value that it has in a counterexample of `check --output`')
    .option('-o, --output <file>', 'write the trace of the first run that loses a call, or of the first run')
    .option('--pcap <file>', 'write what was sent and received as a capture file (pcapng)')
    .addOption(forceOption())
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(run);
