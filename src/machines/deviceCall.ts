import { type Args, actionsOf } from './actionsOf.ts';
import type { ThisCall } from './callSlot.ts';
import type { MachineEvent } from './events.ts';
import type { Delivery } from './heldCall.ts';
import {
  type Call,
  type CallMessageContent,
  type CallTarget,
  type Contact,
  contactAt,
  type DeclineCode,
  type FailureCode,
  type Network,
  ofCall,
  type PartyName,
} from './messages.ts';
import { type Observation, observing, type PhoneEnd, sending } from './observations.ts';
import { repeatingAnswer, retransmittingDoubling, retransmittingUpToT2 } from './retransmission.ts';
import { type SessionRole, sessionActions } from './sessionTimer.ts';

/** Over which path the INVITE of a call came: its contact, or the connection to the push server. */
export type CallPath = Contact | 'connection';

export interface DeviceCallContext {
  readonly network: Network;
  readonly paths: Readonly<Record<Call, CallPath | null>>;
  /** The Contact of a 200 whose branch came to an address that the phone had left when it answered. */
  readonly answeredFrom: Readonly<Partial<Record<Call, Contact>>>;
}

export interface DeviceCallConfiguration {
  readonly delivery: Delivery;
  /** What the user does when the phone rings. */
  readonly user: 'answers' | 'declines' | 'ignores' | 'doNotDisturb';
  /** What the phone answers when the user declines. */
  readonly declinesWith: DeclineCode;
  /** Whether a second call may ring during another one; otherwise it is answered 486. */
  readonly callWaiting: boolean;
  /** Whether the user ends the call; otherwise the caller does. */
  readonly endsCall: boolean;
  /** What the phone does for the session timer of a call. */
  readonly session: SessionRole;
  /** Whether the phone tells the other end of a call that it has moved to another network (RFC 3261 14.1). */
  readonly followsNetwork: boolean;
  /** Whether the user has another device, so that a call may have been taken there. */
  readonly otherDevice: boolean;
  /**
   * What the OS makes of a VoIP push that its app does not report as a call. iOS 13 and later (developer.apple.com,
   * PKPushType.voIP): it terminates the app, and after repeats launches it no more.
   */
  readonly unreportedPush: 'tolerated' | 'terminates';
  /**
   * When the app reports a push to CallKit: with the push itself, or not before the INVITE is there; or with the push, but one that
   * is to refresh a binding not at all, as there is no call.
   */
  readonly reportsPush: 'atOnce' | 'withInvite' | 'callsOnly';
  /** Whether a slot is used for one call after another. */
  readonly reusesCalls?: true;
}

/** Whether the phone speaks SIP over a connection. */
interface OverLink {
  readonly reliable: boolean;
}

type PushRule = Pick<DeviceCallConfiguration, 'unreportedPush' | 'reportsPush'>;

/** Whether the OS demands that every push be reported (PKPushType.voIP: the system terminates an app that does not). */
export const demandsReports = ({ unreportedPush }: PushRule): boolean => unreportedPush === 'terminates';

/** Whether the app returns from a push without having reported it, as it waits for the INVITE. */
export const returnsEarly = (rule: PushRule): boolean => demandsReports(rule) && rule.reportsPush === 'withInvite';

/** Whether it returns from a push that is to refresh its binding without having reported it. */
export const returnsFromRefresh = (rule: PushRule): boolean => demandsReports(rule) && rule.reportsPush !== 'atOnce';

/** One call on the phone, from the push or the INVITE to its end. Template for a call slot. */
export const deviceCall = (
  reliable: boolean,
  { endsCall, session, ...rule }: PushRule & Pick<DeviceCallConfiguration, 'endsCall' | 'session'>,
) => {
  const everyPushIsReported = demandsReports(rule);
  const early = returnsEarly(rule);
  // PKPushType.voIP: every push has to be reported, also one whose call is known already or is over.
  const everyPush = everyPushIsReported && { notification: { actions: early ? 'returnEarly' : 'observeReported' } };
  // RFC 3261 8.2.2.2: the same call again, forked to this phone over another path.
  const merged = { guard: 'isAnotherPath', actions: 'refuseMerged' };
  const refused = { ...everyPush, CANCEL: { actions: 'confirmCancel' }, INVITE: merged };
  // RFC 3261 17.1.1.2, 17.2.1: over the connection to the push server nothing is sent twice.
  const sendingAgain = <Action extends string>(action: Action) =>
    retransmittingUpToT2(action, reliable, { atFirst: 'isOnConnection' });
  const refusedWith = (answer: string, then = 'over') => ({
    entry: answer,
    ...sendingAgain(answer),
    // RFC 3261 17.2.1: a copy of the INVITE gets the final answer again; after a 200 its repetition is answer enough.
    on: { ...refused, INVITE: [merged, { actions: answer }], ACK: then },
    after: { '64T1': then },
  });
  // RFC 3261 15: there is a BYE only where there has been a 200.
  const toldOver = { target: '#thisCall.over', actions: ['confirmBye', 'observeTold'] };
  const unwanted = { target: '#thisCall.over', actions: 'noteMissed' };
  return {
    initial: 'idle',
    states: {
      idle: {
        on: {
          notification: early
            ? { actions: 'returnEarly' }
            : [
                { guard: 'isBusy', actions: everyPushIsReported ? ['observeReported', 'fetch'] : 'fetch' },
                { target: 'ringing' },
              ],
          INVITE: [
            { guard: 'isBusy', target: 'busy', actions: 'rememberPath' },
            { target: 'ringing.alerting', actions: 'rememberPath' },
          ],
          // The end-push may overtake the push: the call is over before it began.
          'notification.end': { target: everyPushIsReported ? 'overBefore' : 'over', actions: 'noteMissed' },
          // RFC 3261 12.2.2: a dialog of a process that has ended.
          BYE: { actions: 'denyBye' },
        },
      },
      ringing: {
        entry: 'observeRinging',
        exit: 'observeSilent',
        initial: 'announced',
        after: {
          userReaction: [
            { guard: ['userAnswers', 'hasInvite'], target: '#thisCall.answering', actions: 'observeAnswered' },
            { guard: ['userDeclines', 'hasInvite'], target: '#thisCall.declining' },
            // CallKit rings from the push on, so that the user may be faster than the INVITE.
            { guard: 'userAnswers', target: '#thisCall.accepted', actions: 'observeAnswered' },
            { guard: 'userDeclines', target: '#thisCall.refusing' },
          ],
        },
        states: {
          // PushKit: the push itself must be reported to CallKit at once, so the phone rings without an INVITE.
          announced: {
            entry: everyPushIsReported ? ['observeReported', 'fetch'] : 'fetch',
            on: {
              ...everyPush,
              INVITE: { target: 'alerting', actions: 'rememberPath' },
              'network.change': { target: 'announced', reenter: true },
              'control.noCall': unwanted,
              'notification.end': unwanted,
            },
            after: { watchdog: unwanted },
          },
          alerting: {
            entry: ['observeAlerting', 'sendRinging'],
            on: {
              ...everyPush,
              INVITE: [merged, { actions: 'sendRinging' }],
              CANCEL: { guard: 'isSamePath', target: '#thisCall.cancelled', actions: ['confirmCancel', 'noteMissed'] },
              // Inference: where the CANCEL does not get through, the end-push says the same.
              'notification.end': { guard: 'isOnConnection', target: '#thisCall.cancelled', actions: 'noteMissed' },
            },
            // RFC 3261 13.3.1.1, 21.4.18: a phone that stops ringing by itself answers 480.
            after: { ringLimit: '#thisCall.givingUp' },
          },
        },
      },
      // Answered on the push alone: the INVITE is still to come.
      accepted: {
        on: {
          ...everyPush,
          INVITE: { target: 'answering', actions: ['rememberPath', 'observeAlerting'] },
          'network.change': { actions: 'fetch' },
          'control.noCall': { target: 'over', actions: 'observeTold' },
          'notification.end': { target: 'over', actions: 'observeTold' },
        },
        after: { watchdog: { target: 'over', actions: 'observeNoInvite' } },
      },
      // Declined on the push alone.
      refusing: {
        on: {
          ...everyPush,
          INVITE: { target: 'declining', actions: ['rememberPath', 'observeAlerting'] },
          'control.noCall': 'over',
          'notification.end': 'over',
        },
        after: { watchdog: 'over' },
      },
      answering: {
        entry: ['noteAnswerContact', 'sendAnswer'],
        ...repeatingAnswer('sendAnswer'),
        on: { ...refused, BYE: toldOver, ACK: { target: 'active', actions: 'observeConnected' } },
        // RFC 3261 13.3.1.4: no ACK, so the session is ended.
        after: { '64T1': { target: 'hangingUp', actions: 'observeNoAck' } },
      },
      active: {
        initial: 'still',
        ...(session !== null && { entry: 'beginSession', exit: 'endSession' }),
        on: {
          ...refused,
          BYE: toldOver,
          // RFC 4028 10: a session that is not refreshed is ended.
          'session.expired': { target: 'hangingUp', actions: 'observeExpired' },
          // RFC 3261 12.2.1.1, 14.1: a client that has moved tells the other end where it is now.
          'network.change': { guard: 'followsNetwork', target: '.moving' },
        },
        ...(endsCall && { after: { talk: { target: 'hangingUp', actions: 'observeHungUp' } } }),
        states: {
          still: {},
          moving: {
            entry: 'sendReInvite',
            ...retransmittingDoubling('sendReInvite', reliable, { atFirst: 'isOnConnection' }),
            on: {
              'reINVITE.200': { target: 'still', actions: 'acknowledgeReInvite' },
              // RFC 3261 12.2.1.2: the other end knows of no such call any more.
              'reINVITE.481': { target: '#thisCall.over', actions: 'observeTold' },
            },
            // RFC 3261 12.2.1.2, 14.1: without any answer to it the dialog is ended.
            after: { '64T1': { target: '#thisCall.hangingUp', actions: 'observeNoAnswer' } },
          },
        },
      },
      hangingUp: {
        entry: 'sendBye',
        ...sendingAgain('sendBye'),
        on: { ...refused, BYE: { actions: 'confirmBye' }, 'BYE.200': 'over', 'BYE.481': 'over' },
        after: { '64T1': 'over' },
      },
      declining: refusedWith('sendDecline', 'declined'),
      busy: refusedWith('sendBusy'),
      givingUp: refusedWith('sendUnavailable'),
      cancelled: refusedWith('sendTerminated'),
      // The overtaken push must still be reported: the phone shows the call and ends it at once.
      ...(everyPushIsReported && {
        overBefore: {
          on: {
            notification: early
              ? { actions: 'returnEarly' }
              : { target: 'over', actions: ['observeRinging', 'observeSilent', 'observeReported'] },
          },
        },
      }),
      declined: {
        entry: 'forgetPath',
        on: {
          ...everyPush,
          CANCEL: { actions: 'confirmCancel' },
          INVITE: [
            { guard: 'isOverWithAck', target: 'ringing.alerting', actions: 'rememberPath' },
            { actions: 'refuseMerged' },
          ],
        },
      },
      over: {
        entry: 'forgetPath',
        on: {
          ...everyPush,
          CANCEL: { actions: 'confirmCancel' },
          BYE: { actions: 'confirmBye' },
          INVITE: { actions: 'refuseMerged' },
        },
      },
    },
  };
};

type GuardArgs = Args<DeviceCallContext>;

const targetIn = (event: MachineEvent): CallTarget =>
  'contact' in event && event.contact !== null ? event.contact : 'addressOfRecord';

const partyOn = (path: CallTarget): PartyName => (path === 'connection' ? 'pushServer' : 'sipServer');

export function deviceCallGuards(configuration: DeviceCallConfiguration & OverLink) {
  const { user, callWaiting, followsNetwork, reliable, delivery } = configuration;
  return {
    /**
     * RFC 3261 17.2.1, 8.2.2.2: over a connection Timer I is 0, so that an INVITE after the ACK is merged with none that goes on. That
     * a push server hands over is known by its push (inference).
     */
    isOverWithAck: () => reliable && delivery === 'byRefork',
    /** RFC 3261 21.4.21: the phone takes no call now. */
    isBusy: ({ context }: GuardArgs, { call }: ThisCall) =>
      user === 'doNotDisturb' || (!callWaiting && context.paths[call === 1 ? 2 : 1] !== null),
    hasInvite: ({ context }: GuardArgs, { call }: ThisCall) => context.paths[call] !== null,
    isOnConnection: ({ context }: GuardArgs, { call }: ThisCall) => context.paths[call] === 'connection',
    followsNetwork: () => followsNetwork,
    isSamePath: ({ context, event }: GuardArgs, { call }: ThisCall) => targetIn(event) === context.paths[call],
    isAnotherPath: ({ context, event }: GuardArgs, { call }: ThisCall) => targetIn(event) !== context.paths[call],
    userAnswers: () => user === 'answers',
    userDeclines: () => user === 'declines',
  };
}

/** Whether the branch of a call came to an address that the phone has left since. */
const hasMoved = ({ network }: DeviceCallContext, path: CallTarget): boolean =>
  path !== 'connection' && path !== contactAt(network);

/** The reason that an event gives for the end of a call, if it gives one. */
const reasonIn = (event: MachineEvent) => ('reason' in event ? event.reason : undefined);

export function deviceCallActions<Context extends DeviceCallContext>(configuration: DeviceCallConfiguration) {
  const { assign, emit, enqueueActions, raise } = actionsOf<DeviceCallContext, Context, ThisCall>();
  const { delivery, otherDevice, declinesWith, session } = configuration;
  const pathOf = ({ paths }: Context, call: Call) => paths[call] ?? 'connection';
  const over = (path: CallTarget, call: Call, content: CallMessageContent) =>
    sending(partyOn(path), ofCall(content, call, path));
  const onPath = (content: CallMessageContent) =>
    emit(({ context }, { call }) => over(pathOf(context, call), call, content));
  const onPathOfEvent = (content: CallMessageContent) =>
    emit(({ event }, { call }) => over(targetIn(event), call, content));
  const failing = (code: FailureCode): CallMessageContent => ({ type: 'INVITE.failed', code });
  const show = (observation: (call: Call) => Observation) => emit((_, { call }) => observing(observation(call)));
  const ended = (cause: PhoneEnd) => show((call) => ({ type: 'phone.ended', call, cause }));
  return {
    sendRinging: onPath({ type: 'INVITE.180' }),
    /** RFC 3261 13.3.1.4: what is repeated is the same 200, also where the phone moves once more meanwhile. */
    noteAnswerContact: assign(({ context, context: { network, answeredFrom } }, { call }) =>
      hasMoved(context, pathOf(context, call)) ? { answeredFrom: { ...answeredFrom, [call]: contactAt(network) } } : {},
    ),
    sendAnswer: emit(({ context }, { call }) => {
      const contact = pathOf(context, call);
      const target = context.answeredFrom[call];
      return sending(partyOn(contact), { type: 'INVITE.200', call, contact, ...(target && { target }) });
    }),
    sendDecline: onPath(failing(declinesWith)),
    sendBusy: onPath(failing(486)),
    sendUnavailable: onPath(failing(480)),
    sendTerminated: onPath(failing(487)),
    refuseMerged: onPathOfEvent(failing(482)),
    confirmCancel: onPathOfEvent({ type: 'CANCEL.200' }),
    confirmBye: onPathOfEvent({ type: 'BYE.200' }),
    denyBye: onPathOfEvent({ type: 'BYE.481' }),
    sendBye: onPath({ type: 'BYE', by: 'callee' }),
    ...(session !== null && sessionActions<Context>()),
    ...(session === 'refreshes' && {
      sendUpdate: onPath({ type: 'UPDATE', by: 'callee' }),
      // RFC 3261 17.1.2.2: over the connection to the push server nothing is sent twice.
      sendUpdateAgain: enqueueActions(({ context, enqueue }, { call }) => {
        const path = pathOf(context, call);
        if (path !== 'connection') enqueue.emit(over(path, call, { type: 'UPDATE', by: 'callee' }));
      }),
    }),
    ...(session === 'awaits' && {
      confirmUpdate: onPathOfEvent({ type: 'UPDATE.200' }),
      denyUpdate: onPathOfEvent({ type: 'UPDATE.481' }),
    }),
    sendReInvite: emit(({ context }, { call }) => {
      const contact = pathOf(context, call);
      const target = contact === 'connection' ? contact : contactAt(context.network);
      return sending(partyOn(contact), { type: 'reINVITE', call, contact, target });
    }),
    acknowledgeReInvite: onPath({ type: 'reINVITE.ACK' }),
    rememberPath: assign(({ context, event }, { call }) => ({
      paths: { ...context.paths, [call]: targetIn(event) as CallPath },
    })),
    forgetPath: assign(({ context: { paths, answeredFrom } }, { call }) => {
      const { [call]: _, ...others } = answeredFrom;
      return { paths: { ...paths, [call]: null }, answeredFrom: others };
    }),
    observeRinging: show((call) => ({ type: 'ringing.started', call })),
    observeAlerting: show((call) => ({ type: 'ringing.alerting', call })),
    observeSilent: show((call) => ({ type: 'ringing.stopped', call })),
    observeAnswered: show((call) => ({ type: 'ringing.answered', call })),
    observeConnected: show((call) => ({ type: 'phone.connected', call })),
    observeTold: ended('told'),
    ...(configuration.endsCall && { observeHungUp: ended('hungUp') }),
    observeExpired: ended('expired'),
    observeNoAck: ended('noAck'),
    observeNoInvite: ended('noInvite'),
    observeNoAnswer: ended('noAnswer'),
    // RFC 3326 2: a call that was completed elsewhere is not a missed call.
    noteMissed: enqueueActions(({ event, enqueue }, { call }) => {
      if (otherDevice && reasonIn(event) === undefined) enqueue.emit(observing({ type: 'call.missed', call }));
    }),
    ...(demandsReports(configuration) && {
      observeReported: emit(observing({ type: 'push.reported' })),
    }),
    ...(returnsFromRefresh(configuration) && {
      returnEarly: raise({ type: 'push.unreported' }),
    }),
    fetch: enqueueActions(({ enqueue }, { call }) => {
      // The push server sends the INVITE over this connection, or the SIP server forks to the app once it is registered.
      if (delivery === 'overConnection') enqueue.emit(sending('pushServer', { type: 'control.fetch', call }));
      else enqueue.raise({ type: 'handOver.claim' });
    }),
  };
}
