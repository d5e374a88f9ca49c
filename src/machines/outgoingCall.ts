import { type Args, actionsOf } from './actionsOf.ts';
import type { CallRegion } from './callSlot.ts';
import { expecting, type MachineEvent } from './events.ts';
import {
  type Contact,
  type OutgoingFailureCode,
  type OutgoingMessage,
  type OutgoingPath,
  type PartyName,
  partyAt,
} from './messages.ts';
import { type Emitted, observing, sending } from './observations.ts';
import { repeatingAnswer, retransmittingDoubling, retransmittingUpToT2 } from './retransmission.ts';
import type { ServerProfile } from './serverProfile.ts';

/**
 * The one call that the user makes, as regions that are there only where a scenario has such a call: a user agent
 * client at the app (and in Continuous a second one at the push server, which makes the call on its behalf), the SIP
 * server that passes it on, and the phone that rings at the other end.
 */
type OutgoingType = OutgoingMessage['type'];

/** How a call begins and ends at a user agent client. */
interface Beginning {
  readonly begin: 'user.call' | 'outgoing.INVITE';
  readonly guard?: string;
  readonly refusal?: object;
  /** What ends the call: the user, after the talk, or the BYE of the side on whose behalf it is made. */
  readonly end: { readonly after: 'talk' } | { readonly on: 'outgoing.BYE' };
}

/** RFC 3261 13.2, 17.1.1, 22.3: a call from its INVITE, with credentials if they are asked for, to its BYE. */
export const callingOut = (reliable: boolean, { begin, guard, refusal, end }: Beginning): CallRegion => {
  return {
    id: 'outgoing',
    initial: 'idle',
    states: {
      idle: {
        on: {
          [begin]: [
            { ...(guard && { guard }), target: 'inviting', actions: 'noteOutgoingBegun' },
            ...(refusal === undefined ? [] : [refusal]),
          ],
        },
      },
      inviting: {
        entry: 'sendOutgoingInvite',
        ...retransmittingDoubling('sendOutgoingInvite', reliable),
        on: {
          // RFC 3261 22.3: the same request again, with credentials. The ACK to a 407 ends nothing that is modelled:
          // the server challenges statelessly (8.2.7).
          'outgoing.407': { target: 'inviting', reenter: true, actions: 'rememberChallenge' },
          'outgoing.180': { target: 'ringing', actions: 'noteOutgoingRings' },
          'outgoing.200': { target: 'talking', actions: 'noteOutgoingAnswered' },
          'outgoing.failed': { target: 'over', actions: 'noteOutgoingFailed' },
        },
        // RFC 3261 17.1.1.2 Timer B.
        after: { '64T1': { target: 'over', actions: 'noteOutgoingTimedOut' } },
      },
      // The callee always answers: calls that stay unanswered are out of scope. A server may give up all the same.
      ringing: {
        on: {
          'outgoing.200': { target: 'talking', actions: 'noteOutgoingAnswered' },
          'outgoing.failed': { target: 'over', actions: 'noteOutgoingFailed' },
        },
      },
      talking: {
        entry: 'sendOutgoingAck',
        // RFC 3261 13.2.2.4: every 200 is acknowledged.
        on: {
          'outgoing.200': { actions: 'sendOutgoingAck' },
          ...('on' in end && { [end.on]: 'hangingUp' }),
        },
        ...('after' in end && { after: { [end.after]: 'hangingUp' } }),
      },
      hangingUp: {
        entry: 'sendOutgoingBye',
        ...retransmittingUpToT2('sendOutgoingBye', reliable),
        on: { 'outgoing.BYE.200': 'over' },
        after: { '64T1': 'over' },
      },
      over: { entry: 'noteOutgoingOver' },
    },
  };
};

export interface OutgoingContext {
  /** Whether the call's INVITE has been challenged; absent where no call is made. */
  readonly challenged?: boolean;
}

/** The actions of `callingOut`: `way` is the next hop and the origin, `tell` what is emitted at each stage. */
function clientActions<Context extends OutgoingContext>(
  way: (context: Context) => { to: PartyName; from: OutgoingPath },
  tell: (what: 'begun' | 'rings' | 'answered' | 'over' | OutgoingFailureCode) => Emitted | null,
) {
  const { assign, emit, enqueueActions } = actionsOf<OutgoingContext, Context>();
  const send = (type: 'outgoing.ACK' | 'outgoing.BYE') =>
    emit(({ context }) => {
      const { to, from } = way(context);
      return sending(to, { type, from });
    });
  const telling = (what: (event: MachineEvent) => Parameters<typeof tell>[0]) =>
    enqueueActions(({ event, enqueue }) => {
      const said = tell(what(event));
      if (said !== null) enqueue.emit(said);
    });
  return {
    sendOutgoingInvite: emit(({ context }) => {
      const { to, from } = way(context);
      return sending(to, { type: 'outgoing.INVITE', from, credentials: context.challenged ?? false });
    }),
    sendOutgoingAck: send('outgoing.ACK'),
    sendOutgoingBye: send('outgoing.BYE'),
    rememberChallenge: assign(() => ({ challenged: true })),
    noteOutgoingBegun: telling(() => 'begun'),
    noteOutgoingRings: telling(() => 'rings'),
    noteOutgoingAnswered: telling(() => 'answered'),
    noteOutgoingFailed: telling((event) => expecting(event, 'outgoing.failed').code),
    noteOutgoingTimedOut: telling(() => 408),
    noteOutgoingOver: telling(() => 'over'),
  };
}

/** The app's call: its own INVITE to the SIP server, or in Continuous one over its connection to the push server. */
export const userCallActions = <Context extends OutgoingContext>(from: (context: Context) => OutgoingPath) =>
  clientActions<Context>(
    (context) => {
      const path = from(context);
      return { from: path, to: path === 'connection' ? 'pushServer' : 'sipServer' };
    },
    (what) => {
      if (what === 'begun') return observing({ type: 'outgoing.placed' });
      return typeof what === 'number' ? observing({ type: 'outgoing.failed', code: what }) : null;
    },
  );

/** Continuous, product article: the outgoing call goes through the push server, which passes the answers to the app. */
export const relayedCallActions = <Context extends OutgoingContext>() => {
  const { emit } = actionsOf<OutgoingContext, Context>();
  const tellApp = (type: 'outgoing.180' | 'outgoing.200' | 'outgoing.BYE.200') =>
    sending('app', { type, from: 'connection' });
  return {
    ...clientActions<Context>(
      () => ({ to: 'sipServer', from: 'pushServer' }),
      (what) => {
        if (what === 'begun') return null;
        if (what === 'rings') return tellApp('outgoing.180');
        if (what === 'answered') return tellApp('outgoing.200');
        if (what === 'over') return tellApp('outgoing.BYE.200');
        return sending('app', { type: 'outgoing.failed', from: 'connection', code: what });
      },
    ),
    // Inference: a push server that does not know the account makes no calls for it.
    refuseOutgoing: emit(sending('app', { type: 'outgoing.failed', from: 'connection', code: 403 })),
  };
};

/** The answers of the callee. */
const answers: readonly OutgoingType[] = ['outgoing.180', 'outgoing.200', 'outgoing.BYE.200'];

/** The SIP server as a stateless proxy (RFC 3261 16.11) that asks for credentials (22.3). */
export const passingOn = {
  on: {
    'outgoing.INVITE': [
      { guard: 'demandsCredentials', actions: 'challengeOutgoing' },
      // Against RFC 3261, where an INVITE needs no registration: Oracle SBC, `allow-anonymous registered`.
      { guard: 'refusesUnregistered', actions: 'forbidOutgoing' },
      { actions: 'passOn' },
    ],
    'outgoing.ACK': { actions: 'passOn' },
    'outgoing.BYE': { actions: 'passOn' },
    ...Object.fromEntries(answers.map((type) => [type, { actions: 'passBack' }])),
  },
};

interface ServerContext {
  readonly bindings: readonly Contact[];
}

type GuardArgs = Args<ServerContext>;

const outgoingIn = (event: MachineEvent): OutgoingMessage => {
  if ('from' in event && event.type !== 'connection.closed') return event;
  throw new Error(`${event.type} is not of a call that the user makes`);
};

const callerOf = (event: MachineEvent): Contact => {
  const { from } = outgoingIn(event);
  if (from === 'connection') throw new Error('the SIP server knows no connection between app and push server');
  return from;
};

export const passingOnGuards = ({ digest, admitsCalls }: Pick<ServerProfile, 'digest' | 'admitsCalls'>) => ({
  demandsCredentials: ({ event }: GuardArgs) => digest && !expecting(event, 'outgoing.INVITE').credentials,
  refusesUnregistered: ({ context, event }: GuardArgs) =>
    admitsCalls === 'registered' && !context.bindings.includes(callerOf(event)),
});

export function passingOnActions<Context extends ServerContext>() {
  const { emit } = actionsOf<ServerContext, Context>();
  const answering = (message: (from: Contact) => OutgoingMessage) =>
    emit(({ event }) => sending(partyAt(callerOf(event)), message(callerOf(event))));
  return {
    challengeOutgoing: answering((from) => ({ type: 'outgoing.407', from })),
    forbidOutgoing: answering((from) => ({ type: 'outgoing.failed', from, code: 403 })),
    passOn: emit(({ event }) => sending('caller', outgoingIn(event))),
    passBack: emit(({ event }) => sending(partyAt(callerOf(event)), outgoingIn(event))),
  };
}

/** The phone at the other end (RFC 3261 13.3, 15.1.2): it rings, and its user answers. */
export const calledPhone: CallRegion = {
  id: 'called',
  initial: 'idle',
  states: {
    idle: {
      on: { 'outgoing.INVITE': { target: 'ringing', actions: ['rememberCallerOfPhone', 'observeOutgoingAlert'] } },
    },
    ringing: {
      entry: 'ringOutgoing',
      on: { 'outgoing.INVITE': { actions: 'ringOutgoing' } },
      after: { calleeReaction: 'answering' },
    },
    answering: {
      entry: 'answerOutgoing',
      ...repeatingAnswer('answerOutgoing'),
      on: { 'outgoing.ACK': 'talking', 'outgoing.BYE': { target: 'over', actions: 'endOutgoing' } },
      after: { '64T1': 'over' },
    },
    talking: { on: { 'outgoing.BYE': { target: 'over', actions: 'endOutgoing' } } },
    over: { on: { 'outgoing.BYE': { actions: 'endOutgoing' } } },
  },
};

export interface CalledContext {
  /** Where the call comes from, to send the answers there; absent where no call is made. */
  readonly calledFrom?: OutgoingPath;
}

export function calledPhoneActions<Context extends CalledContext>() {
  const { assign, emit } = actionsOf<CalledContext, Context>();
  const reply = (type: 'outgoing.180' | 'outgoing.200') =>
    emit(({ context }) => sending('sipServer', { type, from: context.calledFrom ?? 'pushServer' }));
  return {
    rememberCallerOfPhone: assign(({ event }) => ({ calledFrom: outgoingIn(event).from })),
    observeOutgoingAlert: emit(observing({ type: 'outgoing.alerting' })),
    ringOutgoing: reply('outgoing.180'),
    answerOutgoing: reply('outgoing.200'),
    // RFC 3261 18.2.2: an answer goes where its request came from, and the phone may have moved since its INVITE.
    endOutgoing: emit(({ event }) => sending('sipServer', { type: 'outgoing.BYE.200', from: outgoingIn(event).from })),
  };
}
