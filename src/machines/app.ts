import { and, assign, emit, enqueueActions, not, or, raise, setup, stateIn } from 'xstate';
import { forCall, isThisCall } from './callSlot.ts';
import { appDelays } from './delays.ts';
import {
  type DeviceCallConfiguration,
  type DeviceCallContext,
  deviceCall,
  deviceCallActions,
  deviceCallGuards,
} from './deviceCall.ts';
import {
  type Call,
  type Contact,
  contacts,
  type Emitted,
  expecting,
  type MachineEvent,
  type Network,
  observing,
  sending,
  type Token,
  type Turn,
} from './messages.ts';
import { callingOut, type OutgoingContext, userCallActions } from './outgoingCall.ts';
import {
  type ContactReading,
  freshRegistration,
  nextCallId,
  type RegistrationContext,
  registrationActions,
  registrationGuards,
  registrationRegion,
} from './registration.ts';
import type { RegistrationMode } from './registrationModes.ts';

/** What the app is configured to do. */
export interface AppConfiguration extends DeviceCallConfiguration {
  readonly mode: RegistrationMode;
  /** Whether the transport to the SIP server is reliable. */
  readonly reliable: boolean;
  readonly readsContacts: ContactReading;
  /** Whether the registrar looks at Call-IDs, so that those of one process and the next are told apart. */
  readonly namesCallId: boolean;
  /** Whether the user makes a call. */
  readonly outgoing: boolean;
}

export interface AppContext extends RegistrationContext, DeviceCallContext, OutgoingContext {
  /** Whether the push server has confirmed that it serves this installation. */
  readonly enabled: boolean;
  readonly loggedIn: boolean;
  /** Alternates with every return to the foreground; the answers of the push server repeat it. */
  readonly turn: Turn;
  readonly token: Token;
  /** Calls whose push started the process, to be dealt with once it runs. */
  readonly announced: readonly Call[];
  /** Pushes that were not reported to CallKit, capped; absent where the OS does not mind. */
  readonly unreported?: 0 | 1 | 2;
}

const contactAt = (network: Network): Contact => `app@${network}`;

/**
 * The hand-over as the app carries it out. The mode decides the order: `claiming` on the way to the foreground,
 * `yielding` on the way to the background.
 */
const handOver = {
  id: 'handOver',
  initial: 'deciding',
  on: {
    'user.logOut': { target: '.loggingOut', actions: 'noteLoggedOut' },
    // Delivery by re-fork: the woken app registers although it stays in the background.
    'handOver.claim': '.claiming',
    'handOver.yield': '.yielding',
  },
  states: {
    deciding: {
      always: [
        { guard: 'isLoggedOut', target: 'loggingOut' },
        { guard: not('isEnabled'), target: 'enabling' },
        { guard: 'isInForeground', target: 'claiming' },
        { target: 'handedOver' },
      ],
    },
    enabling: {
      entry: 'sendEnable',
      on: {
        'control.enabled': [
          { guard: 'isInForeground', target: 'claiming', actions: 'noteEnabled' },
          { target: 'yielding', actions: 'noteEnabled' },
        ],
      },
      // Inference: without its push server the app still registers while it can.
      after: { controlTimeout: { target: 'enabling', reenter: true, actions: 'claimBindingIfMine' } },
    },
    claiming: {
      entry: ['takeNextTurn', 'sendForeground'],
      initial: 'deciding',
      on: { 'user.home': 'yielding' },
      states: {
        deciding: {
          always: [
            // Continuous: all calls go through the push server; the app only attaches to it.
            { guard: 'neverRegisters', target: '#handOver.inCharge' },
            // Single Device Emulation: the push server unregisters before the app registers.
            { guard: 'peerReleasesFirst', target: 'awaitingRelease' },
            // Standard and Takeover: register at once; what happens to the other binding is the push server's part.
            { target: 'registering' },
          ],
        },
        awaitingRelease: {
          on: { 'control.released': { guard: 'answersThisTurn', target: 'registering' } },
          // Inference: rather registered twice than not at all when the push server does not answer.
          after: { controlTimeout: 'registering' },
        },
        registering: {
          entry: 'claimBinding',
          on: {
            'registration.bound': [
              { guard: 'releasesAfterwards', target: '#handOver.inCharge', actions: 'sendRegistered' },
              { target: '#handOver.inCharge' },
            ],
          },
        },
      },
    },
    inCharge: { on: { 'user.home': 'yielding', 'user.open': 'claiming' } },
    yielding: {
      initial: 'deciding',
      on: { 'user.open': 'claiming' },
      states: {
        deciding: {
          always: [
            { guard: 'releasesFirst', target: 'unregistering' },
            { guard: 'releasesNever', target: 'abandoning' },
            { target: 'telling' },
          ],
        },
        // A REGISTER still under way would overwrite the push server's: let it end first.
        abandoning: { entry: 'abandonBinding', on: { 'registration.unbound': 'telling' } },
        unregistering: { entry: 'removeBinding', on: { 'registration.unbound': 'telling' } },
        telling: {
          entry: 'sendBackground',
          on: {
            'control.takenOver': [
              {
                guard: and(['answersThisTurn', 'releasesAfterwards']),
                target: '#handOver.handedOver',
                actions: 'removeBinding',
              },
              { guard: 'answersThisTurn', target: '#handOver.handedOver' },
            ],
          },
          after: { controlTimeout: { target: 'telling', reenter: true } },
        },
      },
    },
    handedOver: { on: { 'user.open': 'claiming' } },
    loggingOut: {
      entry: ['sendDisable', 'removeBinding'],
      on: { 'control.disabled': '.removing' },
      initial: 'disabling',
      states: {
        disabling: { after: { controlTimeout: { target: '#handOver.loggingOut', reenter: true } } },
        removing: { entry: 'removeBinding', on: { 'registration.unbound': '#app.loggedOut' } },
      },
    },
  },
} as const;

/** Between one call and the next the OS suspends an app that is not on the screen. */
const visibility = {
  initial: 'background',
  states: {
    foreground: {
      on: { 'user.home': 'background' },
      after: { heartbeatInterval: { target: 'foreground', reenter: true, actions: 'sendHeartbeat' } },
    },
    background: {
      initial: 'quiet',
      on: { 'user.open': 'foreground' },
      states: {
        quiet: {
          always: { guard: 'hasCall', target: 'busy' },
          after: { backgroundTime: '#app.suspended' },
        },
        busy: { always: { guard: not('hasCall'), target: 'quiet', actions: 'yieldAfterRefork' } },
      },
    },
  },
} as const;

const endedBeforeStart = { 'notification.end': { actions: 'forgetAnnounced' } } as const;

/** A process that is being started or thawed: for the user or for a push, whichever asked first. */
const starting = <Delay extends 'coldStart' | 'resume'>(delay: Delay, isStrict: boolean) =>
  ({
    initial: 'forPush',
    on: {
      notification: { actions: 'noteAnnounced' },
      // PKPushType.voIP: a push that has started the process is reported, also if its call is over by now.
      ...(!isStrict && endedBeforeStart),
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

/** The softphone on the phone: its process, as the OS and the user treat it, with registration, hand-over and calls. */
export function appMachine(configuration: AppConfiguration) {
  const { mode, reliable, outgoing } = configuration;
  const isStrict = configuration.unreportedPush === 'terminates';
  const mayBeTerminated = isStrict && configuration.reportsPush === 'withInvite';
  const freshProcess = (network: Network) => ({
    registration: freshRegistration(contactAt(network)),
    paths: { 1: null, 2: null },
    announced: [],
  });
  // PKPushType.voIP: repeatedly failing to report a call stops the launches. How often, Apple does not say: twice here.
  const launchGuard = mayBeTerminated ? { guard: 'isStillLaunched' as const } : {};
  const toldContact = (network: Network) => (mode.swap === null ? {} : { appContact: contactAt(network) });
  const callIsQuiet = (call: 'call1' | 'call2' | 'outgoing') =>
    or([stateIn({ running: { [call]: 'idle' } }), stateIn({ running: { [call]: 'over' } })]);
  return setup({
    types: { context: {} as AppContext, events: {} as MachineEvent, emitted: {} as Emitted },
    guards: {
      ...registrationGuards(configuration.readsContacts),
      ...deviceCallGuards(configuration),
      isThisCall,
      hasCall: outgoing
        ? not(and([callIsQuiet('call1'), callIsQuiet('call2'), callIsQuiet('outgoing')]))
        : not(and([callIsQuiet('call1'), callIsQuiet('call2')])),
      ...(mayBeTerminated && { isStillLaunched: ({ context }: { context: AppContext }) => context.unreported !== 2 }),
      isInForeground: stateIn({ running: { visibility: 'foreground' } }),
      startsForUser: or([stateIn({ launching: 'forUser' }), stateIn({ resuming: 'forUser' })]),
      isEnabled: ({ context }) => context.enabled,
      isLoggedOut: ({ context }) => !context.loggedIn,
      answersThisTurn: ({ context, event }) => 'turn' in event && event.turn === context.turn,
      neverRegisters: () => !mode.appRegisters,
      peerReleasesFirst: () => mode.release === 'beforePeerRegisters',
      releasesFirst: () => mode.appRegisters && mode.release === 'beforePeerRegisters',
      releasesAfterwards: () => mode.appRegisters && mode.release === 'afterPeerRegisters',
      releasesNever: () => mode.appRegisters && mode.release === 'never',
      isGraceful: ({ context, event }) => context.enabled && expecting(event, 'app.kill').notice,
    },
    actions: {
      ...registrationActions<AppContext>('app', mode, ({ network }) => contactAt(network)),
      ...deviceCallActions<AppContext>(configuration),
      ...(outgoing &&
        userCallActions<AppContext>(({ network }) => (mode.appRegisters ? contactAt(network) : 'connection'))),
      ...(mayBeTerminated && {
        countUnreported: assign<AppContext, MachineEvent, undefined, MachineEvent, never>(({ context }) => ({
          unreported: context.unreported === 0 ? 1 : 2,
        })),
        observeUnreported: emit<AppContext, MachineEvent, undefined, MachineEvent, Emitted>(
          observing({ type: 'push.unreported' }),
        ),
      }),
      rebind: raise({ type: 'registration.rebind' }),
      yieldAfterRefork: enqueueActions(({ enqueue }) => {
        if (configuration.delivery === 'byRefork') enqueue.raise({ type: 'handOver.yield' });
      }),
      claimBindingIfMine: enqueueActions(({ enqueue }) => {
        if (mode.appRegisters) enqueue.raise({ type: 'registration.register' });
      }),
      changeNetwork: assign(({ context: { network, rivals } }) => {
        const next = network === 'wifi' ? 'cellular' : 'wifi';
        const known = (one: Contact) => one === contactAt(network) || rivals?.includes(one);
        return {
          network: next,
          // The former contact may still be bound: the next REGISTER that swaps names it too (inference).
          ...(rivals && { rivals: contacts.filter((one) => known(one) && one !== contactAt(next)) }),
        };
      }),
      takeNextTurn: assign({ turn: ({ context }) => (context.turn === 0 ? 1 : 0) }),
      noteEnabled: assign({ enabled: true }),
      noteLoggedOut: assign({ loggedIn: false, enabled: false }),
      noteLoggedIn: assign({ loggedIn: true }),
      noteAnnounced: assign({
        announced: ({ context, event }) => [
          ...context.announced.filter((call) => call !== expecting(event, 'notification').call),
          expecting(event, 'notification').call,
        ],
      }),
      ...(!isStrict && {
        forgetAnnounced: assign<AppContext, MachineEvent, undefined, MachineEvent, never>({
          announced: ({ context, event }) =>
            context.announced.filter((call) => call !== expecting(event, 'notification.end').call),
        }),
      }),
      raiseAnnounced: enqueueActions(({ context, enqueue }) => {
        for (const call of context.announced) enqueue.raise({ type: 'notification', call, token: context.token });
        enqueue.assign({ announced: [] });
      }),
      forgetProcess: assign(({ context }) => ({ ...freshProcess(context.network), ...nextCallId(context) })),
      // A suspended process keeps its memory, but not the transactions that it slept through.
      forgetTransactions: assign(({ context }) => ({
        registration: { ...context.registration, wanted: 'abandoned' as const, failures: 0 as const },
        paths: { 1: null, 2: null },
      })),
      forgetInstallation: assign(({ context }) => ({
        ...freshProcess(context.network),
        ...nextCallId(context),
        token: 'second' as const,
        enabled: false,
      })),
      sendEnable: emit(({ context }) => sending('pushServer', { type: 'control.enable', token: context.token })),
      sendDisable: emit(sending('pushServer', { type: 'control.disable' })),
      sendForeground: emit(({ context: { turn, token, network } }) =>
        sending('pushServer', { type: 'control.foreground', turn, token, ...toldContact(network) }),
      ),
      sendBackground: emit(({ context: { turn, network } }) =>
        sending('pushServer', { type: 'control.background', turn, ...toldContact(network) }),
      ),
      sendRegistered: emit(({ context }) => sending('pushServer', { type: 'control.registered', turn: context.turn })),
      sendHeartbeat: emit(({ context: { network } }) =>
        sending('pushServer', { type: 'control.heartbeat', ...toldContact(network) }),
      ),
      observeReachable: emit(({ context }) =>
        observing({ type: 'app.reachable', contact: contactAt(context.network) }),
      ),
      observeUnreachable: emit(observing({ type: 'app.reachable', contact: null })),
      observeLoggedOut: emit(observing({ type: 'loggedOut', loggedOut: true })),
      observeLoggedIn: emit(observing({ type: 'loggedOut', loggedOut: false })),
    },
    delays: appDelays,
  }).createMachine({
    id: 'app',
    context: {
      ...freshProcess('wifi'),
      network: 'wifi',
      ...(mode.swap !== null && { rivals: ['pushServer'] }),
      enabled: false,
      loggedIn: true,
      turn: 0,
      token: 'first',
      ...(mayBeTerminated && { unreported: 0 }),
      ...(configuration.namesCallId && { callId: 0 }),
    },
    initial: 'notRunning',
    on: {
      'network.change': { actions: ['changeNetwork', 'rebind'] },
      'user.reinstall': { target: '.notRunning', actions: 'forgetInstallation' },
    },
    states: {
      notRunning: {
        on: {
          'user.open': 'launching.forUser',
          notification: { ...launchGuard, target: 'launching.forPush', actions: 'noteAnnounced' },
        },
      },
      launching: starting('coldStart', isStrict),
      suspended: {
        on: {
          'user.open': 'resuming.forUser',
          notification: { ...launchGuard, target: 'resuming.forPush', actions: 'noteAnnounced' },
          'app.kill': { target: 'notRunning', actions: 'forgetProcess' },
        },
      },
      resuming: starting('resume', isStrict),
      running: {
        type: 'parallel',
        entry: ['forgetTransactions', 'observeReachable', 'raiseAnnounced'],
        exit: 'observeUnreachable',
        on: {
          'app.kill': [
            { guard: 'isGraceful', target: 'notRunning', actions: ['sendBackground', 'forgetProcess'] },
            { target: 'notRunning', actions: 'forgetProcess' },
          ],
          'network.change': { actions: ['changeNetwork', 'rebind', 'observeReachable'] },
          // PKPushType.voIP: the system terminates an app that reports no call for a push.
          ...(mayBeTerminated && {
            'push.unreported': {
              target: 'notRunning',
              actions: ['observeUnreported', 'countUnreported', 'forgetProcess'],
            },
          }),
        },
        states: {
          visibility,
          handOver,
          registration: registrationRegion(
            reliable,
            mode.release === 'beforePeerRegisters' ? 'removesOldContact' : 'leavesOldContact',
          ),
          call1: forCall(1, deviceCall(reliable, configuration)),
          call2: forCall(2, deviceCall(reliable, configuration)),
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
