import { setMaxListeners } from 'node:events';
import process from 'node:process';
import { Command } from 'commander';
import { isOpen } from '../probe/experiment.ts';
import { learntProfileText, type Origin } from '../probe/learntProfile.ts';
import { openSipStack } from '../probe/openSipStack.ts';
import { axesOf } from '../probe/probe.ts';
import { ProbeFailure } from '../probe/probeFailure.ts';
import { agentCount, runSession, type SessionReport } from '../probe/session.ts';
import type { SipStack } from '../probe/sipStack.ts';
import { isHost } from '../sip/message/uri.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import type { Remote } from '../sip/transports/transport.ts';
import { modesAsText } from '../stretto/adviceText.ts';
import { refuse, refuseOutputs, writeText } from './files.ts';
import { allPasteable } from './invocation.ts';
import { localAddressTowards, parseServer, serverText } from './liveOptions.ts';
import { tryModes } from './modesOnLearnt.ts';
import { forceOption, oneOf, wholeNumber } from './options.ts';
import { colours, exitCodes, print } from './output.ts';
import { type Calling, type CallingOptions, callingFrom } from './probeCalling.ts';
import { planText } from './probePlan.ts';
import { showAssumed, showFindings, showHolding } from './showProbe.ts';
import { insecureText, type TlsCommandOptions, tlsFrom, withTlsOptions } from './tlsOptions.ts';

interface Options extends CallingOptions, TlsCommandOptions {
  readonly iOwnThisAccount?: boolean;
  readonly allowRemoveAll?: boolean;
  readonly answer?: boolean;
  readonly ringWait: number;
  readonly timeout: number;
  readonly hold: number;
  readonly limit: number;
  readonly output?: string;
  readonly force?: boolean;
  readonly format: 'text' | 'json';
}

/** How fast the probe goes; nobody notices ten REGISTERs a second. Milliseconds. */
const intervalMs = 100;

function refuseUser(option: string, user: string | undefined): void {
  if (user === undefined || /^[\w.!~*'()+-]+$/.test(user)) return;
  refuse(`${option} ${user}`, 'an invalid user part of a SIP URI', 'a name such as alice');
}

function refuseWhatCannotBeSent(options: Options): void {
  const { user, caller, domain, output, force } = options;
  refuseUser('--user', user);
  refuseUser('--caller', caller);
  if (caller === undefined && (options.callerPasswordEnv ?? options.callerPasswordFile) !== undefined)
    refuse('a password of the caller', 'no --caller', '--caller NAME with it');
  if (domain !== undefined && !isHost(domain)) refuse(`--domain ${domain}`, 'no host', 'a name such as example.org');
  refuseOutputs({ '--output': output }, force === true);
}

const stopping = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C, SIGTERM and a terminal that is closed end the probe in good order; a second one at once. */
function endedByUser(): AbortSignal {
  const controller = new AbortController();
  let isStopping = false;
  const stop = () => {
    // A terminal that goes may say so more than once; whoever types Ctrl-C twice means it.
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
    if (isStopping) return;
    isStopping = true;
    process.stderr.write('stopping: what the probe has registered is removed; once more leaves it as it is\n');
    controller.abort(new ProbeFailure('stopped', 'you have stopped the probe'));
  };
  for (const signal of stopping) process.on(signal, stop);
  // A terminal that is gone takes no text any more; the bindings are removed all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return controller.signal;
}

/** Nothing was done. */
const failed = (failure: ProbeFailure): SessionReport => ({
  ...{ findings: [], leftBehind: [], restorations: [], strangers: [], doubts: [] },
  ...{ requests: 0, failure },
});

async function probeServer(server: Remote, calling: Calling, options: Options): Promise<SessionReport> {
  const tls = tlsFrom(server, options);
  const host = await localAddressTowards(server);
  const signal = AbortSignal.any([endedByUser(), AbortSignal.timeout(options.limit * 1_000)]);
  setMaxListeners(0, signal);
  const stacks: SipStack[] = [];
  try {
    for (let count = 0; count < agentCount + 1; count++) {
      stacks.push(await openSipStack(server, { host, ...(tls && { tls }) }));
    }
    const ringWaitMs = options.ringWait * 1_000;
    const session = {
      ...calling,
      allowsRemoveAll: options.allowRemoveAll === true,
      answers: options.answer === true,
      patienceMs: options.hold * 1_000,
      ringWaitMs,
      timing: { firstMs: ringWaitMs, nextMs: 400 },
      intervalMs,
      answerMs: options.timeout * 1_000,
      signal,
      instanceId: randomIdentifiers.instance(),
    };
    const tell = ({ topic, says, remark }: { topic: string; says: string | null; remark?: string }) => {
      if (process.stderr.isTTY) process.stderr.write(`${topic}: ${says ?? `unknown (${remark})`}\n`);
    };
    return await runSession(stacks, session, tell);
  } catch (error) {
    if (error instanceof ProbeFailure) return failed(error);
    throw error;
  } finally {
    await Promise.all(stacks.map((stack) => stack.close()));
  }
}

/** A profile needs a name of its own: lower-case words joined by hyphens. */
const profileName = ({ host }: Remote): string =>
  `probed-${host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}`;

/** What a profile says of where it comes from. */
const originOf = (server: Remote): Origin => ({ name: profileName(server), target: serverText(server) });

/** What is not as it was before the probe, what may have disturbed it, and what of that cannot be known. */
function warnOfTraces({ leftBehind, restorations, strangers, doubts }: SessionReport): void {
  const warn = (text: string) => process.stderr.write(`${text}\n`);
  for (const contact of leftBehind)
    warn(`${contact} may still be registered: its un-REGISTER was not confirmed, or did nothing; it expires by itself`);
  for (const { contact, says } of restorations) warn(`${contact} was registered before: ${says}`);
  for (const contact of strangers)
    warn(`${contact} registered during the probe: it may have rung in the place of the probe's own`);
  for (const doubt of doubts) warn(doubt);
}

/** What was not seen is not fine. */
function exitCodeOf({ failure, findings, leftBehind, restorations, strangers, doubts }: SessionReport): number {
  if (failure?.kind === 'refused') return exitCodes.badInput;
  const isAsFound = leftBehind.length === 0 && restorations.every(({ isRestored }) => isRestored);
  const isKnown = !findings.some(isOpen) && strangers.length === 0 && doubts.length === 0;
  return failure === null && isAsFound && isKnown ? exitCodes.holds : exitCodes.inconclusive;
}

async function showReport(report: SessionReport, server: Remote, options: Options) {
  const { format, output = 'profile.yaml', insecureTls } = options;
  const { findings, failure } = report;
  const target = serverText(server);
  const tried = failure === null ? await tryModes(findings, originOf(server), output) : null;
  if (format === 'json') {
    const { failure: _failure, ...rest } = report;
    const end = failure === null ? { ended: 'complete' } : { ended: failure.kind, why: failure.message };
    const tls = insecureTls ? { tls: insecureText } : {};
    print(
      JSON.stringify({ version: 1, target, ...tls, ...end, ...rest, axes: axesOf(findings), modes: tried }, null, 1),
    );
  } else if (findings.length > 0) {
    if (insecureTls) print(colours.yellow(`${insecureText}\n`));
    showFindings(findings);
    if (tried === null) return;
    showHolding(tried.trials);
    showAssumed(tried);
    print(allPasteable(modesAsText(tried, output, colours)));
  }
}

async function run(server: Remote, options: Options): Promise<void> {
  refuseWhatCannotBeSent(options);
  const target = serverText(server);
  const calling = callingFrom(server, options);
  const plan = planText(target, calling, { ...options, intervalMs });
  if (options.format === 'json') process.stderr.write(`${plan}\n`);
  else print(`${plan}\n`);
  if (options.iOwnThisAccount !== true) {
    refuse(
      target,
      'no --i-own-this-account',
      'it, since calls to the account are disturbed meanwhile; nothing was sent',
    );
  }
  const report = await probeServer(server, calling, options);
  await showReport(report, server, options);
  const { failure, findings } = report;
  if (failure !== null) process.stderr.write(`${target}: ${failure.message}\n`);
  warnOfTraces(report);
  if (options.output !== undefined) {
    const profile = learntProfileText(findings, originOf(server));
    if (failure === null) writeText(options.output, profile, options.force === true);
    else process.stderr.write(`the probe did not come to its end, so ${options.output} was not written\n`);
  }
  process.exitCode = exitCodeOf(report);
}

const help = `
Registers up to ${agentCount} contacts of its own for one account, calls it, cancels each call, and tells from what the server does
what kind it is: how many bindings, what one too many meets, whom an INVITE reaches. First it makes sure that a call reaches
a registered contact at all; otherwise nobody ringing means nothing. What is odd is tried again. While it runs, calls to the
account ring nowhere. Bindings that it finds it removes by name and registers again at the end; Contact: * is sent only with
--allow-remove-all. Use a test account. Without --i-own-this-account nothing is sent, and the plan is shown.

Exit codes: 0 every question is answered and the account is left as found, 2 bad input, or the server does not take the
account, 3 something is not known: a question without an answer, not probed to the end, not (or not certainly) left as found.

  SIP_PASSWORD=... ringproof probe sip:pbx.example.org --i-own-this-account --user test1 --password-env SIP_PASSWORD \\
    --output pbx.yaml
  ringproof check --profile pbx.yaml`;

/** `ringproof probe`: learns a server profile from a real SIP server. */
export const probeCommand = () =>
  withTlsOptions(new Command('probe'))
    .argument(
      '<server>',
      'sip:HOST[:PORT][;transport=udp|tcp|tls|ws|wss], or ws://HOST[:PORT]/PATH: nothing is sent to any other host',
      parseServer,
    )
    .option('--i-own-this-account', 'yes, the account may be used: without it the plan is shown and nothing is sent')
    .requiredOption('--user <name>', 'test account')
    .option('--domain <host>', 'domain of the address of record (default: the host of the server)')
    .option('--password-env <variable>', 'the environment variable that holds the password')
    .option('--password-file <file>', 'the file that holds the password')
    .option('--caller <name>', 'another account that calls (default: the account calls itself)')
    .option('--caller-password-env <variable>', 'the environment variable that holds its password')
    .option('--caller-password-file <file>', 'the file that holds its password')
    .option('--call-to <number>', 'what is dialled to reach the account: a number, a name or a SIP URI')
    .option('--answer', 'also let one call be answered, and end it at once')
    .option('--ring-wait <seconds>', 'how long a ring may take, and a call ring on', wholeNumber(1, 120), 20)
    .option('--timeout <seconds>', 'how long to wait for the answer to a REGISTER', wholeNumber(1, 60), 5)
    .option('--allow-remove-all', 'also try Contact: *, which un-registers every device of the account')
    .option(
      '--hold <seconds>',
      'how long to wait whether a call with nobody registered is held',
      wholeNumber(1, 600),
      40,
    )
    .option('--limit <seconds>', 'time limit of the probe', wholeNumber(1, 3_600), 300)
    .option('-o, --output <file>', 'write what was learnt as a server profile, for `ringproof check --profile`')
    .addOption(forceOption())
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', help)
    .action(run);
