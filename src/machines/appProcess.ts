import { not } from 'xstate';
import { actionsOf } from './actionsOf.ts';
import { type DeviceCallConfiguration, type DeviceCallContext, demandsReports, returnsEarly } from './deviceCall.ts';
import { expecting } from './events.ts';
import { type Call, contactAt, type Network, type Token } from './messages.ts';
import { type Observation, observing, type ProcessTag } from './observations.ts';
import { freshRegistration, nextCallId, passwordOf, type RegistrationContext } from './registrationRules.ts';

/** What the app's process knows. Token and `enabled` belong to the installation and outlive the process. */
export interface AppProcessContext extends RegistrationContext, DeviceCallContext {
  readonly token: Token;
  readonly enabled: boolean;
  /** Calls whose push started the process, to be dealt with once it runs. */
  readonly announced: readonly Call[];
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

const endedBeforeStart = { 'notification.end': { actions: 'forgetAnnounced' } } as const;

/** A process that is being started or thawed: for the user or for a push, whichever asked first. */
export const starting = <Delay extends 'coldStart' | 'resume', Tag extends ProcessTag>(
  delay: Delay,
  tag: Tag,
  everyPushIsReported: boolean,
) =>
  ({
    tags: tag,
    initial: 'forPush',
    on: {
      notification: { actions: 'noteAnnounced' },
      // PKPushType.voIP: a push that has started the process is reported, also if its call is over by now.
      ...(!everyPushIsReported && endedBeforeStart),
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

/** The actions with which a process begins, ends and takes in what started it. */
export function processActions<Context extends AppProcessContext>(configuration: DeviceCallConfiguration) {
  const { assign, emit, enqueueActions } = actionsOf<AppProcessContext, Context>();
  const show = (observation: (context: Context) => Observation) =>
    emit(({ context }) => observing(observation(context)));
  const without = (announced: readonly Call[], call: Call) => announced.filter((one) => one !== call);
  return {
    noteAnnounced: assign(({ context: { announced }, event }) => {
      const { call } = expecting(event, 'notification');
      return { announced: [...without(announced, call), call] };
    }),
    ...(!demandsReports(configuration) && {
      forgetAnnounced: assign(({ context: { announced }, event }) => ({
        announced: without(announced, expecting(event, 'notification.end').call),
      })),
    }),
    raiseAnnounced: enqueueActions(({ context, enqueue }) => {
      for (const call of context.announced) enqueue.raise({ type: 'notification', call, token: context.token });
      enqueue(assign(() => ({ announced: [] })));
    }),
    ...(returnsEarly(configuration) && {
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
