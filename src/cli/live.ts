import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { Command } from 'commander';
import { PcapngWriter } from '../capture/pcapngWriter.ts';
import { type AccountProblem, checkAccount, type Refusal, refusalText } from '../live/accountCheck.ts';
import { realClock } from '../live/clock.ts';
import { controlClient } from '../live/control/controlClient.ts';
import { ControlServer } from '../live/control/controlServer.ts';
import type { Counterparts } from '../live/control/counterpart.ts';
import { inLanes, type Pace } from '../live/fleet.ts';
import { runLive } from '../live/liveJob.ts';
import { recordingTap } from '../live/recording.ts';
import { retimed } from '../live/retimed.ts';
import { measureRoundTrip } from '../live/roundTrip.ts';
import type { SessionSetup } from '../live/session.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import { modeTitle } from '../sim/report/modeTitle.ts';
import { SeededSchedule } from '../sim/run/seededSchedule.ts';
import type { WorldDefinition } from '../sim/world/definition.ts';
import type { Account } from '../sip/account.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import type { Tap } from '../sip/transports/transport.ts';
import { refuse, writeText } from './files.ts';
import { elsewhereText, HeardReport } from './heardReport.ts';
import { controlUrl, localAddressTowards, parseServer, passwordFrom, serverText, uriHost } from './liveOptions.ts';
import { type LiveCommandOptions, type LivePlan, planOf, refuseUnwanted, withRoundTrip } from './livePlan.ts';
import type { MeasuredNetwork } from './liveReport.ts';
import { type BindingNote, LiveReport } from './liveReport.ts';
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
import { colours, print } from './output.ts';
import { showHeard } from './showHeard.ts';
import {
  showCompared,
  showDivergences,
  showLateness,
  showNetwork,
  showReproductions,
  showUnknown,
} from './showLive.ts';
import { insecureText, tlsFrom, withTlsOptions } from './tlsOptions.ts';

const accountOf = (
  options: LiveCommandOptions,
  lane: number,
  password: string | null,
  name: string = options.user,
): Account => ({
  user: name.replace('%d', String(lane + 1)),
  domain: uriHost(options.domain ?? options.server.host),
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

/** What all runs of a command have in common. */
interface Surroundings {
  readonly password: string | null;
  readonly session: SessionSetup;
  readonly lanes: number;
  readonly signal: AbortSignal;
}

/** Refuses before anything is counted: a run with an account that is not taken says nothing about calls. */
function refuseAccounts(problems: readonly AccountProblem[], { server }: LiveCommandOptions): void {
  const [first] = problems;
  if (first === undefined) return;
  const others = problems.slice(1).map(({ account, found }) => `${account}: ${found}`);
  const more = others.length === 0 ? '' : `; and so for ${others.length} more (${others.slice(0, 5).join('; ')})`;
  if (first.kind === 'silent') {
    const isTls = server.transport === 'TLS' || server.transport === 'WSS';
    const trusted = isTls ? ', with a certificate for its name that --tls-ca or the usual authorities have signed' : '';
    refuse(serverText(server), first.found + more, `a SIP server that answers${trusted}`);
  }
  refuse(
    `${first.account} on ${serverText(server)}`,
    first.found + more,
    'an account that the server takes: see --user, --domain, --password-env and --password-file',
  );
}

const paceOf = (lanes: number, { rate, ramp }: LiveCommandOptions): Pace => ({
  parallel: lanes,
  perSecond: rate,
  rampMs: ramp === undefined ? undefined : ramp * 1_000,
});

/** Asks for every account whether the server takes it. */
async function checkAccounts({ password, session, lanes, signal }: Surroundings, options: LiveCommandOptions) {
  const pace = paceOf(lanes, options);
  const names = options.callee === undefined ? [options.user] : [options.user, options.callee];
  for (const name of names) {
    const problems = await inLanes(lanes, pace, realClock, signal, (lane) =>
      checkAccount(accountOf(options, lane, password, name), session, randomIdentifiers, realClock),
    );
    refuseAccounts(
      problems.filter((one) => one !== null),
      options,
    );
  }
}

const refusedIn = ({ user }: Account, refusal: Refusal): AccountProblem => ({
  kind: 'refused',
  account: refusal.user ?? user,
  found: `every REGISTER of a run is answered ${refusalText(refusal)}`,
});

/** How a run is given its delays. */
const scheduleOf =
  (index: number, { counterexample }: LivePlan, { seed }: LiveCommandOptions) =>
  (definition: WorldDefinition) => {
    const seeded = new SeededSchedule(definition, seed + index);
    return counterexample === null ? seeded : retimed(counterexample, seeded);
  };

/** What restarts the server, where the user has said so; its failure is said once the command has ended. */
function restartOf({ restartCommand }: LiveCommandOptions): { restartServer?: () => void } {
  if (restartCommand === undefined) return {};
  const restartServer = () => {
    const child = spawn(restartCommand, { shell: true, stdio: 'ignore', detached: true });
    child.once('error', ({ message }) => process.stderr.write(`--restart-command: ${message}\n`));
    child.once('exit', (code) => {
      if (code !== 0) process.stderr.write(`--restart-command: ${restartCommand} ended with ${code}\n`);
    });
    // A command that becomes the server itself outlives the runs.
    child.unref();
  };
  return { restartServer };
}

/** What is predicted for the network that there is. */
async function networkTowards({ scenario }: LivePlan, { session, signal }: Surroundings): Promise<MeasuredNetwork> {
  const roundTrip = await measureRoundTrip(session, randomIdentifiers, realClock, signal);
  return { scenario: roundTrip === null ? scenario : withRoundTrip(scenario, roundTrip), roundTrip };
}

/** So long the other side may take to be there. */
const otherSideWithinMs = 120_000;

/** The other side of every account, or how it is got at. */
async function counterpartsOf(
  options: LiveCommandOptions,
): Promise<{ open: Counterparts; where: string; close: () => Promise<void> }> {
  const side = options.only === 'app' ? 'pushServer' : 'app';
  const { control, controlPort } = options;
  if (control !== undefined) {
    return { open: controlClient(control, side), where: control.href, close: async () => {} };
  }
  const server = await ControlServer.listen(controlPort ?? 0, side).catch((error: NodeJS.ErrnoException) =>
    refuse(`--control-port ${controlPort}`, error.code ?? error.message, 'a port that is free on 127.0.0.1'),
  );
  const where = `http://127.0.0.1:${server.port}`;
  process.stderr.write(`waiting for ${elsewhereText([side])} at ${where}/accounts/USER/messages\n`);
  return { open: (user, signal) => server.counterpart(user, signal), where, close: () => server.close() };
}

/** Runs in which some parties are somebody else's software: with one side alone, each begins when the other is there. */
async function runHeard(plan: LivePlan, options: LiveCommandOptions, around: Surroundings): Promise<HeardReport> {
  const { scenario } = plan;
  const report = new HeardReport(scenario);
  const { session, lanes, signal, password } = around;
  const counterparts = options.only === undefined ? null : await counterpartsOf(options);
  const late = AbortSignal.any([signal, AbortSignal.timeout(otherSideWithinMs)]);
  try {
    await inLanes(options.runs, paceOf(lanes, options), realClock, signal, async (index, lane) => {
      const schedule = scheduleOf(index, plan, options);
      const account = accountOf(options, counterparts === null ? lane : index, password);
      const counterpart = counterparts?.open(account.user, late);
      if (counterpart !== undefined && !(await counterpart.isThere)) {
        counterpart.close();
        if (signal.aborted) return;
        refuse(
          counterparts?.where ?? '',
          `nobody there for ${account.user} within ${otherSideWithinMs / 1_000} s`,
          'the other side, which asks for messages',
        );
      }
      const job = { scenario, schedule, account, session, identifiers: randomIdentifiers, clock: realClock, signal };
      const result = await runLive({ ...job, ...(counterpart && { counterpart }), ...restartOf(options) });
      if (result.refusal !== null && !result.isInterrupted)
        refuseAccounts([refusedIn(account, result.refusal)], options);
      report.add(schedule, result, counterpart?.problems ?? []);
    });
  } finally {
    await counterparts?.close();
  }
  return report;
}

async function runAll(plan: LivePlan, options: LiveCommandOptions, around: Surroundings): Promise<LiveReport> {
  const { scenario } = plan;
  const network = options.realNetwork ? await networkTowards(plan, around) : null;
  const report = new LiveReport(plan, options.late * 1_000, network);
  const refused = new AbortController();
  const signal = AbortSignal.any([around.signal, refused.signal]);
  const problems: AccountProblem[] = [];
  const pace = paceOf(around.lanes, options);
  await inLanes(options.runs, pace, realClock, signal, async (index, lane) => {
    const schedule = scheduleOf(index, plan, options);
    const account = accountOf(options, lane, around.password);
    const { session } = around;
    const given = { scenario, schedule, account, session, identifiers: randomIdentifiers, clock: realClock, signal };
    const { callee: called } = options;
    const callee = called === undefined ? undefined : accountOf(options, lane, around.password, called);
    const result = await runLive({ ...given, callee, ...restartOf(options) });
    if (result.refusal !== null && !result.isInterrupted) {
      problems.push(refusedIn(account, result.refusal));
      refused.abort();
    } else report.add(schedule, result);
  });
  refuseAccounts(problems, options);
  return report;
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
  const around = { password, session, lanes, signal };
  try {
    await checkAccounts(around, options);
    return await (plan.scenario.elsewhere === undefined ? runAll : runHeard)(plan, options, around);
  } finally {
    await close();
  }
}

/** What the runs were made of, in the JSON of either report. */
const headOf = ({ scenario }: LivePlan, options: LiveCommandOptions) => ({
  version: 1,
  ...{ scenario: scenario.name, mode: scenario.mode.name, profile: scenario.server.name },
  ...(options.insecureTls && { tls: insecureText }),
});

const titleOf = ({ scenario }: LivePlan, runs: number, options: LiveCommandOptions): string =>
  `${scenario.name}, ${modeTitle(scenario.mode.name as ModeName)}, ${runs} runs against ${serverText(options.server)}`;

function showHeardRuns(plan: LivePlan, report: HeardReport, options: LiveCommandOptions): void {
  const { runs, bindings } = report;
  const elsewhere = plan.scenario.elsewhere ?? [];
  if (options.format === 'json') {
    print(JSON.stringify({ ...headOf(plan, options), elsewhere, runs, unknown: report.unknown(), bindings }, null, 1));
    return;
  }
  print(`${titleOf(plan, runs.length, options)}; somebody else is ${elsewhereText(elsewhere)}`);
  if (options.insecureTls) print(`  ${colours.yellow(insecureText)}`);
  showHeard(report, elsewhere);
  showLateness(report.latenessMs);
}

function show(plan: LivePlan, report: LiveReport, options: LiveCommandOptions): void {
  const { scenario } = plan;
  const { comparison, divergences, reproductions, latenessMs, network } = report;
  const unknown = report.unknown();
  if (options.format === 'json') {
    const { bindings } = report;
    const measured = network === null ? {} : { roundTrip: network.roundTrip };
    const of = { ...headOf(plan, options), ...measured, comparison, unknown, divergences, reproductions, bindings };
    print(JSON.stringify(of, null, 1));
    return;
  }
  print(`${titleOf(plan, latenessMs.length, options)} taken for ${scenario.server.name}`);
  if (options.insecureTls) print(`  ${colours.yellow(insecureText)}`);
  if (network !== null) showNetwork(network.roundTrip, comparison);
  showCompared(comparison);
  if (reproductions.length > 0) showReproductions(reproductions);
  showLateness(latenessMs);
  showDivergences(report.counted, latenessMs.length);
  showUnknown(unknown);
}

function warnOfBindings(notes: readonly BindingNote[]): void {
  for (const { account, left, strangers, foreignCalls } of notes) {
    if (foreignCalls.count > 0) {
      process.stderr.write(
        `${account}: ${foreignCalls.count} calls of somebody else came meanwhile (${foreignCalls.from.join(', ')}) and were answered 486\n`,
      );
    }
    if (strangers > 0) {
      process.stderr.write(
        `${account}: ${strangers} contacts of somebody else are registered, and calls may have rung there\n`,
      );
    }
    if (left.length > 0)
      process.stderr.write(`${account}: the server did not confirm that ${left.join(', ')} is unregistered\n`);
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
    .description(
      'run app, push server and caller over real sockets against a real SIP server, beside what the model predicts',
    )
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
    .option('--late <seconds>', 'an alert later than this after the dialling counts as late', wholeNumber(1, 600), 5)
    .option('--from <trace>', 'give every delay the value that it has in a counterexample of `check --output`')
    .option('-o, --output <file>', 'write the trace of the first run that loses a call, or of the first run')
    .option('--pcap <file>', 'write what was sent and received as a capture file (pcapng)')
    .addOption(forceOption())
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .action(run);
