import { and, not } from 'xstate';
import { type Args, actionsOf } from './actionsOf.ts';
import { contactAt, type Message, type Network, type Token, type Turn } from './messages.ts';
import { sending } from './observations.ts';
import { pushServerGivesWay, type RegistrationMode, releaseGuards } from './registrationModes.ts';
import { allowedAgain, passwordOf, type RegistrationContext, wishing } from './registrationRules.ts';

/** What the app knows of the hand-over. */
export interface HandOverContext extends RegistrationContext {
  readonly network: Network;
  /** Whether the push server has confirmed that it serves this installation. */
  readonly enabled: boolean;
  readonly loggedIn: boolean;
  /** Alternates with every return to the foreground; the answers of the push server repeat it. */
  readonly turn: Turn;
  readonly token: Token;
}

/**
 * The hand-over as the app carries it out. The mode decides the order: `claiming` on the way to the foreground,
 * `yielding` on the way to the background.
 */
export const handOver = ({ lease }: RegistrationMode) =>
  ({
    id: 'handOver',
    initial: 'deciding',
    on: {
      'user.logOut': { target: '.loggingOut', actions: 'noteLoggedOut' },
      // Delivery by re-fork: the woken app registers although it stays in the background, unless the user logs out.
      'handOver.claim': { guard: not('isLoggedOut'), target: '.claiming' },
      'handOver.yield': { guard: not('isLoggedOut'), target: '.yielding' },
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
              // Single Device Emulation: the push server unregisters before the app registers. A lease: it ends its REGISTERs.
              { guard: 'peerReleasesFirst', target: 'awaitingRelease' },
              // Standard and Takeover: register at once; what happens to the other binding is the push server's part.
              { target: 'registering' },
            ],
          },
          awaitingRelease: {
            on: { 'control.released': { guard: 'answersThisTurn', target: 'registering' } },
            // Inference: if the push server does not answer, two registrations are better than none.
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
      inCharge: {
        on: {
          'user.home': 'yielding',
          'user.open': 'claiming',
          // Inference: the push server has taken the lease over from an app that it did not hear.
          ...(lease && ({ 'control.lapsed': 'claiming' } as const)),
        },
      },
      yielding: {
        initial: 'deciding',
        on: { 'user.open': 'claiming' },
        states: {
          deciding: {
            always: [
              { guard: 'releasesFirst', target: 'unregistering' },
              { guard: 'stopsRefreshing', target: 'abandoning' },
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
        on: {
          'control.disabled': '.removing',
          // Inference: a user who logs in again need not wait until everything is removed.
          'user.logIn': { target: 'deciding', actions: 'noteLoggedIn' },
        },
        initial: 'disabling',
        states: {
          disabling: { after: { controlTimeout: { target: '#handOver.loggingOut', reenter: true } } },
          removing: { entry: 'removeBinding', on: { 'registration.unbound': '#app.loggedOut' } },
        },
      },
    },
  }) as const;

/**
 * Without a push server there is nobody to hand over to: the app registers when it runs. RFC 8599 4.1.3: where the SIP server
 * pushes, a push is answered by a REGISTER, whatever the app knows of its binding.
 */
export const withoutHandOver = (refreshesOnPush: boolean) =>
  ({
    id: 'handOver',
    initial: 'deciding',
    on: { 'user.logOut': { target: '.loggingOut', actions: 'noteLoggedOut' } },
    states: {
      deciding: { always: [{ guard: 'isLoggedOut', target: 'loggingOut' }, { target: 'inCharge' }] },
      inCharge: {
        entry: 'claimBinding',
        on: {
          'user.open': { target: 'inCharge', reenter: true },
          'handOver.claim': { actions: refreshesOnPush ? ['claimBinding', 'refreshBinding'] : ['claimBinding'] },
        },
      },
      loggingOut: {
        entry: 'removeBinding',
        on: {
          'registration.unbound': '#app.loggedOut',
          'user.logIn': { target: 'deciding', actions: 'noteLoggedIn' },
        },
      },
    },
  }) as const;

/** What the app does about pushes of the SIP server's, for the `setup` of the machine that contains the region. */
export const answeringPushes = <Context extends HandOverContext>(refreshesOnPush: boolean) => ({
  claimAfterPush: actionsOf<HandOverContext, Context>().raise({ type: 'handOver.claim' }),
  ...(refreshesOnPush && { refreshBinding: wishing<Context>('refresh') }),
});

type GuardArgs = Args<HandOverContext>;

/** The guard of the region that there is with and without a push server. */
export const accountGuards = { isLoggedOut: ({ context }: GuardArgs) => !context.loggedIn };

/** The guards of the hand-over: what the app knows, and the order that the mode demands. */
export const handOverGuards = (mode: RegistrationMode) => ({
  isEnabled: ({ context }: GuardArgs) => context.enabled,
  answersThisTurn: ({ context, event }: GuardArgs) => 'turn' in event && event.turn === context.turn,
  neverRegisters: () => !mode.appRegisters,
  peerReleasesFirst: () => pushServerGivesWay(mode),
  ...releaseGuards(mode),
  // A lease: it stops refreshing first, also where it un-REGISTERs afterwards.
  stopsRefreshing: () => mode.appRegisters && (mode.release === 'never' || mode.lease === true),
});

const telling =
  <Context extends HandOverContext>() =>
  (message: (context: Context) => Message) =>
    actionsOf<HandOverContext, Context>().emit(({ context }) => sending('pushServer', message(context)));

const ownContactIn =
  (mode: RegistrationMode) =>
  ({ network }: HandOverContext) =>
    mode.swap === null ? {} : { appContact: contactAt(network) };

/** What the app notes of the account and says at its end, with and without a push server. */
export function accountActions<Context extends HandOverContext>(mode: RegistrationMode) {
  const { assign } = actionsOf<HandOverContext, Context>();
  const ownContact = ownContactIn(mode);
  return {
    sendBackground: telling<Context>()((context) => ({
      type: 'control.background',
      turn: context.turn,
      ...ownContact(context),
    })),
    noteLoggedOut: assign(() => ({ loggedIn: false, enabled: false })),
    noteLoggedIn: assign(({ context: { registration }, event }) => ({
      loggedIn: true,
      registration: allowedAgain(registration),
      ...passwordOf(event),
    })),
  };
}

/** The actions of the hand-over, for the `setup` of the machine that contains it: what it notes and what it tells the push server. */
export function handOverActions<Context extends HandOverContext>(mode: RegistrationMode) {
  const { assign, enqueueActions } = actionsOf<HandOverContext, Context>();
  const tell = telling<Context>();
  const ownContact = ownContactIn(mode);
  return {
    takeNextTurn: assign(({ context: { turn } }) => ({ turn: turn === 0 ? 1 : 0 })),
    abandonBinding: wishing<Context>('abandon'),
    noteEnabled: assign(() => ({ enabled: true })),
    claimBindingIfMine: enqueueActions(({ enqueue }) => {
      if (mode.appRegisters) enqueue.raise({ type: 'registration.register' });
    }),
    sendEnable: tell(({ token, password }) => ({ type: 'control.enable', token, ...(password && { password }) })),
    sendDisable: tell(() => ({ type: 'control.disable' })),
    sendForeground: tell((context) => ({
      type: 'control.foreground',
      turn: context.turn,
      token: context.token,
      ...ownContact(context),
    })),
    sendRegistered: tell(({ turn }) => ({ type: 'control.registered', turn })),
    sendHeartbeat: tell((context) => ({ type: 'control.heartbeat', ...ownContact(context) })),
  };
}
