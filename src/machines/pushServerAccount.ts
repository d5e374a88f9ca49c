import { and } from 'xstate';
import { type Args, actionsOf } from './actionsOf.ts';
import { expecting } from './events.ts';
import type { HeldCallContext } from './heldCall.ts';
import type { Message, Turn } from './messages.ts';
import { observing, sending } from './observations.ts';
import { type RegistrationMode, releaseGuards, staysRegistered } from './registrationModes.ts';

/** What the push server knows of the account that it serves. */
export interface AccountContext extends HeldCallContext {
  /** The request of the app that is being carried out, or null when the push server acts by itself. */
  readonly turn: Turn | null;
}

/** Contact with the app renews the credentials that the push server would forget otherwise. */
const renewing = { actions: 'watchCredentials' } as const;

/**
 * Acrobits SIPIS: credentials of an app that has not been heard of are deleted; any use of the app brings them anew. So it is with
 * a node that takes over without knowing any account (inference).
 */
const forgotten = {
  // Inference: it un-REGISTERs as long as it can, and has nothing with which to answer a challenge afterwards.
  entry: ['noteForgotten', 'removeBinding'],
  on: {
    'control.foreground': { target: 'appPresent', actions: ['noteTurn', 'noteAppContact', 'storeToken'] },
    'control.background': { target: 'appAway', actions: ['noteTurn', 'noteAppContact'] },
    'control.disable': { target: 'disabled', actions: 'confirmDisabled' },
  },
} as const;

/** Whether the push server can take over by itself from an app that has fallen silent. */
const canTakeOverAlone = ({ keepsCredentials }: RegistrationMode) => keepsCredentials !== 'whileAppIsAway';
const forgetsCredentials = ({ keepsCredentials }: RegistrationMode) => keepsCredentials === 'untilForgotten';

/**
 * Which side is in charge, as the push server sees it. The mode decides in `appPresent` when the own binding goes, and
 * `appAway` always wants to be registered.
 */
export const account = (mode: RegistrationMode, losesState: boolean) => {
  const { lease } = mode;
  const watches = canTakeOverAlone(mode);
  const forgets = forgetsCredentials(mode);
  const mayForget = forgets || losesState;
  return {
    initial: 'remembering',
    // The credentials come with the app's configuration and are stored (docs.counterpath.com).
    on: { 'control.enable': { target: '.appPresent', actions: ['storeCredentials', 'storeToken', 'confirmEnabled'] } },
    states: {
      remembering: {
        always: [
          { guard: 'wasDisabled', target: 'disabled' },
          ...(mayForget ? [{ guard: 'wasForgotten', target: 'forgotten' }] : []),
          { guard: 'appWasPresent', target: 'appPresent' },
          { target: 'appAway' },
        ],
      },
      disabled: {
        entry: ['noteDisabled', 'observeDisabled'],
        on: { 'control.disable': { actions: 'confirmDisabled' } },
      },
      appPresent: {
        entry: ['noteAppPresent', 'observeEnabled', ...(watches ? ['watchHeartbeat'] : [])],
        exit: watches ? 'stopWatchingHeartbeat' : [],
        initial: 'deciding',
        on: {
          'control.heartbeat': { actions: ['noteAppContact', ...(watches ? ['watchHeartbeat'] : [])] },
          'control.foreground': {
            target: 'appPresent',
            reenter: true,
            actions: ['noteTurn', 'noteAppContact', 'storeToken'],
          },
          'control.background': { target: 'appAway', actions: ['noteTurn', 'noteAppContact'] },
          'control.disable': { target: 'disabled', actions: ['confirmDisabled', 'removeBinding'] },
          ...(watches && { 'app.silent': { target: 'appAway', actions: 'forgetTurn' } }),
        },
        states: {
          deciding: {
            always: [
              // Continuous: the push server is registered on behalf of the client at all times.
              { guard: 'staysRegistered', target: 'serving', actions: 'claimBinding' },
              // Single Device Emulation: each unregisters before the other registers.
              { guard: 'releasesFirst', target: 'releasing' },
              ...(lease
                ? [{ target: 'ceding' }]
                : [
                    // Standard: the old binding goes when the new one is committed (inference: overlap, never a gap).
                    { guard: 'releasesAfterwards', target: 'waitingForApp' },
                    // Single Device Takeover and its variants: no un-REGISTER; only the refresh timer goes.
                    { target: 'serving', actions: 'abandonBinding' },
                  ]),
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
          // RFC 3261 10.2: a REGISTER under way is not taken back; the lease goes when its final response has come.
          ...(lease && {
            ceding: {
              entry: 'abandonBinding',
              on: {
                'registration.unbound': [
                  {
                    guard: and(['isAnsweringApp', 'releasesAfterwards']),
                    target: 'waitingForApp',
                    actions: 'confirmReleased',
                  },
                  { guard: 'isAnsweringApp', target: 'serving', actions: 'confirmReleased' },
                  { target: 'serving' },
                ],
              },
            },
          }),
          waitingForApp: {
            on: { 'control.registered': { guard: 'isLatestTurn', target: 'serving', actions: 'removeBinding' } },
          },
          serving: {},
        },
      },
      appAway: {
        entry: ['noteAppAway', ...(forgets ? ['watchCredentials'] : []), 'claimBinding'],
        exit: forgets ? 'stopWatchingCredentials' : [],
        initial: 'takingOver',
        on: {
          'control.foreground': { target: 'appPresent', actions: ['noteTurn', 'noteAppContact', 'storeToken'] },
          'control.background': { target: 'appAway', reenter: true, actions: ['noteTurn', 'noteAppContact'] },
          'control.disable': { target: 'disabled', actions: ['confirmDisabled', 'removeBinding'] },
          // An app that takes itself for the holder: it is told that the lease has passed to the push server meanwhile.
          ...(lease && { 'control.heartbeat': { actions: 'sayLapsed' } }),
          ...(forgets && { 'app.forgotten': 'forgotten', 'control.fetch': renewing }),
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
      ...(mayForget && { forgotten }),
    },
  };
};

type GuardArgs = Args<AccountContext>;

/** The guards of the region. */
export const accountGuards = (mode: RegistrationMode, losesState: boolean) => ({
  staysRegistered: () => staysRegistered(mode),
  ...releaseGuards(mode),
  wasDisabled: ({ context }: GuardArgs) => context.account === 'disabled',
  ...((forgetsCredentials(mode) || losesState) && {
    wasForgotten: ({ context }: GuardArgs) => context.account === 'forgotten',
  }),
  appWasPresent: ({ context }: GuardArgs) => context.account === 'appPresent',
  isAnsweringApp: ({ context }: GuardArgs) => context.turn !== null,
  isLatestTurn: ({ context, event }: GuardArgs) => expecting(event, 'control.registered').turn === context.turn,
});

/** The actions of the region, for the `setup` of the machine that contains it. */
export function accountActions<Context extends AccountContext>(mode: RegistrationMode, losesState: boolean) {
  const { assign, emit, enqueueActions } = actionsOf<AccountContext, Context>();
  const tell = (message: (context: Context) => Message) => emit(({ context }) => sending('app', message(context)));
  const observeEnabled = (enabled: boolean) => emit(() => observing({ type: 'push.enabled', enabled }));
  return {
    noteDisabled: assign(() => ({ account: 'disabled' as const, tokens: [], turn: null })),
    noteAppPresent: assign(() => ({ account: 'appPresent' as const })),
    noteAppAway: assign(() => ({ account: 'appAway' as const })),
    noteTurn: assign(({ event }) => ({ turn: 'turn' in event ? event.turn : null })),
    ...(canTakeOverAlone(mode) && {
      forgetTurn: assign(() => ({ turn: null })),
      watchHeartbeat: enqueueActions<'heartbeatTimeout'>(({ enqueue }) => {
        enqueue.cancel('heartbeat');
        enqueue.raise({ type: 'app.silent' }, { id: 'heartbeat', delay: 'heartbeatTimeout' });
      }),
      stopWatchingHeartbeat: enqueueActions(({ enqueue }) => enqueue.cancel('heartbeat')),
    }),
    ...((forgetsCredentials(mode) || losesState) && {
      noteForgotten: assign(() => ({ account: 'forgotten' as const, turn: null })),
    }),
    ...(forgetsCredentials(mode) && {
      watchCredentials: enqueueActions<'credentialsLifetime'>(({ enqueue }) => {
        enqueue.cancel('credentials');
        enqueue.raise({ type: 'app.forgotten' }, { id: 'credentials', delay: 'credentialsLifetime' });
      }),
      stopWatchingCredentials: enqueueActions(({ enqueue }) => enqueue.cancel('credentials')),
    }),
    ...(mode.lease && { sayLapsed: tell(() => ({ type: 'control.lapsed' })) }),
    confirmEnabled: tell(() => ({ type: 'control.enabled' })),
    confirmDisabled: tell(() => ({ type: 'control.disabled' })),
    confirmReleased: tell(({ turn }) => ({ type: 'control.released', turn: turn ?? 0 })),
    confirmTakenOver: tell(({ turn }) => ({ type: 'control.takenOver', turn: turn ?? 0 })),
    observeEnabled: observeEnabled(true),
    observeDisabled: observeEnabled(false),
  };
}
