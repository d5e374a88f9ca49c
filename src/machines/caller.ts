import { type AnyStateMachine, assign, emit, raise, setup } from 'xstate';
import { actionsOf } from './actionsOf.ts';
import { cleared, failedToSend, forCall, isThisCall, type ThisCall } from './callSlot.ts';
import { callerDelays } from './delays.ts';
import { expecting, type MachineEvent } from './events.ts';
import { type Call, type CallMessageContent, type CallTarget, ofCall } from './messages.ts';
import { type Emitted, observing, sending } from './observations.ts';
import { type OtherUser, otherDeviceActions, otherDeviceCall, otherDeviceGuards } from './otherDevice.ts';
import { type CalledContext, calledPhone, calledPhoneActions } from './outgoingCall.ts';
import { phoneOf } from './phones.ts';
import { retransmittingDoubling, retransmittingUpToT2 } from './retransmission.ts';
import { type SessionRole, sessionActions, sessionTimer } from './sessionTimer.ts';

/** What the caller must know of its surroundings. */
export interface CallerConfiguration {
  /** Whether the transport between caller and SIP server is reliable. */
  readonly reliable: boolean;
  /** What the user does at their other device; null where there is none. */
  readonly otherDevice: OtherUser | null;
  /** Whether the user makes a call. */
  readonly outgoing: boolean;
  /** Whether the caller ends the calls that are answered; otherwise the user does. */
  readonly endsCall: boolean;
  /** What it does for the session timers of calls with the user's phone. */
  readonly session: SessionRole;
  /** Whether a slot is used for one call after another. */
  readonly reusesCalls?: true;
}

export interface CallerContext extends CalledContext {
  /** The branch that each call was answered on: its dialog, also when it has ended. */
  readonly answeredAt: Readonly<Record<Call, CallTarget | null>>;
  /** Where the requests of a dialog go, if not to the address of its branch (RFC 3261 12.2.1.1). */
  readonly targets: Readonly<Partial<Record<Call, CallTarget>>>;
  /** Where the BYE to a second answerer goes, as long as it is not confirmed. */
  readonly dismissed: Readonly<Partial<Record<Call, CallTarget>>>;
}

/** RFC 3261 13.2.2.4: every copy of a 200 is acknowledged, also when its dialog has ended. */
const copyOfAnswer = { guard: 'isOurDialog', actions: 'sendAck' };

/** RFC 3261 13.2.2.4: a second answer to a forked INVITE is acknowledged, and ended by a BYE. */
const answers = [copyOfAnswer, { actions: ['sendAck', 'dismiss'] }];

/** RFC 3261 15.1.1, 17.1.2.2: the BYE to the phone whose answer came second is sent again until it is confirmed. */
const dismissal = (reliable: boolean) => ({
  initial: 'none',
  states: {
    none: { on: { 'answer.dismissed': { target: 'ending', actions: 'noteDismissed' } } },
    ending: {
      entry: 'sendByeToDismissed',
      ...retransmittingUpToT2('sendByeToDismissed', reliable),
      on: {
        'answer.dismissed': {
          guard: 'isAnotherAnswer',
          target: 'ending',
          reenter: true,
          actions: 'noteDismissed',
        },
        'BYE.200': { guard: 'isOfDismissed', target: 'none', actions: 'forgetDismissed' },
        'BYE.481': { guard: 'isOfDismissed', target: 'none', actions: 'forgetDismissed' },
      },
      after: { '64T1': { target: 'none', actions: 'forgetDismissed' } },
    },
  },
});

/** RFC 3261 13.2.2.4, 15: a 200 to a call that nobody wants any more is acknowledged, and its dialog ended. */
const lateAnswer = { target: '#thisCall.hangingUp', actions: ['rememberDialog', 'sendAck'] };

/** RFC 3261 15.1.2, of a phone: this party's own BYE may be on its way to the other device, which it holds too. */
const confirmsBye = { guard: 'isByPhone', actions: 'confirmBye' };

/** RFC 3261 15: who has an answer sends BYE. */
const hangsUp = { target: '#thisCall.hangingUp', actions: 'observeHungUp' };

/** RFC 3261 17.1.1.2: any provisional answer takes the client transaction to Proceeding. */
const onProvisional = (target: string) => ({
  'INVITE.100': target,
  'INVITE.110': target,
  'INVITE.180': target,
  'INVITE.182': target,
  'INVITE.183': target,
});

/** One call, as its caller sees it (RFC 3261 13.2, 17.1.1). */
const placedCall = ({ reliable, endsCall, session }: CallerConfiguration) => ({
  initial: 'idle',
  states: {
    idle: { on: { 'call.dial': { target: 'dialling', actions: ['observePlaced', 'sendInvite'] } } },
    dialling: {
      initial: 'inviting',
      states: {
        inviting: {
          // RFC 3261 17.1.1.2: the INVITE is sent again in the same rhythm whatever the caller wishes meanwhile.
          type: 'parallel',
          states: {
            sending: retransmittingDoubling('sendInvite', reliable),
            wish: {
              initial: 'toTalk',
              states: {
                toTalk: {
                  on: {
                    // RFC 3261 13.2.2.1: of these only a 180 tells the caller of a phone.
                    ...onProvisional('#thisCall.dialling.proceeding'),
                    // RFC 3261 9.1: a CANCEL must wait for a provisional answer.
                    'call.hangUp': { target: 'toEnd', actions: 'observeAbandoned' },
                  },
                },
                toEnd: {
                  on: {
                    ...onProvisional('#thisCall.cancelling'),
                    'INVITE.failed': { target: '#thisCall.over', actions: 'sendAckOfFailure' },
                    'INVITE.200': lateAnswer,
                  },
                },
              },
            },
          },
          // RFC 3261 17.1.1.2 Timer B: no answer at all counts as 408.
          after: { '64T1': { target: '#thisCall.over', actions: 'observeTimeout' } },
        },
        proceeding: { on: { 'call.hangUp': { target: '#thisCall.cancelling', actions: 'observeAbandoned' } } },
      },
      on: {
        'INVITE.200': { target: 'talking', actions: ['rememberDialog', 'sendAck', 'observeConnected'] },
        'INVITE.failed': { target: 'over', actions: ['sendAckOfFailure', 'observeFailed'] },
        // RFC 3261 8.1.3.1: a transport error counts as 503.
        'transport.failed': { guard: 'inviteFailed', target: 'over', actions: 'observeUnreachable' },
      },
      after: { patience: { actions: 'hangUp' } },
    },
    cancelling: {
      entry: 'sendCancel',
      ...retransmittingUpToT2('sendCancel', reliable),
      on: {
        'CANCEL.200': '.once',
        // RFC 3261 9.1: the CANCEL's own answer says nothing about the INVITE; its final answer does.
        'INVITE.failed': { target: 'over', actions: 'sendAckOfFailure' },
        'INVITE.200': lateAnswer,
      },
      after: { '64T1': 'over' },
    },
    talking: {
      ...(session !== null && { entry: 'beginSession', exit: 'endSession' }),
      on: {
        'INVITE.200': answers,
        'call.hangUp': hangsUp,
        // RFC 3261 15.1.2: the other end hangs up.
        BYE: [{ guard: ['isByPhone', 'isOurDialog'], target: 'over', actions: 'confirmBye' }, confirmsBye],
        // RFC 3261 12.2.2: the request's Contact is where the dialog goes on.
        reINVITE: { guard: 'isOurDialog', actions: ['noteTarget', 'confirmReInvite'] },
        // RFC 4028 10: a session that is not refreshed is ended.
        'session.expired': { target: 'hangingUp', actions: 'observeExpired' },
      },
      ...(endsCall && { after: { talk: hangsUp } }),
    },
    hangingUp: {
      entry: 'sendBye',
      ...retransmittingUpToT2('sendBye', reliable),
      on: {
        'BYE.200': { guard: 'isOfOurBye', target: 'over' },
        'BYE.481': { guard: 'isOfOurBye', target: 'over' },
        'INVITE.200': answers,
        BYE: confirmsBye,
        reINVITE: { actions: 'denyReInvite' },
      },
      after: { '64T1': 'over' },
    },
    over: {
      entry: ['observeEnded', 'forgetTarget'],
      on: {
        'INVITE.failed': { actions: 'sendAckOfFailure' },
        'INVITE.200': [copyOfAnswer, lateAnswer],
        BYE: confirmsBye,
        // RFC 3261 12.2.2: the dialog has ended, and the phone that has moved does not know it yet.
        reINVITE: { actions: 'denyReInvite' },
      },
    },
  },
});

const ofDialog = ['INVITE.200', 'BYE', 'reINVITE', 'UPDATE'];

const contactOf = (event: MachineEvent): CallTarget =>
  ofDialog.includes(event.type) && 'contact' in event && event.contact !== null ? event.contact : 'addressOfRecord';

/** The address that the answer to a BYE is about. */
const contactOfAnswer = (event: MachineEvent): CallTarget =>
  'contact' in event && event.contact !== null ? event.contact : 'addressOfRecord';

/** RFC 4028 7.2: there is a timer where both ends want one; mailbox and other phones have none (assumed). */
const isWithPhone = (event: MachineEvent): boolean => phoneOf(contactOf(event)) !== null;

/** The address to which the requests of a dialog go. */
const remoteTarget = ({ targets, answeredAt }: CallerContext, call: Call): CallTarget =>
  targets[call] ?? answeredAt[call] ?? 'addressOfRecord';

/** Where the ACK of a 200 goes, and the BYE that follows it. */
const targetOf = (event: MachineEvent): CallTarget =>
  event.type === 'INVITE.200' && event.target !== undefined ? event.target : contactOf(event);

/** The same without what is about that call. */
function withoutCall<Value>(values: Readonly<Partial<Record<Call, Value>>>, call: Call) {
  const { [call]: _, ...others } = values;
  return others;
}

/** The targets of the dialogs, of which only those are kept that differ from the address of their branch. */
function withTarget({ targets }: CallerContext, call: Call, target: CallTarget, branch: CallTarget) {
  const others = withoutCall(targets, call);
  return target === branch ? others : { ...others, [call]: target };
}

const answerReInvite = (type: 'reINVITE.200' | 'reINVITE.481') =>
  actionsOf<CallerContext, CallerContext, ThisCall>().emit(({ event }, { call }) => {
    const { target } = expecting(event, 'reINVITE');
    return sending('sipServer', ofCall({ type, target } as CallMessageContent, call, contactOf(event)));
  });

/** What the caller forgets of a call whose slot is used for another one. */
function clearingActions() {
  const { assign: assigning } = actionsOf<CallerContext, CallerContext, ThisCall>();
  return {
    forgetDialog: assigning(({ context: { answeredAt } }, { call }) => ({
      answeredAt: { ...answeredAt, [call]: null },
    })),
  };
}

/** What the caller does for the session timer of a call. */
function callerSessionActions(session: Exclude<SessionRole, null>) {
  const { emit: emitting, enqueueActions } = actionsOf<CallerContext, CallerContext, ThisCall>();
  const answer = (type: 'UPDATE.200' | 'UPDATE.481') =>
    emitting(({ event }, { call }) => sending('sipServer', ofCall({ type, by: 'callee' }, call, contactOf(event))));
  const sendUpdate = emitting(({ context }, { call }) =>
    sending('sipServer', { type: 'UPDATE', call, contact: remoteTarget(context, call) }),
  );
  return {
    ...sessionActions<CallerContext>(),
    beginSession: enqueueActions(({ event, enqueue }, { call }) => {
      if (isWithPhone(event)) enqueue.raise({ type: 'session.begun', call });
    }),
    ...(session === 'refreshes'
      ? { sendUpdate, sendUpdateAgain: sendUpdate }
      : { confirmUpdate: answer('UPDATE.200'), denyUpdate: answer('UPDATE.481') }),
  };
}

/**
 * The phones beyond the SIP server: the caller (or trunk) of every call to the user (RFC 3261 8.1, 9.1, 13.2, 15) and,
 * where the scenario has them, another device of the user and the phone that the user calls.
 */
export function callerMachine(configuration: CallerConfiguration): AnyStateMachine {
  const { reliable, otherDevice, outgoing, session, reusesCalls } = configuration;
  const placed = { ...placedCall(configuration), ...cleared(reusesCalls, ['forgetDialog']) };
  const elsewhere = { ...otherDeviceCall(reliable), ...cleared(reusesCalls) };
  const callerSetup = setup({
    types: { context: {} as CallerContext, events: {} as MachineEvent, emitted: {} as Emitted },
    guards: {
      isThisCall,
      ...(otherDevice !== null && otherDeviceGuards(otherDevice)),
      inviteFailed: failedToSend('INVITE'),
      // Of a mailbox the proxy itself confirms the BYE, and of an ended dialog its copies.
      isOfOurBye: ({ context, event }, { call }: ThisCall) =>
        contactOfAnswer(event) === 'addressOfRecord' || contactOfAnswer(event) === remoteTarget(context, call),
      isOfDismissed: ({ context, event }, { call }: ThisCall) => contactOfAnswer(event) === context.dismissed[call],
      isAnotherAnswer: ({ context, event }, { call }: ThisCall) =>
        expecting(event, 'answer.dismissed').contact !== context.dismissed[call],
      isByPhone: ({ event }) => 'by' in event && event.by === 'callee',
      isOurDialog: ({ context, event }, { call }: ThisCall) => contactOf(event) === context.answeredAt[call],
    },
    actions: {
      ...(otherDevice !== null && otherDeviceActions<CallerContext>(otherDevice)),
      ...(outgoing && calledPhoneActions<CallerContext>()),
      hangUp: raise((_, { call }: ThisCall) => ({ type: 'call.hangUp', call })),
      rememberDialog: assign({
        answeredAt: ({ context, event }, { call }: ThisCall) => ({ ...context.answeredAt, [call]: contactOf(event) }),
        targets: ({ context, event }, { call }: ThisCall) =>
          withTarget(context, call, targetOf(event), contactOf(event)),
      }),
      ...(reusesCalls && clearingActions()),
      noteTarget: assign({
        targets: ({ context, event }, { call }: ThisCall) =>
          withTarget(context, call, expecting(event, 'reINVITE').target, contactOf(event)),
      }),
      forgetTarget: assign({
        targets: ({ context }, { call }: ThisCall) => withTarget(context, call, 'addressOfRecord', 'addressOfRecord'),
      }),
      sendInvite: emit((_, { call }: ThisCall) =>
        sending('sipServer', { type: 'INVITE', call, contact: 'addressOfRecord' }),
      ),
      sendCancel: emit((_, { call }: ThisCall) =>
        sending('sipServer', { type: 'CANCEL', call, contact: 'addressOfRecord' }),
      ),
      sendAck: emit(({ event }, { call }: ThisCall) =>
        sending('sipServer', { type: 'ACK', call, contact: targetOf(event) }),
      ),
      sendAckOfFailure: emit((_, { call }: ThisCall) =>
        sending('sipServer', { type: 'ACK', call, contact: 'addressOfRecord' }),
      ),
      sendBye: emit(({ context }, { call }: ThisCall) =>
        sending('sipServer', { type: 'BYE', call, contact: remoteTarget(context, call) }),
      ),
      dismiss: raise(({ event }, { call }: ThisCall) => ({ type: 'answer.dismissed', call, contact: targetOf(event) })),
      noteDismissed: assign({
        dismissed: ({ context, event }, { call }: ThisCall) => ({
          ...context.dismissed,
          [call]: expecting(event, 'answer.dismissed').contact,
        }),
      }),
      forgetDismissed: assign({
        dismissed: ({ context }, { call }: ThisCall) => withoutCall(context.dismissed, call),
      }),
      sendByeToDismissed: emit(({ context }, { call }: ThisCall) =>
        sending('sipServer', { type: 'BYE', call, contact: context.dismissed[call] ?? 'addressOfRecord' }),
      ),
      confirmBye: emit(({ event }, { call }: ThisCall) =>
        sending('sipServer', { type: 'BYE.200', call, contact: contactOf(event), by: 'callee' }),
      ),
      confirmReInvite: answerReInvite('reINVITE.200'),
      denyReInvite: answerReInvite('reINVITE.481'),
      ...(session !== null && callerSessionActions(session)),
      observePlaced: emit((_, { call }: ThisCall) => observing({ type: 'call.placed', call })),
      observeConnected: emit(({ event }, { call }: ThisCall) =>
        observing({ type: 'call.connected', call, contact: contactOf(event) }),
      ),
      observeAbandoned: emit((_, { call }: ThisCall) => observing({ type: 'call.abandoned', call })),
      observeTimeout: emit((_, { call }: ThisCall) => observing({ type: 'call.failed', call, code: 408 })),
      observeFailed: emit(({ event }, { call }: ThisCall) =>
        observing({ type: 'call.failed', call, code: event.type === 'INVITE.failed' ? event.code : 408 }),
      ),
      observeUnreachable: emit((_, { call }: ThisCall) => observing({ type: 'call.failed', call, code: 503 })),
      observeHungUp: emit((_, { call }: ThisCall) => observing({ type: 'call.hungUp', call })),
      observeExpired: emit((_, { call }: ThisCall) => observing({ type: 'call.expired', call })),
      observeEnded: emit((_, { call }: ThisCall) => observing({ type: 'call.ended', call })),
    },
    delays: callerDelays,
  });
  return callerSetup.createMachine({
    id: 'caller',
    context: { answeredAt: { 1: null, 2: null }, targets: {}, dismissed: {} },
    type: 'parallel',
    states: {
      call1: forCall(1, placed),
      call2: forCall(2, placed),
      dismissal1: forCall(1, dismissal(reliable), 'dismissal'),
      dismissal2: forCall(2, dismissal(reliable), 'dismissal'),
      ...(session !== null && {
        session1: forCall(1, sessionTimer(session, reliable), 'session'),
        session2: forCall(2, sessionTimer(session, reliable), 'session'),
      }),
      ...(otherDevice !== null && {
        otherDevice1: forCall(1, elsewhere, 'otherDevice'),
        otherDevice2: forCall(2, elsewhere, 'otherDevice'),
      }),
      ...(outgoing && { called: calledPhone }),
    },
  });
}
