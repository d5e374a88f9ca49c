import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { Command } from 'commander';
import { learntProfileText } from '../probe/learntProfile.ts';
import { openSipStack } from '../probe/openSipStack.ts';
import { axesOf } from '../probe/probe.ts';
import { ProbeFailure } from '../probe/probeFailure.ts';
import { agentCount, runSession, type SessionReport } from '../probe/session.ts';
import type { SipStack } from '../probe/sipStack.ts';
import { parseServerProfile } from '../profiles/ownServer.ts';
import type { Account } from '../sip/account.ts';
import { isHost } from '../sip/message/uri.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import type { Remote } from '../sip/transports/transport.ts';
import { recommend, trialsFrom } from '../stretto/advice.ts';
import { type ModesTried, modesAsText } from '../stretto/adviceText.ts';
import { usualSettings } from '../stretto/settings.ts';
import { runJobs } from './checkJobs.ts';
import { refuse, refuseOutputs, writeText } from './files.ts';
import { localAddressTowards, parseServer, passwordFrom, serverText } from './liveOptions.ts';
import { forceOption, oneOf, wholeNumber } from './options.ts';
import { colours, exitCodes, print } from './output.ts';
import { planText } from './probePlan.ts';
import { showFindings, showHolding } from './showProbe.ts';
import { trialJobs } from './trialJobs.ts';

interface Options {
  readonly iOwnThisAccount?: boolean;
  readonly user: string;
  readonly domain?: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  readonly allowRemoveAll?: boolean;
  readonly hold: number;
  readonly limit: number;
  readonly output?: string;
  readonly force?: boolean;
  readonly format: 'text' | 'json';
}

/** How fast the probe goes; nobody notices ten REGISTERs a second. Times in milliseconds. */
const pace = { timing: { firstMs: 1_500, nextMs: 400 }, intervalMs: 100, answerMs: 5_000 } as const;

function refuseWhatCannotBeSent(server: Remote, { user, domain, output, force }: Options): void {
  if (server.transport === 'TLS') refuse(serverText(server), 'TLS', 'transport=udp or transport=tcp');
  if (!/^[\w.!~*'()+-]+$/.test(user))
    refuse(`--user ${user}`, 'an invalid user part of a SIP URI', 'a name such as alice');
  if (domain !== undefined && !isHost(domain)) refuse(`--domain ${domain}`, 'no host', 'a name such as example.org');
  refuseOutputs({ '--output': output }, force === true);
}

/** Ctrl-C and SIGTERM end the probe in good order; a second one at once. */
function endedByUser(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    process.stderr.write('stopping: what the probe has registered is removed; once more leaves it as it is\n');
    controller.abort(new ProbeFailure('stopped', 'you have stopped the probe'));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return controller.signal;
}

async function probeServer(server: Remote, account: Account, options: Options): Promise<SessionReport> {
  const host = await localAddressTowards(server);
  const signal = AbortSignal.any([endedByUser(), AbortSignal.timeout(options.limit * 1_000)]);
  setMaxListeners(0, signal);
  const stacks: SipStack[] = [];
  try {
    for (let count = 0; count < agentCount + 1; count++) stacks.push(await openSipStack(server, { host }));
    const session = {
      ...pace,
      account,
      caller: account,
      allowsRemoveAll: options.allowRemoveAll === true,
      patienceMs: options.hold * 1_000,
      signal,
      instanceId: randomIdentifiers.instance(),
    };
    const tell = ({ topic, says, remark }: { topic: string; says: string | null; remark?: string }) => {
      if (process.stderr.isTTY) process.stderr.write(`${topic}: ${says ?? `unknown (${remark})`}\n`);
    };
    return await runSession(stacks, session, tell);
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

/** The four modes on what was learnt, as `ringproof advise` tries them. */
async function tryModes(profile: string, file: string): Promise<ModesTried> {
  const server = parseServerProfile(profile, file);
  const jobs = availableParallelism();
  const { results } = await runJobs(trialJobs(usualSettings, { server, jobs }), jobs);
  const trials = trialsFrom(results.flat());
  return { recommended: recommend(trials, null), configured: null, server: server.name, wakes: true, trials };
}

/** What is not as it was before the probe, and what may have disturbed it. */
function warnOfTraces({ leftBehind, restorations, strangers }: SessionReport): void {
  for (const contact of leftBehind) {
    process.stderr.write(`the server did not confirm that ${contact} is un-registered; it expires by itself\n`);
  }
  for (const { contact, says } of restorations) process.stderr.write(`${contact} was registered before: ${says}\n`);
  for (const contact of strangers) {
    process.stderr.write(`${contact} registered during the probe: it may have rung in the place of the probe's own\n`);
  }
}

function exitCodeOf({ failure, leftBehind, restorations }: SessionReport): number {
  if (failure?.kind === 'refused') return exitCodes.badInput;
  const isAsFound = leftBehind.length === 0 && restorations.every(({ isRestored }) => isRestored);
  return failure === null && isAsFound ? exitCodes.holds : exitCodes.inconclusive;
}

async function run(server: Remote, options: Options): Promise<void> {
  refuseWhatCannotBeSent(server, options);
  const target = serverText(server);
  const account: Account = {
    user: options.user,
    domain: options.domain ?? server.host,
    password: passwordFrom(options),
  };
  const plan = planText(target, account, { ...options, intervalMs: pace.intervalMs, answerMs: pace.answerMs });
  if (options.format === 'json') process.stderr.write(`${plan}\n`);
  else print(`${plan}\n`);
  if (options.iOwnThisAccount !== true) {
    refuse(
      target,
      'no --i-own-this-account',
      'it, since calls to the account are disturbed meanwhile; nothing was sent',
    );
  }
  const report = await probeServer(server, account, options);
  const { findings, failure } = report;
  const file = options.output ?? 'profile.yaml';
  const profile = learntProfileText(findings, { name: profileName(server), target });
  const tried = failure === null ? await tryModes(profile, file) : null;
  if (options.format === 'json') {
    const { failure: _failure, ...rest } = report;
    const end = failure === null ? { ended: 'complete' } : { ended: failure.kind, why: failure.message };
    print(JSON.stringify({ version: 1, target, ...end, ...rest, axes: axesOf(findings), modes: tried }, null, 1));
  } else if (findings.length > 0) {
    showFindings(findings);
    if (tried !== null) {
      showHolding(tried.trials);
      print(modesAsText(tried, file, colours));
    }
  }
  if (failure !== null) process.stderr.write(`${target}: ${failure.message}\n`);
  warnOfTraces(report);
  if (options.output !== undefined) {
    if (failure === null) writeText(options.output, profile, options.force === true);
    else process.stderr.write(`the probe did not come to its end, so ${options.output} was not written\n`);
  }
  process.exitCode = exitCodeOf(report);
}

const help = `
Registers up to ${agentCount} contacts of its own for one account, calls it, cancels each call, and tells from what the server does
what kind it is: how many bindings, what one too many meets, whom an INVITE reaches. While it runs, calls to the account
ring nowhere. Bindings that it finds it removes by name and registers again at the end; Contact: * is sent only with
--allow-remove-all. Use a test account. Without --i-own-this-account nothing is sent, and the plan is shown.

Exit codes: 0 probed and left as found, 2 bad input, or the server does not take the account, 3 not probed to the end, or
not left as found.

  SIP_PASSWORD=... ringproof probe sip:pbx.example.org --i-own-this-account --user test1 --password-env SIP_PASSWORD \\
    --output pbx.yaml
  ringproof check --profile pbx.yaml`;

/** `ringproof probe`: learns a server profile from a real SIP server. */
export const probeCommand = () =>
  new Command('probe')
    .description('find out what kind of SIP server this is, by registering and calling a test account of yours')
    .argument('<server>', 'sip:HOST[:PORT][;transport=udp|tcp]: nothing is sent to any other host', parseServer)
    .option('--i-own-this-account', 'yes, the account may be used: without it the plan is shown and nothing is sent')
    .requiredOption('--user <name>', 'test account')
    .option('--domain <host>', 'domain of the address of record (default: the host of the server)')
    .option('--password-env <variable>', 'the environment variable that holds the password')
    .option('--password-file <file>', 'the file that holds the password')
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
