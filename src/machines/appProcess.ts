import { and, not } from 'xstate';
import { actionsOf } from './actionsOf.ts';
import {
  type DeviceCallConfiguration,
  type DeviceCallContext,
  demandsReports,
  returnsFromRefresh,
} from './deviceCall.ts';
import { expecting } from './events.ts';
import { type Call, contactAt, type Network, type Token } from './messages.ts';
import { type Observation, observing, type ProcessTag } from './observations.ts';
import { freshRegistration, nextCallId, passwordOf, type RegistrationContext } from './registrationRules.ts';

/** What the app's process knows. Token and `enabled` belong to the installation and outlive the process. */
export interface AppProcessContext extends RegistrationContext, DeviceCallContext {
  readonly token: Token;
  readonly enabled: boolean;
  /** Calls whose push started the process, to be dealt with once it runs; a push to refresh where the OS wants it reported. */
  readonly announced: readonly (Call | 'refresh')[];
  /** Pushes that were not reported to CallKit, capped; absent where the OS tolerates that. */
  readonly unreported?: 0 | 1 | 2;
}

/** What a process begins with, after the last REGISTER of those before it. */
export const freshProcess = (network: Network, last: Parameters<typeof freshRegistration>[1]) => ({
  registration: freshRegistration(contactAt(network), last),
  paths: { 1: null, 2: null },
  answeredFrom: {},
  announced: [],
});

const heartbeat = {
  after: { heartbeatInterval: { target: 'foreground', reenter: true, actions: 'sendHeartbeat' } },
} as const;

/**
 * Whether the app is on the screen. The OS suspends it in the background, unless it has a call, or has asked to run on as nobody
 * has told it of pushes (Android: a foreground service).
 */
export const visibility = (hasPushServer: boolean, tellsUse: boolean, staysAwake: boolean) =>
  ({
    initial: 'background',
    states: {
      foreground: {
        ...(tellsUse && ({ entry: 'observeInHand' } as const)),
        on: { 'user.home': 'background' },
        ...(hasPushServer && heartbeat),
      },
      background: {
        initial: 'quiet',
        on: { 'user.open': 'foreground' },
        states: {
          quiet: {
            always: { guard: 'hasCall', target: 'busy' },
            after: {
              backgroundTime: { target: '#app.suspended', ...(staysAwake && ({ guard: 'isToldOfPushes' } as const)) },
            },
          },
          busy: { always: { guard: not('hasCall'), target: 'quiet', actions: 'yieldAfterRefork' } },
        },
      },
    },
  }) as const;

/**
 * What a push that is to refresh the binding does to the app (RFC 8599 4.1.3, 5.5). Where every push of the kind that announces
 * calls has to be reported, one that announces none collides with that rule.
 */
export function refreshedByPush(everyPushIsReported: boolean, isReported: boolean) {
  const claim = { actions: 'claimAfterPush' } as const;
  if (!everyPushIsReported) {
    const starts = <Target extends string>(target: Target) => ({ 'notification.refresh': target });
    return { starts, running: { 'notification.refresh': claim } } as const;
  }
  const asCall = isReported ? ('isPushedAsCall' as const) : and(['isPushedAsCall', 'isStillLaunched']);
  const starts = <Target extends string>(target: Target) => ({
    'notification.refresh': [
      { guard: asCall, target, actions: 'noteAnnounced' },
      { guard: not('isPushedAsCall'), target },
    ],
  });
  // The system ends the process as it returns from the push, before it has sent anything.
  const reporting = isReported ? (['claimAfterPush', 'reportRefresh'] as const) : 'returnEarly';
  return {
    starts,
    running: { 'notification.refresh': [{ guard: 'isPushedAsCall', actions: reporting }, claim] },
  } as const;
}

const endedBeforeStart = { 'notification.end': { actions: 'forgetAnnounced' } } as const;

/** A process that is being started or thawed: for the user or for a push, whichever asked first. */
export const starting = <Delay extends 'coldStart' | 'resume', Tag extends ProcessTag>(
  delay: Delay,
  tag: Tag,
  everyPushIsReported: boolean,
  isPushedByServer: boolean,
) =>
  ({
    tags: tag,
    initial: 'forPush',
    on: {
      notification: { actions: 'noteAnnounced' },
      // PKPushType.voIP: a push that has started the process is reported, also if its call is over by now.
      ...(!everyPushIsReported && endedBeforeStart),
      ...(everyPushIsReported &&
        isPushedByServer &&
        ({ 'notification.refresh': { guard: 'isPushedAsCall', actions: 'noteAnnounced' } } as const)),
      'app.kill': { target: '#app.notRunning', actions: 'forgetProcess' },
    },
    states: { forPush: { on: { 'user.open': 'forUser' } }, forUser: { on: { 'user.home': 'forPush' } } },
    after: {
      [delay]: [
        { guard: 'startsForUser', target: '#app.running.visibility.foreground' },
        { target: '#app.running.visibility.background' },
      ],
    },
  }) as const;

/** PKPushType.voIP: every such push is reported, so that the phone shows a call that nobody makes, and the app ends it. */
export const reportingRefreshes = <Context extends AppProcessContext>() => ({
  reportRefresh: actionsOf<AppProcessContext, Context>().enqueueActions(({ enqueue }) => {
    enqueue.emit(observing({ type: 'push.reported' }));
    enqueue.emit(observing({ type: 'call.madeUp' }));
  }),
});

/** The actions with which a process begins, ends and takes in what started it. */
export function processActions<Context extends AppProcessContext>(configuration: DeviceCallConfiguration) {
  const { assign, emit, enqueueActions } = actionsOf<AppProcessContext, Context>();
  const show = (observation: (context: Context) => Observation) =>
    emit(({ context }) => observing(observation(context)));
  const without = (announced: AppProcessContext['announced'], what: Call | 'refresh') =>
    announced.filter((one) => one !== what);
  return {
    noteAnnounced: assign(({ context: { announced }, event }) => {
      const what = event.type === 'notification.refresh' ? 'refresh' : expecting(event, 'notification').call;
      return { announced: [...without(announced, what), what] };
    }),
    ...(!demandsReports(configuration) && {
      forgetAnnounced: assign(({ context: { announced }, event }) => ({
        announced: without(announced, expecting(event, 'notification.end').call),
      })),
    }),
    raiseAnnounced: enqueueActions(({ context, enqueue }) => {
      const { announced, token } = context;
      for (const what of announced) {
        if (what === 'refresh') enqueue.raise({ type: 'notification.refresh', token, asCall: true });
        else enqueue.raise({ type: 'notification', call: what, token });
      }
      enqueue(assign(() => ({ announced: [] })));
    }),
    ...(returnsFromRefresh(configuration) && {
      countUnreported: assign(({ context: { unreported } }) => ({ unreported: unreported === 0 ? 1 : 2 })),
      observeUnreported: show(() => ({ type: 'push.unreported' })),
    }),
    forgetProcess: assign(({ context }) => ({
      ...freshProcess(context.network, context.registration),
      ...nextCallId(context),
    })),
    // A suspended process keeps its memory, but not the transactions that it slept through.
    forgetTransactions: assign(({ context: { registration } }) => ({
      registration: { ...registration, wanted: 'abandoned', failures: 0 },
      paths: { 1: null, 2: null },
      answeredFrom: {},
    })),
    forgetInstallation: assign(({ context, event }) => ({
      ...freshProcess(context.network, context.registration),
      ...nextCallId(context),
      ...passwordOf(event),
      token: 'second',
      enabled: false,
    })),
    observeReachable: show(({ network }) => ({ type: 'app.reachable', contact: contactAt(network) })),
    observeUnreachable: show(() => ({ type: 'app.reachable', contact: null })),
  };
}
