import type { AnyStateMachine } from 'xstate';
import {
  type Contact,
  type PartyName,
  type Phone,
  partyNames,
  phoneRoles,
  type Role,
  senderOf,
} from '../../machines/messages.ts';
import { type PartyConfigurations, type PartyMachines, partyDelays, partyMachines } from '../../machines/parties.ts';
import { partiesOf, partyOf, peersOf, phoneOf, roleOf } from '../../machines/phones.ts';
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
import {
  asOfPhone,
  type Link,
  linkEndsIn,
  linkNames,
  linkOf,
  phoneLinkNames,
  phonesOf,
  type Scenario,
  type WorldLinkName,
} from '../scenario/scenario.ts';
import { eventTable } from '../system/eventTable.ts';
import { stepCause } from '../world/causes.ts';
import type { CompiledStep, WorldDefinition } from '../world/definition.ts';
import { linksAmong } from '../world/linkOf.ts';
import type { Around } from '../world/machineTable.ts';
import { PartyTable } from '../world/partyTable.ts';
import { sipLinksAmong } from './links.ts';
import { PhoneHost } from './phoneHost.ts';
import { isSeen } from './seen.ts';
import { hasConnections, type TransportConfiguration, TransportLayer } from './transport.ts';

/** The world of a hand-over: the parties of one SIP registration, made ready to run. */
export type SipWorld = WorldDefinition<Scenario>;

/** What the parties of a phone are configured with, and the others as they are with it; `all` is the scenario of every phone. */
function configurations(all: Scenario, { server, links, steps, ...rest }: Scenario): PartyConfigurations {
  const pushEnabled = rest.pushEnabled ?? true;
  const mode = pushEnabled ? rest.mode : withoutPushServer(rest.mode);
  const pushes = isPushedByServer(mode);
  const delivery = pushes ? 'byRefork' : rest.delivery;
  const { autoSend180, repeatsPush, user, askedExpiresMs, replacesToken, notificationsAvailable } = rest;
  const otherDevice = rest.otherDevice ?? null;
  const phones = phonesOf(all).length;
  // RFC 3326 2: to a phone, the other ones of the user are other devices.
  const mayBeTaken = otherDevice !== null || phones > 1;
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
      ...(phones > 1 && { phones }),
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
      otherDevice: mayBeTaken,
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
      ...(phones > 1 && { tellsUse: true }),
    },
  };
}

/** A link of the world, and which parties it is between. */
interface LinkInWorld {
  readonly name: WorldLinkName;
  readonly ends: readonly [PartyName, PartyName];
  readonly link: Link;
}

/** The links of a scenario in their order: those of the first phone, then those of each other one. */
function linksIn(scenario: Scenario): readonly LinkInWorld[] {
  const ends = linkEndsIn(scenario.mode);
  return phonesOf(scenario).flatMap((phone) =>
    (phone === 1 ? linkNames : phoneLinkNames).map((name): LinkInWorld => {
      const [one, other] = ends[name];
      const link = asOfPhone(scenario, phone).links[name];
      return { name: linkOf(name, phone), ends: [partyOf(one, phone), partyOf(other, phone)], link };
    }),
  );
}

function transportOf(scenario: Scenario, phone: Phone): TransportConfiguration {
  const { suspendedSockets, noticesNetwork } = asOfPhone(scenario, phone);
  const links = linksIn(scenario);
  return {
    ends: Object.fromEntries(links.map(({ name, ends }) => [name, ends])),
    transports: Object.fromEntries(links.map(({ name, link }) => [name, link.transport])),
    suspendedSockets: suspendedSockets ?? 'defunct',
    noticesNetwork: noticesNetwork ?? true,
    ...(scenario.server.bans && { hasFirewall: true }),
  };
}

const tables = new Map<string, PartyTable>();

/** A party among those of its world, and the transport layers of that world. */
interface Place {
  readonly name: PartyName;
  readonly parties: readonly PartyName[];
  readonly transport: TransportConfiguration;
}

function partyTable(
  { name, parties, transport }: Place,
  machine: AnyStateMachine,
  delayNames: readonly string[],
  around?: Around,
): PartyTable {
  const layer = new TransportLayer(name, transport);
  const phone = phoneOf(name);
  const hasNamesOfItsOwn = phone !== null && parties.length > partyNames.length;
  const host = hasNamesOfItsOwn ? new PhoneHost(layer, phone, parties) : layer;
  const peers = hasNamesOfItsOwn ? peersOf(parties, phone) : parties;
  return new PartyTable({ name, peers }, machine, delayNames, host, around);
}

/** The table of a party, computed once per configuration and shared by every world of this process. */
function tableOf<Name extends Role>(
  place: Place,
  role: Name,
  scenario: Scenario,
  configuration: PartyConfigurations[Name],
): PartyTable {
  const { key: machineKey, machine } = machineIn(role, scenario, configuration);
  const key = `${place.name} ${machineKey} ${canonical(place.transport as never)}`;
  const table = tables.get(key) ?? partyTable(place, machine(), Object.keys(partyDelays[role]));
  tables.set(key, table);
  return table;
}

/** The tables of machines in the place of modelled ones, by what watches over them. */
const watchedTables = new WeakMap<Around, Map<string, PartyTable>>();

/** The table of a machine in the place of a modelled one: of one that is watched over once per configuration. */
function replacedTable(place: Place, { machine, around }: Replacement, delayNames: readonly string[]): PartyTable {
  const watched = (around && watchedTables.get(around)) ?? new Map<string, PartyTable>();
  if (around) watchedTables.set(around, watched);
  const { name, transport } = place;
  const key = canonical({ name, delayNames, transport } as never);
  const table = watched.get(key) ?? partyTable(place, machine, delayNames, around);
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
function derivedDelays(scenario: Scenario): Readonly<Record<Role, Record<string, number | Window>>> {
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
export function delayWindows(scenario: Scenario): Record<Role, Record<string, Window>> {
  const derived = derivedDelays(scenario);
  const windowsOf = (name: Role) =>
    Object.entries(partyDelays[name] as Record<string, number>).map(([delay, usualMs]): [string, Window] => {
      const ms = derived[name][delay] ?? usualMs;
      return [delay, scenario.timing[name][delay] ?? (typeof ms === 'number' ? [ms, ms] : ms)];
    });
  const entries = partyNames.map((name) => [name, Object.fromEntries(windowsOf(name))]);
  return Object.fromEntries(entries) as Record<Role, Record<string, Window>>;
}

function compiledStep(
  { from, afterMs, action }: Scenario['steps'][number],
  index: number,
  parties: readonly PartyName[],
  links: readonly LinkInWorld[],
): CompiledStep {
  const bit = (name: WorldLinkName) => 1 << links.findIndex((one) => one.name === name);
  return {
    party: 'party' in action ? parties.indexOf(action.party) : -1,
    event: 'party' in action ? eventTable.idOf(action.event) : -1,
    cause: stepCause(index),
    afterMs,
    chained: from === 'previous',
    cuts: 'cut' in action ? bit(action.cut) : 0,
    repairs: 'repair' in action ? bit(action.repair) : 0,
  };
}

/** The machine of a party in a scenario, and what tells it from other ones of that party. */
function machineIn<Name extends Role>(
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

/** By part: with several phones each has the same machine for it. */
export type Replacements = Partial<Readonly<Record<Role, Replacement>>>;

/** Prepares a scenario. `replaced` puts other machines in the place of the modelled ones. */
export function defineWorld(scenario: Scenario, replaced: Replacements = {}): SipWorld {
  const ofPhones = phonesOf(scenario).map((phone) => {
    const own = asOfPhone(scenario, phone);
    return {
      configured: configurations(scenario, own),
      transport: transportOf(scenario, phone),
      windows: delayWindows(own),
    };
  });
  const parties = partiesOf(ofPhones.length);
  const links = linksIn(scenario);
  /** What is configured for a party: the caller and the SIP server go with the first phone. */
  const of = (name: PartyName) => {
    const { configured, transport, windows } =
      ofPhones[(phoneOf(name) ?? 1) - 1] ?? (ofPhones[0] as (typeof ofPhones)[0]);
    const role = roleOf(name);
    return { role, place: { name, parties, transport }, configuration: configured[role], windows: windows[role] };
  };
  return {
    scenario,
    properties,
    claims: ({ name, appliesTo }) => isSeen(name, scenario) && appliesTo(scenario as never),
    parties: parties.map((name) => {
      const { role, place, configuration, windows } = of(name);
      const other = replaced[role];
      if (other === undefined) return tableOf(place, role, scenario, configuration);
      return replacedTable(place, other, Object.keys(other.delays ?? windows));
    }),
    delays: parties.map((name) => Object.values(replaced[roleOf(name)]?.delays ?? of(name).windows)),
    linksBetween: linksAmong(
      parties,
      links.map(({ ends }) => ends),
    ),
    links: links.map(({ name, link: { transport, latencyMs, law, loss, duplicate } }) => {
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
    rules: sipLinksAmong(
      parties,
      links.map(({ name }) => name),
    ),
    steps: scenario.steps.map((step, index) => compiledStep(step, index, parties, links)),
    cutAtStart: links.reduce((bits, { link }, bit) => (link.reachable ? bits : bits | (1 << bit)), 0),
  };
}

/** The machines that `defineWorld` would take for the scenario, to run them elsewhere or to change them. */
export function machinesOf(scenario: Scenario): PartyMachines {
  const configured = configurations(scenario, asOfPhone(scenario, 1));
  const machineOf = <Name extends Role>(name: Name) => machineIn(name, scenario, configured[name]).machine();
  const others = phonesOf(scenario)
    .slice(1)
    .flatMap((phone) => {
      const own = configurations(scenario, asOfPhone(scenario, phone));
      return phoneRoles.map((role) => [partyOf(role, phone), machineIn(role, scenario, own[role]).machine()] as const);
    });
  return {
    ...Object.fromEntries(others),
    caller: machineOf('caller'),
    sipServer: machineOf('sipServer'),
    pushServer: machineOf('pushServer'),
    notificationService: machineOf('notificationService'),
    app: machineOf('app'),
  };
}
