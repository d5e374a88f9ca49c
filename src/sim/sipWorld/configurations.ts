import type { Owner } from '../../machines/messages.ts';
import type { PartyConfigurations } from '../../machines/parties.ts';
import { isPushedByServer, withoutPushServer } from '../../machines/registrationModes.ts';
import type { SessionRefresher, SessionRole } from '../../machines/sessionTimer.ts';
import { phonesOf, type Scenario } from '../scenario/scenario.ts';
import { hasConnections } from './transport.ts';

/** What the parties of a phone are configured with, and the others as they are with it; `all` is the scenario of every phone. */
export function configurations(all: Scenario, { server, links, steps, ...rest }: Scenario): PartyConfigurations {
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
  const tries = (owner: Owner) => [owner, 'both'].includes(rest.secondServer?.triedBy ?? 'nobody');
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
  const does = (type: string) => steps.some(({ action }) => 'party' in action && action.event.type === type);
  const outgoing = does('user.call');
  const reused = does('call.cleared') ? { reusesCalls: true as const } : {};
  return {
    caller: {
      reliable: hops.caller,
      otherDevice,
      outgoing,
      endsCall: !userEndsCall,
      session: roleOf('caller'),
      ...reused,
    },
    sipServer: {
      profile: server,
      natEmulation: rest.natEmulation ?? false,
      askedExpiresMs,
      reliable: hops,
      otherDevice: otherDevice !== null,
      outgoing,
      pushes,
      ...(phones > 1 && { phones }),
      ...reused,
      ...(rest.registrars && { replication: rest.registrars }),
      ...(rest.secondServer && { second: { location: rest.secondServer.location, dead: rest.secondServer.dead } }),
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
      ...(rest.nodes && { nodes: rest.nodes }),
      ...reused,
      ...(tries('pushServer') && { triesNextServer: true as const }),
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
      // A push server's pushes are all of calls.
      reportsPush: rest.reportsPush === 'callsOnly' && !pushes ? 'atOnce' : (rest.reportsPush ?? 'atOnce'),
      readsContacts,
      afterForbidden,
      ...habits,
      namesCallId,
      namesTransaction: namesTransaction(hops.app),
      keepsAlive: hops.app && (rest.keepAlive?.app ?? false),
      refreshesOnPush: pushes && (rest.refreshesOnPush ?? true),
      ...(pushes && rest.pushProvider && { pushProvider: rest.pushProvider }),
      ...(pushes && rest.withoutPushes && { withoutPushes: rest.withoutPushes }),
      connectionDiesUnnoticed: hops.app && !noticesNetwork,
      outgoing,
      ...(phones > 1 && { tellsUse: true }),
      ...reused,
      ...(tries('app') && { triesNextServer: true as const }),
    },
  };
}
