import { type AnyStateMachine, assign, cancel, emit, enqueueActions, setup } from 'xstate';
import { forCall, isThisCall } from './callSlot.ts';
import { pushServerDelays } from './delays.ts';
import {
  type HeldCallConfiguration,
  type HeldCallContext,
  heldCall,
  heldCallActions,
  heldCallGuards,
} from './heldCall.ts';
import {
  type Emitted,
  expecting,
  type MachineEvent,
  observing,
  type ProcessTag,
  sending,
  type Turn,
} from './messages.ts';
import { callingOut, type OutgoingContext, relayedCallActions } from './outgoingCall.ts';
import { registrationRegion } from './registration.ts';
import { releaseGuards } from './registrationModes.ts';
import {
  allowedAgain,
  freshRegistration,
  nextCallId,
  noTransaction,
  passwordOf,
  type RegistrationContext,
  registrationActions,
  registrationGuards,
  type UserAgentConfiguration,
  wishing,
  withRival,
} from './registrationRules.ts';

/** What the push server must know of the account that it serves. */
export interface PushServerConfiguration extends UserAgentConfiguration, HeldCallConfiguration {
  /** Whether a new token replaces the old one; otherwise pushes go to both (a duplicate on the phone). */
  readonly replacesToken: boolean;
}

export interface PushServerContext extends RegistrationContext, HeldCallContext, OutgoingContext {
  /** The request of the app that is being carried out, or null when the push server acts by itself. */
  readonly turn: Turn | null;
}

/**
 * Which side is in charge, as the push server sees it. The mode decides in `appPresent` when the own binding goes, and
 * `appAway` always wants to be registered.
 */
const account = {
  initial: 'remembering',
  // The credentials come with the app's configuration and are stored (docs.counterpath.com).
  on: { 'control.enable': { target: '.appPresent', actions: ['storeCredentials', 'storeToken', 'confirmEnabled'] } },
  states: {
    remembering: {
      always: [
        { guard: 'wasDisabled', target: 'disabled' },
        { guard: 'appWasPresent', target: 'appPresent' },
        { target: 'appAway' },
      ],
    },
    disabled: {
      entry: ['noteDisabled', 'observeDisabled'],
      on: { 'control.disable': { actions: 'confirmDisabled' } },
    },
    appPresent: {
      entry: ['noteAppPresent', 'observeEnabled', 'watchHeartbeat'],
      exit: 'stopWatchingHeartbeat',
      initial: 'deciding',
      on: {
        'control.heartbeat': { actions: ['noteAppContact', 'watchHeartbeat'] },
        'control.foreground': {
          target: 'appPresent',
          reenter: true,
          actions: ['noteTurn', 'noteAppContact', 'storeToken'],
        },
        'control.background': { target: 'appAway', actions: ['noteTurn', 'noteAppContact'] },
        'control.disable': { target: 'disabled', actions: ['confirmDisabled', 'removeBinding'] },
        'app.silent': { target: 'appAway', actions: 'forgetTurn' },
      },
      states: {
        deciding: {
          always: [
            // Continuous: the push server is registered on behalf of the client at all times.
            { guard: 'staysRegistered', target: 'serving', actions: 'claimBinding' },
            // Single Device Emulation: each unregisters before the other registers.
            { guard: 'releasesFirst', target: 'releasing' },
            // Standard: the old binding goes when the new one is committed (inference: overlap, never a gap).
            { guard: 'releasesAfterwards', target: 'waitingForApp' },
            // Single Device Takeover and its variants: no un-REGISTER; only the refresh timer goes.
            { target: 'serving', actions: 'abandonBinding' },
          ],
        },
        releasing: {
          entry: 'removeBinding',
          on: {
            'registration.unbound': [
              { guard: 'isAnsweringApp', target: 'serving', actions: 'confirmReleased' },
              { target: 'serving' },
            ],
          },
        },
        waitingForApp: {
          on: { 'control.registered': { guard: 'isLatestTurn', target: 'serving', actions: 'removeBinding' } },
        },
        serving: {},
      },
    },
    appAway: {
      entry: ['noteAppAway', 'claimBinding'],
      initial: 'takingOver',
      on: {
        'control.foreground': { target: 'appPresent', actions: ['noteTurn', 'noteAppContact', 'storeToken'] },
        'control.background': { target: 'appAway', reenter: true, actions: ['noteTurn', 'noteAppContact'] },
        'control.disable': { target: 'disabled', actions: ['confirmDisabled', 'removeBinding'] },
      },
      states: {
        takingOver: {
          on: {
            'registration.bound': [
              { guard: 'isAnsweringApp', target: 'registered', actions: 'confirmTakenOver' },
              { target: 'registered' },
            ],
          },
        },
        registered: {},
      },
    },
  },
} as const;

/**
 * The push server: registers in the app's place as the mode says, holds its calls and wakes it.
 * What it keeps over a restart (credentials, tokens, which side is in charge) is context; the rest is lost with the process.
 */
export function pushServerMachine(configuration: PushServerConfiguration): AnyStateMachine {
  const { mode, reliable, replacesToken } = configuration;
  // Product article: in Continuous the calls that the user makes go through the push server too.
  const relaysCalls = configuration.outgoing && !mode.appRegisters;
  return setup({
    types: {
      context: {} as PushServerContext,
      events: {} as MachineEvent,
      emitted: {} as Emitted,
      tags: {} as ProcessTag,
    },
    guards: {
      ...registrationGuards(configuration),
      ...heldCallGuards(configuration),
      isThisCall,
      staysRegistered: () => !mode.appRegisters,
      ...releaseGuards(mode),
      wasDisabled: ({ context }) => context.account === 'disabled',
      appWasPresent: ({ context }) => context.account === 'appPresent',
      isAnsweringApp: ({ context }) => context.turn !== null,
      isLatestTurn: ({ context, event }) => expecting(event, 'control.registered').turn === context.turn,
    },
    actions: {
      ...registrationActions<PushServerContext>('pushServer', mode, () => 'pushServer', configuration),
      ...heldCallActions<PushServerContext>(configuration),
      ...(relaysCalls && relayedCallActions<PushServerContext>()),
      abandonBinding: wishing<PushServerContext>('abandon'),
      noteDisabled: assign({ account: 'disabled', tokens: [], turn: null }),
      noteAppPresent: assign({ account: 'appPresent' }),
      noteAppAway: assign({ account: 'appAway' }),
      noteTurn: assign({ turn: ({ event }) => ('turn' in event ? event.turn : null) }),
      // Inference: every address that the app has had may still be bound, for the app cannot say which REGISTER arrived.
      noteAppContact: assign(({ context: { rivals }, event }) => {
        const told = 'appContact' in event ? event.appContact : undefined;
        return told === undefined ? {} : { rivals: withRival(rivals, told) };
      }),
      storeCredentials: assign(({ context: { registration }, event }) => ({
        registration: allowedAgain(registration),
        ...passwordOf(event),
      })),
      forgetTurn: assign({ turn: null }),
      storeToken: assign({
        tokens: ({ context, event }) => {
          if (!('token' in event) || context.tokens.includes(event.token)) return context.tokens;
          return replacesToken ? [event.token] : [...context.tokens, event.token];
        },
      }),
      dropToken: assign({
        tokens: ({ context, event }) =>
          context.tokens.filter((token) => token !== expecting(event, 'push.failed').token),
      }),
      forgetProcess: assign(({ context }) => ({
        registration: freshRegistration('pushServer', context.registration),
        failures: { 1: null, 2: null },
        turn: null,
        ...nextCallId(context),
      })),
      watchHeartbeat: enqueueActions(({ enqueue }) => {
        enqueue.cancel('heartbeat');
        enqueue.raise({ type: 'app.silent' }, { id: 'heartbeat', delay: 'heartbeatTimeout' });
      }),
      stopWatchingHeartbeat: cancel('heartbeat'),
      confirmEnabled: emit(sending('app', { type: 'control.enabled' })),
      confirmDisabled: emit(sending('app', { type: 'control.disabled' })),
      confirmReleased: emit(({ context }) => sending('app', { type: 'control.released', turn: context.turn ?? 0 })),
      confirmTakenOver: emit(({ context }) => sending('app', { type: 'control.takenOver', turn: context.turn ?? 0 })),
      observeEnabled: emit(observing({ type: 'push.enabled', enabled: true })),
      observeDisabled: emit(observing({ type: 'push.enabled', enabled: false })),
      observeUp: emit(observing({ type: 'pushServer.up', up: true })),
      observeDown: emit(observing({ type: 'pushServer.up', up: false })),
    },
    delays: pushServerDelays,
  }).createMachine({
    id: 'pushServer',
    context: {
      registration: freshRegistration('pushServer', noTransaction(configuration)),
      account: 'disabled',
      tokens: [],
      failures: { 1: null, 2: null },
      turn: null,
      ...(configuration.namesCallId && { callId: 0 }),
    },
    initial: 'up',
    states: {
      up: {
        type: 'parallel',
        entry: 'observeUp',
        on: {
          'pushServer.crash': 'down',
          // RFC 8599 5.3: a token that the push service rejects is not used again.
          'push.failed': { actions: 'dropToken' },
        },
        states: {
          account,
          registration: registrationRegion(reliable, 'fixed', configuration),
          call1: forCall(1, heldCall(reliable, configuration.repeatsPush)),
          call2: forCall(2, heldCall(reliable, configuration.repeatsPush)),
          ...(relaysCalls && {
            outgoing: callingOut(reliable, {
              begin: 'outgoing.INVITE',
              guard: 'accountIsEnabled',
              refusal: { actions: 'refuseOutgoing' },
              end: { on: 'outgoing.BYE' },
            }),
          }),
        },
      },
      down: {
        tags: 'absent',
        entry: ['observeDown', 'forgetProcess', 'stopWatchingHeartbeat'],
        after: { restart: 'up' },
      },
    },
  });
}
