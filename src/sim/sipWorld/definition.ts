import type { AnyStateMachine } from 'xstate';
import { type Contact, type PartyName, partyNames, senderOf } from '../../machines/messages.ts';
import { type PartyConfigurations, type PartyMachines, partyDelays, partyMachines } from '../../machines/parties.ts';
import { otherDeviceAsksMs } from '../../machines/registrar.ts';
import { isPushedByServer, withoutPushServer } from '../../machines/registrationModes.ts';
import { grantedExpiresMs, toldExpiresMs } from '../../machines/serverProfile.ts';
import {
  type SessionRefresher,
  type SessionRole,
  sessionExpiryMs,
  sessionRefreshMs,
} from '../../machines/sessionTimer.ts';
import { silentMachine } from '../../machines/silentMachine.ts';
import { canonical } from '../data/canonical.ts';
import type { Window } from '../data/window.ts';
import { properties } from '../properties/properties.ts';
import { type LinkName, linkEndsIn, linkNames, type Scenario, type Transport } from '../scenario/scenario.ts';
import { eventTable } from '../system/eventTable.ts';
import { stepCause } from '../world/causes.ts';
import type { CompiledStep, WorldDefinition } from '../world/definition.ts';
import { linksAmong } from '../world/linkOf.ts';
import type { Around } from '../world/machineTable.ts';
import { PartyTable } from '../world/partyTable.ts';
import { sipLinks } from './links.ts';
import { isSeen } from './seen.ts';
import { hasConnections, type TransportConfiguration, TransportLayer } from './transport.ts';

/** The world of a hand-over: the parties of one SIP registration, made ready to run. */
export type SipWorld = WorldDefinition<Scenario>;

function configurations({ server, links, steps, ...rest }: Scenario): PartyConfigurations {
  const pushEnabled = rest.pushEnabled ?? true;
  const mode = pushEnabled ? rest.mode : withoutPushServer(rest.mode);
  const pushes = isPushedByServer(mode);
  const delivery = pushes ? 'byRefork' : rest.delivery;
  const { autoSend180, repeatsPush, user, askedExpiresMs, replacesToken, notificationsAvailable } = rest;
  const otherDevice = rest.otherDevice ?? null;
  const readsContacts = rest.readsContacts ?? 'own';
  const afterForbidden = rest.afterForbidden ?? 'backsOff';
  const namesCallId = server.matchesBindingBy === 'callId';
  const { keepsCallId, ...others } = rest.habits ?? {};
  const habits = { ...others, ...(keepsCallId && server.checksSequence && { keepsCallId }) };
  const namesTransaction = (reliable: boolean) => server.absorbsCopies && !reliable;
  const userEndsCall = rest.endsCall === 'user';
  const hops = {
    caller: hasConnections(links.callerSip.transport),
    app: hasConnections(links.appSip.transport),
    pushServer: hasConnections(links.pushServerSip.transport),
  };
  const refresher = rest.sessionTimers?.refresher;
  const roleOf = (end: SessionRefresher): SessionRole =>
    refresher === undefined ? null : refresher === end ? 'refreshes' : 'awaits';
  const noticesNetwork = rest.noticesNetwork ?? true;
  const outgoing = steps.some(({ action }) => 'party' in action && action.event.type === 'user.call');
  return {
    caller: { reliable: hops.caller, otherDevice, outgoing, endsCall: !userEndsCall, session: roleOf('caller') },
    sipServer: {
      profile: server,
      natEmulation: rest.natEmulation ?? false,
      askedExpiresMs,
      reliable: hops,
      otherDevice: otherDevice !== null,
      outgoing,
      pushes,
    },
    pushServer: {
      mode,
      delivery,
      autoSend180,
      repeatsPush,
      replacesToken,
      reliable: hops.pushServer,
      readsContacts,
      afterForbidden,
      ...habits,
      namesCallId,
      namesTransaction: namesTransaction(hops.pushServer),
      keepsAlive: hops.pushServer && (rest.keepAlive?.pushServer ?? false),
      connectionDiesUnnoticed: false,
      outgoing,
    },
    notificationService: { available: notificationsAvailable, client: pushes ? 'sipServer' : 'pushServer' },
    app: {
      mode,
      pushEnabled: pushEnabled && !pushes,
      delivery,
      user,
      declinesWith: rest.declinesWith ?? 603,
      callWaiting: rest.callWaiting ?? true,
      endsCall: userEndsCall,
      session: roleOf('user'),
      followsNetwork: rest.followsNetwork ?? true,
      reliable: hops.app,
      otherDevice: otherDevice !== null,
      unreportedPush: rest.unreportedPush ?? 'tolerated',
      reportsPush: rest.reportsPush ?? 'atOnce',
      readsContacts,
      afterForbidden,
      ...habits,
      namesCallId,
      namesTransaction: namesTransaction(hops.app),
      keepsAlive: hops.app && (rest.keepAlive?.app ?? false),
      refreshesOnPush: pushes && (rest.refreshesOnPush ?? true),
      connectionDiesUnnoticed: hops.app && !noticesNetwork,
      outgoing,
    },
  };
}

const transportOf = ({ mode, links, suspendedSockets, noticesNetwork, server }: Scenario): TransportConfiguration => ({
  ends: linkEndsIn(mode),
  transports: Object.fromEntries(linkNames.map((name) => [name, links[name].transport])) as Record<LinkName, Transport>,
  suspendedSockets: suspendedSockets ?? 'defunct',
  noticesNetwork: noticesNetwork ?? true,
  ...(server.bans && { hasFirewall: true }),
});

const tables = new Map<string, PartyTable>();

const partyTable = (
  name: PartyName,
  machine: AnyStateMachine,
  delayNames: readonly string[],
  transport: TransportConfiguration,
  around?: Around,
): PartyTable =>
  new PartyTable({ name, peers: partyNames }, machine, delayNames, new TransportLayer(name, transport), around);

/** The table of a party, computed once per configuration and shared by every world of this process. */
function tableOf<Name extends keyof PartyConfigurations>(
  name: Name,
  scenario: Scenario,
  configuration: PartyConfigurations[Name],
  transport: TransportConfiguration,
): PartyTable {
  const { key: machineKey, machine } = machineIn(name, scenario, configuration);
  const key = `${name} ${machineKey} ${canonical(transport as never)}`;
  const table = tables.get(key) ?? partyTable(name, machine(), Object.keys(partyDelays[name]), transport);
  tables.set(key, table);
  return table;
}

/** The tables of machines in the place of modelled ones, by what watches over them. */
const watchedTables = new WeakMap<Around, Map<string, PartyTable>>();

/** The table of a machine in the place of a modelled one: of one that is watched over once per configuration. */
function replacedTable(
  name: PartyName,
  { machine, around }: Replacement,
  delayNames: readonly string[],
  transport: TransportConfiguration,
): PartyTable {
  const watched = (around && watchedTables.get(around)) ?? new Map<string, PartyTable>();
  if (around) watchedTables.set(around, watched);
  const key = canonical({ name, delayNames, transport } as never);
  const table = watched.get(key) ?? partyTable(name, machine, delayNames, transport, around);
  watched.set(key, table);
  return table;
}

/** Baresip and Linphone refresh after 90 % of the lifetime. */
const refreshAfter = (lifetimeMs: number): number => Math.round(lifetimeMs * 0.9);

/** What a user agent takes for its lifetime. An SBC changes the parameter of the Contact and leaves the Expires header (inference). */
function readExpiresMs({ server, askedExpiresMs, natEmulation = false, habits }: Scenario, contact: Contact): number {
  const askedMs = askedExpiresMs[senderOf(contact)];
  if (habits?.readsExpires === 'asked') return askedMs;
  if (habits?.readsExpires === 'header') return grantedExpiresMs(server, askedMs);
  return toldExpiresMs({ ...server, natEmulation }, contact, askedMs);
}

/** Of another binding a 200 tells what is left of its lifetime, which may be anything: a window, from the own one on. */
function byLargest(scenario: Scenario, contact: Contact): number | Window {
  const { server, askedExpiresMs, otherDevice, habits } = scenario;
  const own = readExpiresMs(scenario, contact);
  if (habits?.readsExpires !== 'largest') return refreshAfter(own);
  const others = [...Object.values(askedExpiresMs), ...(otherDevice === null ? [] : [otherDeviceAsksMs])];
  return [refreshAfter(own), refreshAfter(Math.max(own, ...others.map((ms) => grantedExpiresMs(server, ms))))];
}

/** The delays that follow from the server's profile rather than from a table of usual values. */
function derivedDelays(scenario: Scenario): Readonly<Record<PartyName, Record<string, number | Window>>> {
  const { server, askedExpiresMs, refreshes } = scenario;
  const app = grantedExpiresMs(server, askedExpiresMs.app);
  const pushServer = grantedExpiresMs(server, askedExpiresMs.pushServer);
  const intervalMs = scenario.sessionTimers?.intervalMs;
  const session: Record<string, number> =
    intervalMs === undefined
      ? {}
      : { sessionRefresh: sessionRefreshMs(intervalMs), sessionExpiry: sessionExpiryMs(intervalMs) };
  const refreshMs = (contact: 'app@wifi' | 'pushServer') => {
    const owner = senderOf(contact);
    if (refreshes?.[owner] === 'atInterval') return askedExpiresMs[owner];
    return refreshAfter(readExpiresMs(scenario, contact));
  };
  return {
    caller: session,
    notificationService: {},
    app: { refreshInterval: refreshMs('app@wifi'), refreshByLargest: byLargest(scenario, 'app@wifi'), ...session },
    pushServer: { refreshInterval: refreshMs('pushServer'), refreshByLargest: byLargest(scenario, 'pushServer') },
    sipServer: {
      appBindingLifetime: app,
      pushServerBindingLifetime: pushServer,
      branchTimeout: server.branchTimeoutMs,
      noAnswer: server.noAnswerMs,
      ...(server.withoutBinding.do === 'hold' && { holdTime: server.withoutBinding.ms }),
      ...(server.wakes?.waitMs && { waking: server.wakes.waitMs }),
      ...(server.wakes?.refreshBeforeMs && { refreshPush: Math.max(app - server.wakes.refreshBeforeMs, 1) }),
      ...(server.sbc?.cacheMs && { registrationCache: server.sbc.cacheMs }),
      ...(server.sbc?.alertMs && { alertTimeout: server.sbc.alertMs }),
      ...(server.sbc?.flowMs && { flowIdle: server.sbc.flowMs }),
      ...(server.bans && { findTime: server.bans.withinMs, banTime: server.bans.forMs }),
      ...(server.limitsRegisters && { rateWindow: server.limitsRegisters.withinMs }),
      ...(server.probesContacts && {
        probeInterval: server.probesContacts.intervalMs,
        probeTimeout: server.probesContacts.timeoutMs,
      }),
    },
  };
}

/** The windows of the named delays of every party, as they are in a scenario. */
export function delayWindows(scenario: Scenario): Record<PartyName, Record<string, Window>> {
  const derived = derivedDelays(scenario);
  const windowsOf = (name: PartyName) =>
    Object.entries(partyDelays[name] as Record<string, number>).map(([delay, usualMs]): [string, Window] => {
      const ms = derived[name][delay] ?? usualMs;
      return [delay, scenario.timing[name][delay] ?? (typeof ms === 'number' ? [ms, ms] : ms)];
    });
  const entries = partyNames.map((name) => [name, Object.fromEntries(windowsOf(name))]);
  return Object.fromEntries(entries) as Record<PartyName, Record<string, Window>>;
}

function compiledStep({ from, afterMs, action }: Scenario['steps'][number], index: number): CompiledStep {
  const bit = (name: LinkName) => 1 << linkNames.indexOf(name);
  return {
    party: 'party' in action ? partyNames.indexOf(action.party) : -1,
    event: 'party' in action ? eventTable.idOf(action.event) : -1,
    cause: stepCause(index),
    afterMs,
    chained: from === 'previous',
    cuts: 'cut' in action ? bit(action.cut) : 0,
    repairs: 'repair' in action ? bit(action.repair) : 0,
  };
}

/** The machine of a party in a scenario, and what tells it from other ones of that party. */
function machineIn<Name extends keyof PartyConfigurations>(
  name: Name,
  { mode, elsewhere = [] }: Scenario,
  configuration: PartyConfigurations[Name],
) {
  // Whom the model cannot see acts on the SIP server too, so that what that one does cannot be foretold either.
  const isSilent =
    elsewhere.some((one) => one === name) ||
    (name === 'sipServer' && elsewhere.length > 0) ||
    (name === 'pushServer' && isPushedByServer(mode));
  return isSilent
    ? { key: 'silent', machine: silentMachine }
    : { key: canonical(configuration), machine: () => partyMachines[name](configuration) };
}

/** A machine in the place of a modelled one: the windows of its delays unless they are the same, and what watches over it and no other one. */
export interface Replacement {
  readonly machine: AnyStateMachine;
  readonly delays?: Readonly<Record<string, Window>>;
  readonly around?: Around;
}

export type Replacements = Partial<Readonly<Record<PartyName, Replacement>>>;

/** Prepares a scenario. `replaced` puts other machines in the place of the modelled ones. */
export function defineWorld(scenario: Scenario, replaced: Replacements = {}): SipWorld {
  const configured = configurations(scenario);
  const transport = transportOf(scenario);
  const windows = delayWindows(scenario);
  return {
    scenario,
    properties,
    claims: ({ name, appliesTo }) => isSeen(name, scenario) && appliesTo(scenario as never),
    parties: partyNames.map((name) => {
      const other = replaced[name];
      if (other === undefined) return tableOf(name, scenario, configured[name], transport);
      return replacedTable(name, other, Object.keys(other.delays ?? windows[name]), transport);
    }),
    delays: partyNames.map((name) => Object.values(replaced[name]?.delays ?? windows[name])),
    linksBetween: linksAmong(partyNames, Object.values(linkEndsIn(scenario.mode))),
    links: linkNames.map((name) => {
      const { transport, latencyMs, law, loss, duplicate } = scenario.links[name];
      return {
        name,
        latencyMs,
        law,
        loss,
        duplicate,
        ordered: hasConnections(transport),
        lossy: !hasConnections(transport),
      };
    }),
    rules: sipLinks,
    steps: scenario.steps.map(compiledStep),
    cutAtStart: linkNames.reduce((bits, name, bit) => (scenario.links[name].reachable ? bits : bits | (1 << bit)), 0),
  };
}

/** The machines that `defineWorld` would take for the scenario, to run them elsewhere or to change them. */
export function machinesOf(scenario: Scenario): PartyMachines {
  const configured = configurations(scenario);
  const machineOf = <Name extends keyof PartyConfigurations>(name: Name) =>
    machineIn(name, scenario, configured[name]).machine();
  return {
    caller: machineOf('caller'),
    sipServer: machineOf('sipServer'),
    pushServer: machineOf('pushServer'),
    notificationService: machineOf('notificationService'),
    app: machineOf('app'),
  };
}
