import type { RoundTrip } from '../live/roundTrip.ts';
import type { Owner } from '../machines/messages.ts';
import type { ModeName } from '../machines/modeVariants.ts';
import type { ServerProfile } from '../machines/serverProfile.ts';
import { everyServerProfile } from '../profiles/furtherServers.ts';
import type { Window } from '../sim/data/window.ts';
import { parseTrace, replay } from '../sim/run/replay.ts';
import type { ElsewhereParty, Scenario } from '../sim/scenario/scenario.ts';
import { resolveScenario } from '../sim/scenarioFile/resolve.ts';
import type { Trace } from '../sim/trace/trace.ts';
import { parseUri } from '../sip/message/uri.ts';
import { isLoopback } from '../sip/transports/allowedHosts.ts';
import type { Remote } from '../sip/transports/transport.ts';
import { only, readScenario, readText, refuse, refuseOutputs } from './files.ts';
import { refuseCallee } from './liveCallee.ts';
import { uriHost } from './liveOptions.ts';
import { type PushCommandOptions, refusePushes } from './livePush.ts';
import { type Adaptation, adapted } from './options.ts';
import type { TlsCommandOptions } from './tlsOptions.ts';

/** What the user said to `ringproof live`, with the defaults filled in. */
export interface LiveCommandOptions extends Adaptation, TlsCommandOptions, PushCommandOptions {
  readonly server: Remote;
  readonly user: string;
  readonly callee?: string;
  readonly domain?: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  readonly mode?: ModeName;
  readonly profile?: ServerProfile;
  readonly runs: number;
  readonly seed: number;
  readonly parallel: number;
  readonly rate: number;
  readonly ramp?: number;
  readonly late: number;
  readonly realNetwork?: boolean;
  readonly iOwnThisAccount?: boolean;
  readonly only?: Owner;
  readonly controlPort?: number;
  readonly control?: URL;
  readonly caller: 'own' | 'external';
  readonly restartCommand?: string;
  readonly from?: string;
  readonly output?: string;
  readonly pcap?: string;
  readonly force?: boolean;
  readonly format: 'text' | 'json';
}

/** What is run: a scenario with seeds, or the delays of a counterexample. */
export interface LivePlan {
  readonly scenario: Scenario;
  readonly counterexample: Trace | null;
}

/** The links to the SIP server as they are, with nothing simulated on top. */
const withoutSimulatedNetwork = (scenario: Scenario): Scenario => withNetwork(scenario, [0, 0]);

/** The scenario with the delays of a network whose round trips were measured: half of one each way. */
export const withRoundTrip = (scenario: Scenario, { lowMs, highMs }: RoundTrip): Scenario =>
  withNetwork(scenario, [Math.floor(lowMs / 2), Math.ceil(highMs / 2)]);

function withNetwork(scenario: Scenario, latencyMs: Window): Scenario {
  const bare = { latencyMs, loss: 0, duplicate: 0 };
  const { callerSip, appSip, pushServerSip } = scenario.links;
  const links = {
    callerSip: { ...callerSip, ...bare },
    appSip: { ...appSip, ...bare },
    pushServerSip: { ...pushServerSip, ...bare },
  };
  return { ...scenario, links: { ...scenario.links, ...links } };
}

/** To the model a WebSocket is the connection below it. */
const carriers = { UDP: 'udp', TCP: 'tcp', TLS: 'tls', WS: 'tcp', WSS: 'tls' } as const;

/** The scenario over the transport of the server that is there. */
function overTransport(scenario: Scenario, { transport }: Remote): Scenario {
  const carried = carriers[transport];
  const { callerSip, appSip, pushServerSip } = scenario.links;
  const reliable = carried === 'udp' ? {} : { loss: 0, duplicate: 0 };
  const on = <Link extends object>(link: Link) => ({ ...link, ...reliable, transport: carried });
  return {
    ...scenario,
    links: { ...scenario.links, callerSip: on(callerSip), appSip: on(appSip), pushServerSip: on(pushServerSip) },
  };
}

/** The scenario to be run. Throws an InputError for what cannot be run against a real server. */
export function planOf(given: string, options: LiveCommandOptions): LivePlan {
  const plan = unjudgedPlan(given, options);
  refuseWhatIsNotReal(plan.scenario, options);
  refuseRestarts(plan.scenario, options);
  refuseCallee(plan.scenario, options);
  refusePushes(plan.scenario, options);
  const elsewhere = elsewhereOf(options);
  if (elsewhere.length === 0) return plan;
  refuseWhatTakesBothSides(plan.scenario, options);
  return { ...plan, scenario: { ...plan.scenario, elsewhere } };
}

/** The parties that are somebody else's software. */
const elsewhereOf = ({ only, caller }: LiveCommandOptions): ElsewhereParty[] => [
  ...(only === undefined ? [] : [only === 'app' ? ('pushServer' as const) : ('app' as const)]),
  ...(caller === 'external' ? ['caller' as const] : []),
];

/** What app and push server would have to agree on beforehand. */
function refuseWhatTakesBothSides({ mode }: Scenario, { only }: LiveCommandOptions): void {
  if (only !== undefined && mode.sharesInstance) {
    refuse(`--only ${only}`, `${mode.name}, in which both sides register one instance-id`, 'a mode without one');
  }
}

function unjudgedPlan(given: string, options: LiveCommandOptions): LivePlan {
  if (options.from !== undefined) {
    const counterexample = replay(parseTrace(readText(options.from), options.from), options.from);
    return { scenario: overTransport(counterexample.scenario, options.server), counterexample };
  }
  const document = adapted(readScenario(given, undefined, { modes: only(options.mode) }), options);
  const overrides = {
    ...(options.mode && { mode: options.mode }),
    ...(options.profile && { server: options.profile }),
  };
  const scenario = overTransport(resolveScenario(document, everyServerProfile, overrides), options.server);
  return { scenario: options.realNetwork ? withoutSimulatedNetwork(scenario) : scenario, counterexample: null };
}

/** What happens to a SIP server in a scenario, and why a run cannot make it happen to a real one. */
const atServer: Readonly<Record<string, readonly [string, string]>> = {
  'sipServer.crash': ['crashSipServer', '--restart-command, which restarts the real server'],
  'nonce.expire': ['expireNonces', 'a scenario without it: no client can make a server forget its nonces'],
  'pushServer.ban': ['banPushServer', 'a scenario without it: what other users do is not in a run'],
  'pushServer.limit': ['limitPushServer', 'a scenario without it: what other users do is not in a run'],
  'password.change': ['changePassword', 'a scenario without it: no client can change a password at a server'],
};

/** What only the model of a server can do, with the reason. */
function refuseWhatIsNotReal(scenario: Scenario, { restartCommand }: LiveCommandOptions): void {
  const { name, steps, noticesNetwork, phones, nodes, registrars, edge, secondServer } = scenario;
  if (phones !== undefined)
    refuse(
      name,
      `\`topology\` with ${phones.length + 1} phones`,
      'a scenario with one phone: a run has one account with one app',
    );
  if (nodes !== undefined)
    refuse(name, '`topology.nodes`', 'a scenario without it: the push server of a run is one process at one address');
  if (registrars !== undefined || edge !== undefined || secondServer !== undefined)
    refuse(name, '`topology` of several servers', 'a scenario without it: a run has the one server that it is given');
  const events = steps.flatMap(({ action }) => ('party' in action ? [action.event.type] : []));
  const [verb, expected] =
    Object.entries(atServer).find(
      ([type]) => events.some((one) => one === type) && !(type === 'sipServer.crash' && restartCommand !== undefined),
    )?.[1] ?? [];
  if (verb !== undefined) refuse(name, `\`${verb}\`, a step of the SIP server`, expected ?? '');
  if (noticesNetwork === false)
    refuse(name, '`noticesNetwork: false`', 'a scenario without it: the connections of a run do not die unnoticed');
}

/** All runs share the server that a command restarts. */
function refuseRestarts({ steps }: Scenario, { restartCommand, runs, parallel, user }: LiveCommandOptions): void {
  if (restartCommand === undefined) return;
  const restarts = steps.some(({ action }) => 'party' in action && action.event.type === 'sipServer.crash');
  if (!restarts) refuse('--restart-command', 'no `crashSipServer` in the scenario', 'a step that restarts the server');
  if (runs > 1 && parallel > 1 && user.includes('%d'))
    refuse(
      '--restart-command',
      `${Math.min(runs, parallel)} runs at once`,
      '--parallel 1: they all have the same server',
    );
}

/** Refuses what cannot be said together, and files that would be written over. */
function refuseContradictions(options: LiveCommandOptions): void {
  const { from, mode, profile, realNetwork, network, push, mitigated, output, pcap, force, user, callee, domain } =
    options;
  const overridden = Object.entries({ mode, profile, 'real-network': realNetwork, network, push, mitigated }).find(
    ([, value]) => value !== undefined,
  );
  if (from !== undefined && overridden !== undefined) {
    refuse(`--from ${from}`, `--${overridden[0]} with it`, 'none: the scenario of the trace is run as it is');
  }
  for (const [option, name] of Object.entries({ user, callee })) {
    if (name === undefined || /^[\w.!~*'()+-]*(%d)?[\w.!~*'()+-]*$/.test(name)) continue;
    refuse(
      `--${option} ${name}`,
      'an invalid user part of a SIP URI',
      'a name, with %d where the number of the run belongs',
    );
  }
  if (domain !== undefined && parseUri(`sip:user@${uriHost(domain)}`) === undefined)
    refuse(`--domain ${domain}`, 'no host of a SIP URI', 'a name such as example.org, or an address');
  refuseOneSided(options);
  refuseOutputs({ '--output': output, '--pcap': pcap }, force === true);
}

/** What goes with one side alone, and what does not. */
function refuseOneSided({ only, control, controlPort, from, caller, user, runs, parallel }: LiveCommandOptions): void {
  const option = only === undefined ? '--caller external' : `--only ${only}`;
  if (from !== undefined && (only !== undefined || caller === 'external'))
    refuse(`--from ${from}`, `${option} with it`, 'all parties, whose delays the counterexample names');
  if (control !== undefined && controlPort !== undefined)
    refuse('--control', '--control-port with it', 'one of them: where the other side listens, or where this one does');
  if (only === undefined && (control !== undefined || controlPort !== undefined))
    refuse(control ? '--control' : '--control-port', 'no --only with it', '--only pushServer or --only app');
  if (only !== undefined && control === undefined && controlPort === undefined)
    refuse(
      `--only ${only}`,
      'no --control-port',
      'the port on 127.0.0.1 at which the other side is heard, or --control',
    );
  const accounts = user.includes('%d') ? parallel : 1;
  if (only !== undefined && runs > accounts)
    refuse(
      `--runs ${runs}`,
      `${accounts} at once with --only`,
      'a run for each account, since both sides begin together',
    );
}

/** On a server elsewhere the account may be somebody's phone, and its bindings are taken away. */
function refuseStrangersAccount({ server, user, iOwnThisAccount }: LiveCommandOptions): void {
  if (iOwnThisAccount || isLoopback(server.host)) return;
  const expected = '--i-own-this-account, since the runs register and unregister it and ring whoever else has it';
  refuse(`--user ${user} on ${server.host}`, 'an account elsewhere', expected);
}

/** Refuses what the user cannot mean, or has to say more clearly, before anything is sent. */
export function refuseUnwanted(options: LiveCommandOptions): void {
  refuseContradictions(options);
  refuseStrangersAccount(options);
}
