import type { ClientHabits } from '../../machines/clientHabits.ts';
import { partyNames, type Role } from '../../machines/messages.ts';
import { everyMode, type ModeName } from '../../machines/modeVariants.ts';
import { partiesOf, partyOf, roleOf } from '../../machines/phones.ts';
import type { RegistrationMode } from '../../machines/registrationModes.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import { parseDurationMs } from '../data/duration.ts';
import type { Window } from '../data/window.ts';
import {
  type Fault,
  type Limits,
  type Link,
  type LinkName,
  linkNames,
  type PhoneSettings,
  type Scenario,
  type ScenarioStep,
  type SuspendedSockets,
} from '../scenario/scenario.ts';
import type { ScenarioDocument } from './document.ts';
import { refuseOtherModes } from './nodes.ts';
import { type Preset, presetsOf } from './presets.ts';
import { lawOf, talkOf, workloadOf } from './resolvedWorkload.ts';
import { documentsOfOthers, phonesIn } from './topology.ts';
import { actionOf } from './verbs.ts';

/** The server profiles that a scenario can name. */
export type ServerCatalogue = Readonly<Record<string, ServerProfile>>;

/** What a single run sets in place of what the scenario says. */
export interface ScenarioOverrides {
  readonly mode?: ModeName | RegistrationMode;
  readonly server?: ServerProfile;
}

/**
 * The links unless a scenario says otherwise: a phone on LTE or Wi-Fi, servers in data centres.
 * Push latency: Apple's VoIP pushes take about 0.8 s on average and 2 s at the 95th percentile.
 */
export const defaultLinks: Readonly<Record<LinkName, Link>> = {
  callerSip: { transport: 'udp', latencyMs: [5, 30], loss: 0, duplicate: 0, reachable: true },
  appSip: { transport: 'udp', latencyMs: [30, 80], loss: 0, duplicate: 0, reachable: true },
  pushServerSip: { transport: 'udp', latencyMs: [5, 20], loss: 0, duplicate: 0, reachable: true },
  control: { transport: 'https', latencyMs: [40, 120], loss: 0, duplicate: 0, reachable: true },
  pushRequest: { transport: 'https', latencyMs: [20, 80], loss: 0, duplicate: 0, reachable: true },
  notification: { transport: 'push', latencyMs: [300, 2_000], loss: 0, duplicate: 0, reachable: true },
};

/** RFC 5626 4.5: a random 50 to 100 % of 30 s, doubling with each failure up to 1800 s. */
const backOffs: Record<string, Window> = Object.fromEntries(
  [60_000, 120_000, 240_000, 480_000, 960_000, 1_800_000].map((ms, index) => [`backOff${index + 1}`, [ms / 2, ms]]),
);

/** RFC 5626 4.4.1: 95 to 120 s over connections, so that not all clients ping at once. */
const pings: Readonly<Record<string, Window>> = { keepAliveInterval: [95_000, 120_000] };

/** Windows of the delays that vary by nature; RFC 3261 timers and the product's own are exact. */
const defaultTiming: Readonly<Partial<Record<Role, Record<string, Window>>>> = {
  caller: { otherDeviceReaction: [4_000, 12_000], calleeReaction: [2_000, 6_000] },
  app: {
    coldStart: [800, 2_500],
    resume: [100, 500],
    userReaction: [2_000, 6_000],
    ...backOffs,
  },
  pushServer: backOffs,
};

/** Bounds of the properties unless a scenario says otherwise. */
const usualLimits: Limits = {
  blackoutMs: 5_000,
  ringStopMs: 5_000,
  // RFC 3261 13.3.1.4, 17.1.2.2: 64*T1, after which an unacknowledged 200 and an unanswered BYE are given up.
  connectMs: 32_000,
  endsAgreeMs: 32_000,
  beliefMs: 5_000,
  logoutMs: 10_000,
  registers: null,
};

/** How long a run goes on after its last step: a caller's patience, a ring time and what follows them. */
const afterLastStepMs = 100_000;

function ms(text: string): number {
  const value = parseDurationMs(text);
  if (value === null) throw new RangeError(`${text} is not a duration`);
  return value;
}

/** A delay or a date as it is written, in milliseconds. */
export const windowOf = (value: string | readonly [string, string]): Window =>
  typeof value === 'string' ? [ms(value), ms(value)] : [ms(value[0]), ms(value[1])];

/** A scenario that says how long the messages of a link take leaves nothing of the preset's law. */
function withoutLaw(usual: Link, preset: Partial<Link>, isSaid: boolean): Link {
  const { law, ...rest } = preset;
  return { ...usual, ...rest, ...(!isSaid && law && { law }) };
}

type LinkDocument = NonNullable<NonNullable<ScenarioDocument['links']>[LinkName]>;

/** What a link's `latency` and `law` say: a law alone has its own ends for a window. */
export function ownLatency(
  latency: LinkDocument['latency'],
  law: LinkDocument['law'],
): Partial<Pick<Link, 'latencyMs' | 'law'>> {
  if (law === undefined) return latency === undefined ? {} : { latencyMs: windowOf(latency) };
  const { quantiles } = lawOf(law);
  const ends: Window = [quantiles[0]?.[1] ?? 0, quantiles.at(-1)?.[1] ?? 0];
  return { latencyMs: latency === undefined ? ends : windowOf(latency), law: { quantiles } };
}

/** What the scenario says of its phone. */
export function phoneSettings(document: ScenarioDocument): PhoneSettings {
  const presets = presetsOf(document);
  const arrives = presets.every(({ notificationsAvailable }) => notificationsAvailable !== false);
  return {
    user: document.user ?? 'answers',
    unreportedPush: document.unreportedPush ?? 'tolerated',
    reportsPush: document.reportsPush ?? 'atOnce',
    ...(document.pushProvider === 'unsupported' && { pushProvider: document.pushProvider }),
    suspendedSockets: document.suspendedSockets ?? suspendedSocketsOf(presets),
    notificationsAvailable: document.notifications === undefined ? arrives : document.notifications === 'available',
    links: resolvedLinks(document, presets),
    timing: resolvedTiming(document, presets),
  };
}

function resolvedLinks(document: ScenarioDocument, presets: readonly Preset[]): Record<LinkName, Link> {
  const link = (name: LinkName): Link => {
    const { latency, law, ...rest } = document.links?.[name] ?? {};
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    const preset = Object.assign({}, ...presets.map(({ links }) => links?.[name])) as Partial<Link>;
    return { ...withoutLaw(defaultLinks[name], preset, latency !== undefined), ...given, ...ownLatency(latency, law) };
  };
  return Object.fromEntries(linkNames.map((name) => [name, link(name)])) as Record<LinkName, Link>;
}

/** How long the calls of a workload last; null where nothing is said of it. */
function talkIn({ workload }: ScenarioDocument): Window | null {
  if (workload === undefined) return null;
  const own = typeof workload === 'string' ? undefined : workload.talk;
  return own === undefined ? talkOf(workload) : windowOf(own);
}

function resolvedTiming(document: ScenarioDocument, presets: readonly Preset[]): Record<Role, Record<string, Window>> {
  const talk = talkIn(document);
  const timing = (party: Role) => ({
    ...defaultTiming[party],
    ...((party === 'app' || party === 'pushServer') && document.keepAlive?.[party] && pings),
    ...(Object.assign({}, ...presets.map(({ timing: known }) => known?.[party])) as Record<string, Window>),
    ...((party === 'caller' || party === 'app') && talk !== null && { talk }),
    ...Object.fromEntries(
      Object.entries(document.timing?.[party] ?? {}).flatMap(([delay, value]) =>
        value === undefined ? [] : [[delay, windowOf(value)]],
      ),
    ),
  });
  return Object.fromEntries(partyNames.map((party) => [party, timing(party)])) as Record<Role, Record<string, Window>>;
}

/** What there is more than one of, besides phones. */
function resolvedTopology({ topology }: ScenarioDocument): Partial<Scenario> {
  const { nodes, registrars, edge, secondServer } = topology ?? {};
  return {
    ...(nodes && {
      nodes: {
        address: nodes.address ?? 'shared',
        state: nodes.state ?? 'shared',
        onStop: nodes.onStop ?? 'leaves',
        leaseMs: nodes.lease === undefined ? null : ms(nodes.lease),
      },
    }),
    ...(registrars && { registrars: { lagMs: ms(registrars.lag), order: registrars.order ?? 'any' } }),
    ...(edge && { edge: { tellsMs: ms(edge.tells) } }),
    ...(secondServer && {
      secondServer: {
        location: secondServer.location ?? 'own',
        dead: secondServer.dead ?? 'silent',
        triedBy: secondServer.triedBy ?? 'both',
      },
    }),
  };
}

/** What a step does. The push server is one process for all phones: what befalls it befalls each of them at once. */
function resolvedSteps(document: ScenarioDocument['steps'][number], phones: number): ScenarioStep[] {
  const action = actionOf(document);
  const step: ScenarioStep = {
    from: document.at === undefined ? 'previous' : 'start',
    afterMs: windowOf(document.at ?? document.after ?? '0s'),
    action,
  };
  if (document.do !== 'crashPushServer' || !('event' in action)) return [step];
  const others = partiesOf(phones).filter((party) => roleOf(party) === 'pushServer' && party !== 'pushServer');
  return [
    step,
    ...others.map(
      (party): ScenarioStep => ({ from: 'previous', afterMs: [0, 0], action: { party, event: action.event } }),
    ),
  ];
}

/** Who logs in after the password has been changed uses the new one; which step comes first is the order of the file. */
function withPasswords(steps: readonly ScenarioStep[]): readonly ScenarioStep[] {
  const changed = steps.findIndex(({ action }) => 'event' in action && action.event.type === 'password.change');
  return steps.map((step, index) => {
    const { action } = step;
    if (changed < 0 || index < changed || !('event' in action)) return step;
    const { event } = action;
    if (event.type !== 'user.logIn' && event.type !== 'user.reinstall') return step;
    return { ...step, action: { ...action, event: { ...event, password: 'changed' } } };
  });
}

const resolvedFault = ({
  latency,
  occurrence,
  phone = 1,
  ...fault
}: NonNullable<ScenarioDocument['faults']>[number]): Fault => ({
  do: fault.do,
  message: fault.message,
  occurrence: occurrence ?? 1,
  ...(fault.from && { from: partyOf(fault.from, phone) }),
  ...(fault.to && { to: partyOf(fault.to, phone) }),
  ...(latency && { latencyMs: windowOf(latency) }),
});

function resolvedLimits({ limits }: ScenarioDocument): Limits {
  const given = (text: string | undefined, usualMs: number) => (text === undefined ? usualMs : ms(text));
  return {
    blackoutMs: given(limits?.blackout, usualLimits.blackoutMs),
    ringStopMs: given(limits?.ringStop, usualLimits.ringStopMs),
    connectMs: given(limits?.connect, usualLimits.connectMs),
    endsAgreeMs: given(limits?.endsAgree, usualLimits.endsAgreeMs),
    beliefMs: given(limits?.belief, usualLimits.beliefMs),
    logoutMs: given(limits?.logout, usualLimits.logoutMs),
    registers: limits?.registers ?? usualLimits.registers,
  };
}

/** The latest date of the last step, in milliseconds from the start. */
function lastStepMs(steps: readonly ScenarioStep[]): number {
  let previousMs = 0;
  let lastMs = 0;
  for (const { from, afterMs } of steps) {
    previousMs = (from === 'previous' ? previousMs : 0) + afterMs[1];
    lastMs = Math.max(lastMs, previousMs);
  }
  return lastMs;
}

/** What differs from what the RFC has; nothing where nothing does. */
function resolvedHabits(document: ScenarioDocument): Pick<Scenario, 'habits'> {
  const { afterTooBrief, afterRetryLater, afterSilence, readsExpires, keepsCallId, afterUnsupported } = document;
  const habits: ClientHabits = {
    ...(afterTooBrief && afterTooBrief !== 'asksForMinimum' && { afterTooBrief }),
    ...(afterRetryLater && afterRetryLater !== 'waits' && { afterRetryLater }),
    ...(afterSilence === 'givesUp' && { afterSilence }),
    ...(afterUnsupported && afterUnsupported !== 'registersWithout' && { afterUnsupported }),
    ...(readsExpires && readsExpires !== 'own' && { readsExpires }),
    ...(keepsCallId && { keepsCallId }),
  };
  return Object.keys(habits).length === 0 ? {} : { habits };
}

/** Where no preset says so, the phone is an iPhone: the usual windows of a push are Apple's. */
const suspendedSocketsOf = (presets: readonly Preset[]): SuspendedSockets =>
  presets.findLast(({ suspendedSockets }) => suspendedSockets !== undefined)?.suspendedSockets ?? 'defunct';

/**
 * A scenario with all its defaults filled in, in the mode and on the server of the overrides, or else in those that it names.
 * Throws a RangeError for a server that is not catalogued.
 */
export function resolveScenario(
  document: ScenarioDocument,
  servers: ServerCatalogue,
  overrides: ScenarioOverrides = {},
): Scenario {
  const serverName = document.server ?? 'multi';
  const server = overrides.server ?? servers[serverName];
  if (server === undefined) throw new RangeError(`there is no server profile ${serverName}`);
  return scenarioIn(document, overrides.mode ?? document.mode ?? 'standard', server);
}

/**
 * A scenario with all its defaults filled in, in that mode on that server, whichever it names itself. Throws an InputError for
 * a mode that is not for the nodes that it has.
 */
export function scenarioIn(
  document: ScenarioDocument,
  mode: ModeName | RegistrationMode,
  server: ServerProfile,
): Scenario {
  const modeOfRun = typeof mode === 'string' ? everyMode[mode] : mode;
  refuseOtherModes(document, modeOfRun);
  const phones = phonesIn(document).length;
  const steps = withPasswords(document.steps.flatMap((step) => resolvedSteps(step, phones)));
  const phone = phoneSettings(document);
  return {
    name: document.name,
    title: document.title,
    mode: modeOfRun,
    server,
    delivery: document.delivery ?? 'overConnection',
    autoSend180: document.autoSend180 ?? false,
    repeatsPush: document.repeatsPush ?? false,
    user: phone.user,
    declinesWith: document.declinesWith ?? 603,
    callWaiting: document.callWaiting ?? true,
    endsCall: document.endsCall ?? 'caller',
    followsNetwork: document.followsNetwork ?? true,
    ...(document.sessionTimers && {
      sessionTimers: {
        intervalMs: ms(document.sessionTimers.interval ?? '1800s'),
        refresher: document.sessionTimers.refresher ?? 'caller',
      },
    }),
    ...(document.keepAlive && {
      keepAlive: { app: document.keepAlive.app ?? false, pushServer: document.keepAlive.pushServer ?? false },
    }),
    ...(document.noticesNetwork === false && { noticesNetwork: false }),
    ...(document.refreshesOnPush === false && { refreshesOnPush: false }),
    ...(phone.pushProvider && { pushProvider: phone.pushProvider }),
    ...(document.withoutPushes === 'staysAwake' && { withoutPushes: document.withoutPushes }),
    otherDevice: document.otherDevice ?? null,
    unreportedPush: phone.unreportedPush,
    reportsPush: phone.reportsPush,
    readsContacts: document.readsContacts ?? 'own',
    afterForbidden: document.afterForbidden ?? 'backsOff',
    ...resolvedHabits(document),
    suspendedSockets: phone.suspendedSockets,
    notificationsAvailable: phone.notificationsAvailable,
    replacesToken: document.replacesToken ?? true,
    pushEnabled: document.pushEnabled ?? true,
    natEmulation: document.natEmulation ?? false,
    refreshes: {
      app: document.refresh?.app ?? 'beforeExpiry',
      pushServer: document.refresh?.pushServer ?? 'beforeExpiry',
    },
    askedExpiresMs: {
      app: ms(document.expires?.app ?? '600s'),
      pushServer: ms(document.expires?.pushServer ?? '600s'),
    },
    links: phone.links,
    timing: phone.timing,
    ...(phones > 1 && { phones: documentsOfOthers(document).map(phoneSettings) }),
    ...(document.workload !== undefined && { workload: workloadOf(document.workload) }),
    ...resolvedTopology(document),
    steps,
    faults: (document.faults ?? []).map(resolvedFault),
    limits: resolvedLimits(document),
    untilMs: document.until === undefined ? lastStepMs(steps) + afterLastStepMs : ms(document.until),
  };
}
