import { assign, emit, enqueueActions, raise } from 'xstate';
import type { ThisCall } from './callSlot.ts';
import type { Delivery } from './heldCall.ts';
import {
  type Call,
  type CallMessage,
  type CallTarget,
  type Contact,
  type Emitted,
  type FailureCode,
  type MachineEvent,
  type Network,
  observing,
  type PartyName,
  sending,
} from './messages.ts';
import { repeatingAnswer, retransmittingUpToT2 } from './retransmission.ts';

/** Over which path the INVITE of a call came: its contact, or the connection to the push server. */
export type CallPath = Contact | 'connection';

export interface DeviceCallContext {
  readonly network: Network;
  readonly paths: Readonly<Record<Call, CallPath | null>>;
}

export interface DeviceCallConfiguration {
  readonly delivery: Delivery;
  /** What the user does when the phone rings. */
  readonly user: 'answers' | 'declines' | 'ignores';
  /** Whether the user has another device, so that a call may have been taken there. */
  readonly otherDevice: boolean;
  /**
   * What the OS makes of a VoIP push that its app does not report as a call. iOS 13 and later (developer.apple.com,
   * PKPushType.voIP): it terminates the app, and after repeats launches it no more.
   */
  readonly unreportedPush: 'tolerated' | 'terminates';
  /** When the app reports a push to CallKit: with the push itself, or not before the INVITE is there. */
  readonly reportsPush: 'atOnce' | 'withInvite';
}

type PushRule = Pick<DeviceCallConfiguration, 'unreportedPush' | 'reportsPush'>;

/** Whether the OS demands that every push be reported (PKPushType.voIP: the system terminates an app that does not). */
export const demandsReports = ({ unreportedPush }: PushRule): boolean => unreportedPush === 'terminates';

/** Whether the app returns from a push without having reported it, as it waits for the INVITE. */
export const returnsEarly = (rule: PushRule): boolean => demandsReports(rule) && rule.reportsPush === 'withInvite';

/** One call on the phone, from the push or the INVITE to its end. Template for a call slot. */
export const deviceCall = (reliable: boolean, rule: PushRule) => {
  const everyPushIsReported = demandsReports(rule);
  const early = returnsEarly(rule);
  // PKPushType.voIP: every push has to be reported, also one whose call is known already or is over.
  const everyPush = everyPushIsReported && { notification: { actions: early ? 'returnEarly' : 'observeReported' } };
  const refused = {
    ...everyPush,
    CANCEL: { actions: 'confirmCancel' },
    // RFC 3261 8.2.2.2: the same call once more, forked to us by another path.
    INVITE: { guard: 'isAnotherPath', actions: 'refuseMerged' },
  };
  // RFC 3261 15: there is a BYE only where there has been a 200.
  const afterwards = { ...refused, BYE: { target: '#thisCall.over', actions: 'confirmBye' } };
  return {
    initial: 'idle',
    states: {
      idle: {
        on: {
          notification: early ? { actions: 'returnEarly' } : { target: 'ringing.announced' },
          INVITE: { target: 'ringing.alerting', actions: 'rememberPath' },
          // The end-push may overtake the push: the call is over before it began.
          'notification.end': { target: everyPushIsReported ? 'overBefore' : 'over', actions: 'noteMissed' },
        },
      },
      ringing: {
        entry: 'observeRinging',
        exit: 'observeSilent',
        initial: 'announced',
        states: {
          // PushKit: the push itself must be reported to CallKit at once, so the phone rings without an INVITE.
          announced: {
            entry: everyPushIsReported ? ['observeReported', 'fetch'] : 'fetch',
            on: {
              ...everyPush,
              INVITE: { target: 'alerting', actions: 'rememberPath' },
              'network.change': { target: 'announced', reenter: true },
              'control.noCall': { target: '#thisCall.over', actions: 'noteMissed' },
              'notification.end': { target: '#thisCall.over', actions: 'noteMissed' },
            },
            after: { watchdog: { target: '#thisCall.over', actions: 'noteMissed' } },
          },
          alerting: {
            entry: ['observeAlerting', 'sendRinging'],
            on: {
              ...everyPush,
              INVITE: [{ guard: 'isAnotherPath', actions: 'refuseMerged' }, { actions: 'sendRinging' }],
              CANCEL: { guard: 'isSamePath', target: '#thisCall.cancelled', actions: ['confirmCancel', 'noteMissed'] },
            },
            after: {
              userReaction: [
                { guard: 'userAnswers', target: '#thisCall.answering' },
                { guard: 'userDeclines', target: '#thisCall.declining' },
              ],
              ringLimit: '#thisCall.over',
            },
          },
        },
      },
      answering: {
        entry: ['observeAnswered', 'sendAnswer'],
        ...repeatingAnswer('sendAnswer'),
        on: { ...afterwards, ACK: 'active' },
        after: { '64T1': 'over' },
      },
      active: { on: afterwards },
      declining: {
        entry: 'sendDecline',
        ...retransmittingUpToT2('sendDecline', reliable),
        on: { ...refused, ACK: 'over' },
        after: { '64T1': 'over' },
      },
      cancelled: {
        entry: 'sendTerminated',
        ...retransmittingUpToT2('sendTerminated', reliable),
        on: { ...refused, ACK: 'over' },
        after: { '64T1': 'over' },
      },
      // The push that was overtaken must be reported all the same: the phone shows the call and ends it at once.
      ...(everyPushIsReported && {
        overBefore: {
          on: {
            notification: early
              ? { actions: 'returnEarly' }
              : { target: 'over', actions: ['observeRinging', 'observeSilent', 'observeReported'] },
          },
        },
      }),
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

type Args = { context: DeviceCallContext; event: MachineEvent };

const targetIn = (event: MachineEvent): CallTarget =>
  'contact' in event && event.contact !== null ? event.contact : 'addressOfRecord';

const partyOn = (path: CallTarget): PartyName => (path === 'connection' ? 'pushServer' : 'sipServer');

export function deviceCallGuards({ user }: DeviceCallConfiguration) {
  return {
    isSamePath: ({ context, event }: Args, { call }: ThisCall) => targetIn(event) === context.paths[call],
    isAnotherPath: ({ context, event }: Args, { call }: ThisCall) => targetIn(event) !== context.paths[call],
    userAnswers: () => user === 'answers',
    userDeclines: () => user === 'declines',
  };
}

/** Ways to be told that a call is over without having been answered here. */
const reasonIn = (event: MachineEvent) => ('reason' in event ? event.reason : undefined);

export function deviceCallActions<Context extends DeviceCallContext>(configuration: DeviceCallConfiguration) {
  const { delivery, otherDevice } = configuration;
  type Reply = { [K in CallMessage as K['type']]: Omit<K, 'call' | 'contact'> }[CallMessage['type']];
  const reply = (to: (context: Context, event: MachineEvent, call: Call) => CallTarget, message: Reply) =>
    emit<Context, MachineEvent, ThisCall, MachineEvent, Emitted>(
      ({ context, event }: { context: Context; event: MachineEvent }, { call }: ThisCall) => {
        const contact = to(context, event, call);
        return sending(partyOn(contact), { ...message, call, contact } as CallMessage);
      },
    );
  const onPath = (context: Context, _: MachineEvent, call: Call) => context.paths[call] ?? 'connection';
  const onPathOfEvent = (_: Context, event: MachineEvent) => targetIn(event);
  const failing = (code: FailureCode): Reply => ({ type: 'INVITE.failed', code });
  const remember = (path: (event: MachineEvent) => CallPath | null) =>
    assign<Context, MachineEvent, ThisCall, MachineEvent, never>(
      ({ context, event }, { call }: ThisCall) =>
        ({ paths: { ...context.paths, [call]: path(event) } }) as unknown as Partial<Context>,
    );
  const observe = (type: 'started' | 'alerting' | 'stopped' | 'answered') =>
    emit<Context, MachineEvent, ThisCall, MachineEvent, Emitted>((_: unknown, { call }: ThisCall) =>
      observing({ type: `ringing.${type}`, call }),
    );
  return {
    sendRinging: reply(onPath, { type: 'INVITE.180' }),
    sendAnswer: reply(onPath, { type: 'INVITE.200' }),
    sendDecline: reply(onPath, failing(603)),
    sendTerminated: reply(onPath, failing(487)),
    refuseMerged: reply(onPathOfEvent, failing(482)),
    confirmCancel: reply(onPathOfEvent, { type: 'CANCEL.200' }),
    confirmBye: reply(onPathOfEvent, { type: 'BYE.200' }),
    rememberPath: remember((event) => targetIn(event) as CallPath),
    forgetPath: remember(() => null),
    observeRinging: observe('started'),
    observeAlerting: observe('alerting'),
    observeSilent: observe('stopped'),
    observeAnswered: observe('answered'),
    // RFC 3326 2: a call that was completed elsewhere is none that was missed.
    noteMissed: enqueueActions<Context, MachineEvent, ThisCall, MachineEvent, never, never, never, never, Emitted>(
      ({ event, enqueue }, { call }: ThisCall) => {
        if (otherDevice && reasonIn(event) === undefined) enqueue.emit(observing({ type: 'call.missed', call }));
      },
    ),
    ...(demandsReports(configuration) && {
      observeReported: emit<Context, MachineEvent, ThisCall, MachineEvent, Emitted>(
        observing({ type: 'push.reported' }),
      ),
    }),
    ...(returnsEarly(configuration) && {
      returnEarly: raise<Context, MachineEvent, MachineEvent, ThisCall, never, never>({ type: 'push.unreported' }),
    }),
    fetch: enqueueActions<Context, MachineEvent, ThisCall, MachineEvent, never, never, never, never, Emitted>(
      ({ enqueue }, { call }: ThisCall) => {
        // P: the push server forwards the INVITE over this connection. R: the SIP server adds a branch once we register.
        if (delivery === 'overConnection') enqueue.emit(sending('pushServer', { type: 'control.fetch', call }));
        else enqueue.raise({ type: 'handOver.claim' });
      },
    ),
  };
}
