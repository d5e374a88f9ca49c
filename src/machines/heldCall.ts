import { type Args, actionsOf } from './actionsOf.ts';
import { failedToSend, type ThisCall } from './callSlot.ts';
import { expecting, type MachineEvent } from './events.ts';
import {
  type Call,
  type CallMessage,
  type CallMessageContent,
  type EndReason,
  type FailureCode,
  ofCall,
  type PushServerContact,
  type Token,
} from './messages.ts';
import { observing, sending } from './observations.ts';
import { repeatingAnswer, retransmittingUpToT2 } from './retransmission.ts';

/**
 * How a call that the push server holds gets to the woken app: over the app's own connection to the push server, or
 * by a branch that the SIP server adds for the app's fresh binding. The sources allow both readings.
 */
export type Delivery = 'overConnection' | 'byRefork';

export interface HeldCallConfiguration {
  readonly delivery: Delivery;
  /** `AutoSend180`: ring back to the caller before the app is awake. */
  readonly autoSend180: boolean;
  /** Whether the push is sent again and again until the app comes: the push service may have lost it. */
  readonly repeatsPush: boolean;
  /** Whether a slot is used for one call after another. */
  readonly reusesCalls?: true;
}

export interface HeldCallContext {
  /** `forgotten`: its credentials have been deleted, as the app was not heard of for too long, or the node knows none. */
  readonly account: 'disabled' | 'forgotten' | 'appPresent' | 'appAway';
  /** The tokens that pushes go to. */
  readonly tokens: readonly Token[];
  /** Why each call failed, as long as its failure is being sent. */
  readonly failures: Readonly<Record<Call, FailureCode | null>>;
  /** Calls that another device of the user has answered; absent where there is none. */
  readonly taken?: readonly Call[];
  /** The address of the node in charge; absent where the push server has one address. */
  readonly address?: PushServerContact;
  /** At which address each call has come; absent where there is one. */
  readonly calledAt?: Readonly<Record<Call, PushServerContact>>;
}

/** The contact under which the push server is registered now. */
export const contactOf = ({ address = 'pushServer' }: Pick<HeldCallContext, 'address'>): PushServerContact => address;

/** The contact under which it has been called. */
const contactIn = ({ calledAt, address = 'pushServer' }: HeldCallContext, call: Call): PushServerContact =>
  calledAt?.[call] ?? address;

/** Flexisip can be configured to repeat the push at an interval. */
const repeatingPush = {
  initial: 'repeating',
  states: { repeating: { after: { pushRepeat: { target: 'repeating', reenter: true, actions: 'push' } } } },
};

/**
 * One call at the push server, a B2BUA (RFC 3261 16.1, RFC 7092): server towards the SIP server, client towards the
 * app. It holds the INVITE with a 100 while the app wakes. Template for a call slot.
 */
export const heldCall = (reliable: boolean, repeatsPush: boolean) => {
  const gone = {
    'control.fetch': { actions: 'sendNoCall' },
    CANCEL: { actions: 'confirmCancel' },
    // RFC 3261 12.2.2: the dialog has ended.
    reINVITE: { actions: 'denyReInvite' },
    // RFC 3261 13.2.2.4: what the app answers too late is acknowledged and ended.
    'INVITE.200': { actions: ['acknowledgeApp', 'forwardBye'] },
    'INVITE.failed': { actions: 'acknowledgeApp' },
    BYE: [{ guard: 'isOfApp', actions: 'confirmByeToApp' }, { actions: 'confirmBye' }],
  };
  const cancelled = {
    target: 'failed',
    actions: ['confirmCancel', 'noteCancelled', 'noteTaken', 'cancelApp', 'endPush'],
  };
  const cancelledBeforeOffer = {
    target: 'failed',
    actions: ['confirmCancel', 'noteCancelled', 'noteTaken', 'endPush'],
  };
  // The app answers as soon as the user does, which may be long after the push server has begun to wake it once more.
  const answers = {
    'INVITE.180': { target: 'ringing', actions: 'forwardRinging' },
    'INVITE.200': 'answered',
    'INVITE.failed': { target: 'failed', actions: ['acknowledgeApp', 'noteFailure'] },
  };
  const waking = (isOffered: boolean) => ({
    entry: 'push',
    ...(repeatsPush && repeatingPush),
    // RFC 3261 21.4.18: 480 when no token leads to the phone.
    always: { guard: 'hasNoToken', target: 'failed', actions: 'noteUnavailable' },
    on: {
      ...(isOffered && answers),
      INVITE: { actions: 'sendTrying' },
      'control.fetch': { guard: 'deliversOverConnection', target: 'offering' },
      'control.foreground': { guard: 'deliversOverConnection', target: 'offering' },
      CANCEL: isOffered ? cancelled : cancelledBeforeOffer,
    },
    after: {
      giveUp: {
        target: 'failed',
        actions: isOffered ? ['noteUnavailable', 'cancelApp', 'endPush'] : ['noteUnavailable', 'endPush'],
      },
    },
  });
  const ends = [
    { guard: 'isOfApp', target: 'hangingUp', actions: 'confirmByeToApp' },
    { target: 'over', actions: ['confirmBye', 'forwardBye'] },
  ];
  return {
    initial: 'idle',
    states: {
      idle: {
        on: {
          INVITE: [
            { guard: 'reachesAppDirectly', target: 'offering', actions: 'sendTrying' },
            { guard: 'accountIsEnabled', target: 'waking', actions: ['sendTrying', 'ringEarly'] },
            { target: 'failed', actions: 'noteUnavailable' },
          ],
          'control.fetch': { actions: 'sendNoCall' },
          // RFC 3261 12.2.2: a dialog that went with the former process.
          BYE: [{ guard: 'isOfApp', actions: 'denyByeOfApp' }, { actions: 'denyBye' }],
          UPDATE: { actions: 'denyUpdate' },
          reINVITE: { actions: 'denyReInvite' },
        },
      },
      waking: waking(false),
      // The offered INVITE may still have reached the app, and the user may answer it.
      wakingAgain: waking(true),
      offering: {
        entry: 'offer',
        on: {
          ...answers,
          INVITE: { actions: 'sendTrying' },
          'control.fetch': { target: 'offering', reenter: true },
          CANCEL: cancelled,
          // RFC 3261 18.4: there is no connection any more. Wake the app after all.
          'transport.failed': { guard: 'inviteFailed', target: 'wakingAgain' },
          'connection.closed': { guard: 'isOfApp', target: 'wakingAgain' },
        },
        // No answer over the connection: wake the app after all.
        after: { connectionTimeout: 'wakingAgain' },
      },
      ringing: {
        on: {
          ...answers,
          INVITE: { actions: 'forwardRinging' },
          'control.fetch': { target: 'offering' },
          CANCEL: cancelled,
          // Inference: the app has died while it rang; another push lets it ring again.
          'connection.closed': { guard: 'isOfApp', target: 'wakingAgain' },
        },
      },
      answered: {
        entry: 'sendAnswer',
        ...repeatingAnswer('sendAnswer'),
        on: {
          CANCEL: { actions: 'confirmCancel' },
          ACK: { target: 'connected', actions: 'acknowledgeApp' },
          BYE: ends,
          'connection.closed': { guard: 'isOfApp', target: 'answeredInVain' },
        },
        // RFC 3261 13.3.1.4: no ACK, so the session is ended.
        after: { '64T1': { target: 'hangingUp', actions: ['acknowledgeApp', 'forwardBye'] } },
      },
      // RFC 3261 15: the side that is called sends no BYE before the ACK has come, or is given up.
      answeredInVain: {
        ...repeatingAnswer('sendAnswer'),
        on: { CANCEL: { actions: 'confirmCancel' }, ACK: 'hangingUp', BYE: { target: 'over', actions: 'confirmBye' } },
        after: { '64T1': 'hangingUp' },
      },
      connected: {
        on: {
          CANCEL: { actions: 'confirmCancel' },
          ACK: { actions: 'acknowledgeApp' },
          'INVITE.200': { actions: 'acknowledgeApp' },
          BYE: ends,
          reINVITE: { actions: 'confirmReInvite' },
          // RFC 4028 8: it has no timer of its own, so the two ends refresh one session across it (inference).
          UPDATE: { actions: 'passAcross' },
          'UPDATE.200': { actions: 'passAcross' },
          'UPDATE.481': { actions: 'passAcross' },
          // The app's process has ended, and the OS has closed its connection.
          'connection.closed': { guard: 'isOfApp', target: 'hangingUp' },
        },
      },
      hangingUp: {
        entry: 'sendBye',
        ...retransmittingUpToT2('sendBye', reliable),
        // The app's answer to its own BYE says nothing of this one.
        on: { ...gone, 'BYE.200': [{ guard: 'isOfApp' }, { target: 'over' }], 'BYE.481': 'over' },
        after: { '64T1': 'over' },
      },
      failed: {
        entry: 'sendFailure',
        ...retransmittingUpToT2('sendFailure', reliable),
        on: { ...gone, INVITE: { actions: 'sendFailure' }, ACK: 'over' },
        after: { '64T1': 'over' },
      },
      over: {
        entry: 'forgetFailure',
        on: { ...gone, UPDATE: { actions: 'denyUpdate' } },
      },
    },
  };
};

type GuardArgs = Args<HeldCallContext>;

export function heldCallGuards({ delivery }: HeldCallConfiguration) {
  return {
    accountIsEnabled: ({ context }: GuardArgs) => context.account !== 'disabled' && context.account !== 'forgotten',
    reachesAppDirectly: ({ context }: GuardArgs) => context.account === 'appPresent' && delivery === 'overConnection',
    deliversOverConnection: () => delivery === 'overConnection',
    isOfApp: ({ event }: GuardArgs) =>
      event.type === 'connection.closed' ? event.from === 'app' : 'contact' in event && event.contact === 'connection',
    inviteFailed: failedToSend('INVITE'),
    hasNoToken: ({ context }: GuardArgs) => context.tokens.length === 0,
  };
}

/** RFC 3326 2: the reason that a CANCEL gives is passed on. */
const reasonIn = (event: MachineEvent): { reason?: EndReason } =>
  event.type === 'CANCEL' && event.reason !== undefined ? { reason: event.reason } : {};

export function heldCallActions<Context extends HeldCallContext>({ autoSend180, reusesCalls }: HeldCallConfiguration) {
  const { assign, emit, enqueueActions } = actionsOf<HeldCallContext, Context, ThisCall>();
  const toServer = (content: (call: Call, context: Context) => CallMessageContent) =>
    emit(({ context }, { call }) =>
      sending('sipServer', ofCall(content(call, context), call, contactIn(context, call))),
    );
  const toApp = (type: 'INVITE' | 'ACK' | 'CANCEL' | 'BYE' | 'BYE.200' | 'BYE.481' | 'reINVITE.200' | 'reINVITE.481') =>
    emit(({ event }, { call }) =>
      sending('app', {
        type,
        call,
        contact: 'connection',
        ...(type === 'CANCEL' && reasonIn(event)),
        ...(/^BYE\./.test(type) && { by: 'callee' }),
        ...(type.startsWith('reINVITE') && { target: 'connection' }),
      } as CallMessage),
    );
  const toEveryToken = (type: 'push' | 'push.end') =>
    enqueueActions(({ context, event, enqueue }, { call }) => {
      const reason = type === 'push' ? {} : reasonIn(event);
      for (const token of context.tokens)
        enqueue.emit(sending('notificationService', { type, call, token, ...reason }));
    });
  const note = (code: (event: MachineEvent) => FailureCode | null) =>
    assign(({ context, event }, { call }) => ({ failures: { ...context.failures, [call]: code(event) } }));
  return {
    sendTrying: toServer(() => ({ type: 'INVITE.100' })),
    forwardRinging: toServer(() => ({ type: 'INVITE.180' })),
    ringEarly: enqueueActions(({ context, enqueue }, { call }) => {
      if (!autoSend180) return;
      enqueue.emit(sending('sipServer', { type: 'INVITE.180', call, contact: contactIn(context, call) }));
      enqueue.emit(observing({ type: 'call.ringbackPromised', call }));
    }),
    sendAnswer: toServer(() => ({ type: 'INVITE.200' })),
    sendFailure: toServer((call, { failures }) => ({ type: 'INVITE.failed', code: failures[call] ?? 480 })),
    confirmCancel: toServer(() => ({ type: 'CANCEL.200' })),
    confirmBye: toServer(() => ({ type: 'BYE.200' })),
    denyBye: toServer(() => ({ type: 'BYE.481' })),
    sendBye: toServer(() => ({ type: 'BYE', by: 'callee' })),
    confirmByeToApp: toApp('BYE.200'),
    denyByeOfApp: toApp('BYE.481'),
    confirmReInvite: toApp('reINVITE.200'),
    denyReInvite: toApp('reINVITE.481'),
    passAcross: emit(({ context, event }) => {
      const message = event as CallMessage;
      return message.contact === 'connection'
        ? sending('sipServer', { ...message, contact: contactIn(context, message.call) })
        : sending('app', { ...message, contact: 'connection' });
    }),
    denyUpdate: emit(({ event }) => {
      const message = expecting(event, 'UPDATE');
      return sending(message.contact === 'connection' ? 'app' : 'sipServer', { ...message, type: 'UPDATE.481' });
    }),
    offer: toApp('INVITE'),
    acknowledgeApp: toApp('ACK'),
    cancelApp: toApp('CANCEL'),
    forwardBye: toApp('BYE'),
    push: toEveryToken('push'),
    endPush: toEveryToken('push.end'),
    sendNoCall: emit(({ context }, { call }) =>
      sending('app', {
        type: 'control.noCall',
        call,
        ...(context.taken?.includes(call) && { reason: 'completedElsewhere' as const }),
      }),
    ),
    noteTaken: assign(({ context, event }, { call }) =>
      'reason' in reasonIn(event) ? { taken: [...(context.taken ?? []), call] } : {},
    ),
    noteUnavailable: note(() => 480),
    noteCancelled: note(() => 487),
    noteFailure: note((event) => expecting(event, 'INVITE.failed').code),
    forgetFailure: note(() => null),
    ...(reusesCalls && {
      forgetTaken: assign(({ context: { taken } }, { call }) =>
        taken === undefined ? {} : { taken: taken.filter((one) => one !== call) },
      ),
    }),
  };
}
