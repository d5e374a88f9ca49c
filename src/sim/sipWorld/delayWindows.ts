import { type Contact, partyNames, type Role, senderOf } from '../../machines/messages.ts';
import { partyDelays } from '../../machines/parties.ts';
import { otherDeviceAsksMs } from '../../machines/registrar.ts';
import { grantedExpiresMs, toldExpiresMs } from '../../machines/serverProfile.ts';
import { sessionExpiryMs, sessionRefreshMs } from '../../machines/sessionTimer.ts';
import type { Window } from '../data/window.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** Baresip and Linphone refresh after 90 % of the lifetime. */
const refreshAfter = (lifetimeMs: number): number => Math.round(lifetimeMs * 0.9);

/** What a user agent takes for its lifetime. An SBC changes the parameter of the Contact and leaves the Expires header (inference). */
function readExpiresMs(
  { server, askedExpiresMs, natEmulation = false, habits, edge }: Scenario,
  contact: Contact,
): number {
  const askedMs = askedExpiresMs[senderOf(contact)];
  if (habits?.readsExpires === 'asked') return askedMs;
  if (edge !== undefined) return edge.tellsMs;
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
    pushServer: {
      refreshInterval: refreshMs('pushServer'),
      refreshByLargest: byLargest(scenario, 'pushServer'),
      ...(scenario.nodes && { formerRefresh: [0, refreshMs('pushServer')] as const }),
      ...(scenario.nodes?.leaseMs && { takeOver: [Math.round(scenario.nodes.leaseMs / 3), scenario.nodes.leaseMs] }),
    },
    sipServer: {
      appBindingLifetime: app,
      pushServerBindingLifetime: pushServer,
      branchTimeout: server.branchTimeoutMs,
      noAnswer: server.noAnswerMs,
      ...(server.withoutBinding.do === 'hold' && { holdTime: server.withoutBinding.ms }),
      ...(server.wakes?.waitMs && { waking: server.wakes.waitMs }),
      ...(server.wakes?.refreshBeforeMs && { refreshPush: Math.max(app - server.wakes.refreshBeforeMs, 1) }),
      ...(server.wakes?.skipsForMs && { pushSkip: server.wakes.skipsForMs }),
      ...(server.sbc?.cacheMs && { registrationCache: server.sbc.cacheMs }),
      ...(server.sbc?.alertMs && { alertTimeout: server.sbc.alertMs }),
      ...(server.sbc?.flowMs && { flowIdle: server.sbc.flowMs }),
      ...(server.bans && { findTime: server.bans.withinMs, banTime: server.bans.forMs }),
      ...(server.limitsRegisters && { rateWindow: server.limitsRegisters.withinMs }),
      ...(scenario.registrars && { replicationLag: [0, scenario.registrars.lagMs] as const }),
      // It has been running all the time.
      ...(scenario.secondServer && { restart: 0 }),
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
