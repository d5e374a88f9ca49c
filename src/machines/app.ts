import { type AnyStateMachine, and, assign, emit, enqueueActions, not, or, raise, setup, stateIn } from 'xstate';
import { actionsOf } from './actionsOf.ts';
import {
  type AppProcessContext,
  freshProcess,
  processActions,
  refreshedByPush,
  reportingRefreshes,
  starting,
  visibility,
} from './appProcess.ts';
import { cleared, forCall, isThisCall } from './callSlot.ts';
import { appDelays } from './delays.ts';
import {
  type DeviceCallConfiguration,
  demandsReports,
  deviceCall,
  deviceCallActions,
  deviceCallGuards,
  returnsEarly,
  returnsFromRefresh,
} from './deviceCall.ts';
import { expecting, type MachineEvent } from './events.ts';
import {
  accountActions,
  accountGuards,
  answeringPushes,
  type HandOverContext,
  handOver,
  handOverActions,
  handOverGuards,
  withoutHandOver,
} from './handOver.ts';
import { calls, contactAt } from './messages.ts';
import { type Emitted, observing, type ProcessTag } from './observations.ts';
import { callingOut, type OutgoingContext, userCallActions } from './outgoingCall.ts';
import type { PushedConfiguration } from './pushProvider.ts';
import { registrationRegion } from './registration.ts';
import { isPushedByServer } from './registrationModes.ts';
import {
  allowedAgain,
  noTransaction,
  registrationActions,
  registrationGuards,
  type UserAgentConfiguration,
  withRival,
} from './registrationRules.ts';
import { sessionTimer } from './sessionTimer.ts';

/** What the app is configured to do. */
export interface AppConfiguration extends UserAgentConfiguration, PushedConfiguration, DeviceCallConfiguration {
  /** Whether there is a push server to hand over to. */
  readonly pushEnabled: boolean;
  /** Whether it answers a push by a REGISTER also where it takes itself for registered (RFC 8599 4.1.3). */
  readonly refreshesOnPush: boolean;
  /** Said where the user has several phones, so that it matters which one is in hand. */
  readonly tellsUse?: true;
}

export interface AppContext extends AppProcessContext, HandOverContext, OutgoingContext {}

/** The softphone on the phone: its process, as the OS and the user treat it, with registration, hand-over and calls. */
export function appMachine(configuration: AppConfiguration): AnyStateMachine {
  const { mode, reliable, outgoing, pushEnabled, session } = configuration;
  const call = { ...deviceCall(reliable, configuration), ...cleared(configuration.reusesCalls) };
  const tellsUse = configuration.tellsUse === true;
  const everyPushIsReported = demandsReports(configuration);
  const terminable = isPushedByServer(mode) ? returnsFromRefresh(configuration) : returnsEarly(configuration);
  const refreshed = refreshedByPush(everyPushIsReported, !terminable);
  // PKPushType.voIP: repeatedly failing to report a call stops the launches. How often, Apple does not say: twice here.
  const launchGuard = terminable ? { guard: 'isStillLaunched' as const } : {};
  const callIsQuiet = (region: 'call1' | 'call2' | 'outgoing') =>
    or(['idle', 'over', 'declined'].map((state) => stateIn({ running: { [region]: state } })));
  return setup({
    types: { context: {} as AppContext, events: {} as MachineEvent, emitted: {} as Emitted, tags: {} as ProcessTag },
    guards: {
      ...registrationGuards(configuration),
      ...deviceCallGuards(configuration),
      ...accountGuards,
      ...(pushEnabled && handOverGuards(mode)),
      isThisCall,
      hasCall: outgoing
        ? not(and([callIsQuiet('call1'), callIsQuiet('call2'), callIsQuiet('outgoing')]))
        : not(and([callIsQuiet('call1'), callIsQuiet('call2')])),
      ...(everyPushIsReported &&
        isPushedByServer(mode) && {
          isPushedAsCall: ({ event }: { event: MachineEvent }) =>
            event.type === 'notification.refresh' && event.asCall === true,
        }),
      ...(terminable && { isStillLaunched: ({ context }: { context: AppContext }) => context.unreported !== 2 }),
      ...((pushEnabled || outgoing) && { isInForeground: stateIn({ running: { visibility: 'foreground' } }) }),
      startsForUser: or([stateIn({ launching: 'forUser' }), stateIn({ resuming: 'forUser' })]),
      isGraceful: ({ context, event }) => context.enabled && expecting(event, 'app.kill').notice,
    },
    actions: {
      ...registrationActions<AppContext>('app', mode, ({ network }) => contactAt(network), configuration),
      ...deviceCallActions<AppContext>(configuration),
      ...(outgoing &&
        userCallActions<AppContext>(({ network }) => (mode.appRegisters ? contactAt(network) : 'connection'))),
      ...processActions<AppContext>(configuration),
      ...accountActions<AppContext>(mode),
      ...(pushEnabled && handOverActions<AppContext>(mode)),
      ...(isPushedByServer(mode) && answeringPushes<AppContext>(configuration.refreshesOnPush)),
      ...(isPushedByServer(mode) && everyPushIsReported && !terminable && reportingRefreshes<AppContext>()),
      rebind: raise({ type: 'registration.rebind' }),
      yieldAfterRefork: enqueueActions(({ enqueue }) => {
        if (configuration.delivery === 'byRefork') enqueue.raise({ type: 'handOver.yield' });
      }),
      changeNetwork: assign(({ context: { network, rivals, registration } }) => {
        const next = network === 'wifi' ? 'cellular' : 'wifi';
        return {
          network: next,
          registration: allowedAgain(registration),
          // The former contact may still be bound: the next REGISTER that swaps names it too (inference).
          ...(rivals && { rivals: withRival(rivals, contactAt(network)).filter((one) => one !== contactAt(next)) }),
        };
      }),
      observeCutOff: enqueueActions(({ enqueue, check }) => {
        const cutOff = calls.filter((call) => check(stateIn({ running: { [`call${call}`]: 'ringing' } })));
        if (cutOff.length > 0) enqueue.emit(observing({ type: 'ringing.cutOff', calls: cutOff }));
      }),
      ...(tellsUse && { observeInHand: actionsOf<object, AppContext>().emit(observing({ type: 'app.inHand' })) }),
      observeLoggedOut: emit(observing({ type: 'loggedOut', loggedOut: true })),
      observeLoggedIn: emit(observing({ type: 'loggedOut', loggedOut: false })),
    },
    delays: appDelays,
  }).createMachine({
    id: 'app',
    context: {
      ...freshProcess('wifi', noTransaction(configuration)),
      network: 'wifi',
      ...(mode.swap !== null && { rivals: ['pushServer'] }),
      enabled: false,
      loggedIn: true,
      turn: 0,
      token: 'first',
      ...(terminable && { unreported: 0 }),
      ...(configuration.namesCallId && { callId: 0 }),
    },
    initial: 'notRunning',
    on: {
      'network.change': { actions: ['changeNetwork', 'rebind'] },
      'user.reinstall': { target: '.notRunning', actions: 'forgetInstallation' },
    },
    states: {
      notRunning: {
        tags: 'absent',
        on: {
          'user.open': 'launching.forUser',
          notification: { ...launchGuard, target: 'launching.forPush', actions: 'noteAnnounced' },
          ...(isPushedByServer(mode) && refreshed.starts('launching.forPush')),
        },
      },
      launching: starting('coldStart', 'absent', everyPushIsReported, isPushedByServer(mode)),
      suspended: {
        tags: 'suspended',
        on: {
          'user.open': 'resuming.forUser',
          notification: { ...launchGuard, target: 'resuming.forPush', actions: 'noteAnnounced' },
          ...(isPushedByServer(mode) && refreshed.starts('resuming.forPush')),
          'app.kill': { target: 'notRunning', actions: 'forgetProcess' },
        },
      },
      resuming: starting('resume', 'suspended', everyPushIsReported, isPushedByServer(mode)),
      running: {
        type: 'parallel',
        entry: ['forgetTransactions', 'observeReachable', 'raiseAnnounced'],
        exit: 'observeUnreachable',
        on: {
          'app.kill': [
            {
              guard: 'isGraceful',
              target: 'notRunning',
              actions: ['sendBackground', 'observeCutOff', 'forgetProcess'],
            },
            { target: 'notRunning', actions: ['observeCutOff', 'forgetProcess'] },
          ],
          ...(isPushedByServer(mode) && refreshed.running),
          // PKPushType.voIP: the system terminates an app that reports no call for a push.
          ...(terminable && {
            'push.unreported': {
              target: 'notRunning',
              actions: ['observeUnreported', 'countUnreported', 'forgetProcess'],
            },
          }),
        },
        states: {
          // A region of its own, and the first: XState asks no ancestor where another region takes the event too.
          network: { on: { 'network.change': { actions: ['changeNetwork', 'rebind', 'observeReachable'] } } },
          visibility: visibility(pushEnabled, tellsUse, configuration.withoutPushes === 'staysAwake'),
          handOver: pushEnabled ? handOver(mode) : withoutHandOver(configuration.refreshesOnPush),
          registration: registrationRegion(
            reliable,
            mode.release === 'beforePeerRegisters' ? 'removesOldContact' : 'leavesOldContact',
            configuration,
          ),
          call1: forCall(1, call),
          call2: forCall(2, call),
          ...(session !== null && {
            session1: forCall(1, sessionTimer(session, reliable), 'session'),
            session2: forCall(2, sessionTimer(session, reliable), 'session'),
          }),
          ...(outgoing && {
            outgoing: callingOut(reliable || !mode.appRegisters, {
              begin: 'user.call',
              guard: 'isInForeground',
              end: { after: 'talk' },
            }),
          }),
        },
      },
      loggedOut: {
        entry: 'observeLoggedOut',
        on: {
          'user.logIn': { target: '#app.running.visibility.foreground', actions: ['noteLoggedIn', 'observeLoggedIn'] },
        },
      },
    },
  });
}
