import type { Call } from '../../machines/messages.ts';
import type { Sighting } from '../world/eventTable.ts';
import { forBoth, type PerCall, violationOf } from './perCall.ts';
import type { Property } from './property.ts';

/** How a call stands for its caller: `connected` with the user's phone, or `elsewhere` with a mailbox or another device. */
type CallerSide = 'none' | 'waiting' | 'connected' | 'elsewhere' | 'over';

/** How an answered call stands on the phone. */
type PhoneSide = 'none' | 'answered' | 'settled' | 'late';

interface Answered {
  readonly caller: CallerSide;
  readonly phone: PhoneSide;
  readonly hasConnected: boolean;
}

/** How the caller's side goes on; calls that another phone or a mailbox takes are not the phone's. */
function callerAfter(side: CallerSide, sighting: Sighting): CallerSide {
  if (sighting.type === 'call.placed') return 'waiting';
  if (sighting.type === 'call.connected') return isWithPhone(sighting.contact) ? 'connected' : 'elsewhere';
  return /^call\.(failed|abandoned|hungUp|ended)$/.test(sighting.type) ? 'over' : side;
}

const isWithPhone = (contact: string): boolean => contact === 'pushServer' || contact.startsWith('app@');

const noAnswer: Answered = { caller: 'none', phone: 'none', hasConnected: false };

function answeredAfter(state: Answered, sighting: Sighting): Answered {
  const caller = callerAfter(state.caller, sighting);
  const next = { ...state, caller };
  if (sighting.type === 'ringing.answered') {
    // Who answers after the caller has gone answers nobody: that is for `ringStops` to judge.
    return { ...next, phone: caller === 'over' ? 'settled' : caller === 'connected' ? 'settled' : 'answered' };
  }
  if (state.phone !== 'answered') return next;
  if (caller === 'connected') return { ...next, phone: 'settled', hasConnected: true };
  return sighting.type === 'phone.ended' && sighting.cause === 'told' ? { ...next, phone: 'settled' } : next;
}

const callsWhere = <T>(state: PerCall<T>, is: (value: T) => boolean): Call[] =>
  ([1, 2] as const).filter((call) => is(state[call]));

/** The next state of the call that a sighting is about; one that names none is about neither. */
const ofItsCall =
  <T>(next: (state: T, sighting: Sighting) => T) =>
  (state: PerCall<T>, sighting: Sighting): PerCall<T> => {
    if (!('call' in sighting)) return state;
    const before = state[sighting.call];
    const after = next(before, sighting);
    return after === before ? state : { ...state, [sighting.call]: after };
  };

/** An obligation for each call for which it is due. */
const perCall =
  <T>(isDue: (value: T) => boolean, limitMs: (limits: { connectMs: number; endsAgreeMs: number }) => number) =>
  (state: PerCall<T>, { limits }: { limits: { connectMs: number; endsAgreeMs: number } }) =>
    callsWhere(state, isDue).map((call) => ({ key: `call ${call}`, limitMs: limitMs(limits) }));

const callOf = (key: string): Call => (key === 'call 1' ? 1 : 2);

/**
 * RFC 3261 13.3.1.4: what the user answers is connected for the caller. Where the call has gone meanwhile, the phone is
 * told so; a phone that gives up by itself because no ACK comes has not been told.
 */
export const answeredConnects: Property<PerCall<Answered>> = {
  name: 'answeredConnects',
  judgesEachCall: true,
  sentence: ({ limits }) =>
    `what the user answers is connected for the caller within ${limits.connectMs / 1000} s, or the phone is told that it is not`,
  appliesTo: () => true,
  initial: forBoth(noAnswer),
  next: ofItsCall(answeredAfter),
  obligations: perCall(
    ({ phone }) => phone === 'answered',
    ({ connectMs }) => connectMs,
  ),
  missed: (state, key) => ({ ...state, [callOf(key)]: { ...state[callOf(key)], phone: 'late' } }),
  violation: (state) =>
    violationOf(
      callsWhere(state, ({ phone }) => phone === 'late'),
      (call) => `call ${call} was answered but never connected`,
    ),
  witnessed: (state) => callsWhere(state, ({ hasConnected }) => hasConnected).length > 0,
};

/** Who is still in an established call, and how the others have left it. */
interface Established {
  readonly caller: 'none' | 'in' | 'hungUp' | 'out';
  readonly phone: 'none' | 'in' | 'hungUp' | 'gone' | 'out';
  readonly tooLong: boolean;
}

const notEstablished: Established = { caller: 'none', phone: 'none', tooLong: false };

function establishedAfter(state: Established, sighting: Sighting): Established {
  if (sighting.type === 'ringing.answered') return { ...state, phone: 'in' };
  if (sighting.type === 'call.connected' && isWithPhone(sighting.contact)) return { ...state, caller: 'in' };
  if (sighting.type === 'call.hungUp' && state.caller === 'in') return { ...state, caller: 'hungUp' };
  if (sighting.type === 'call.ended' && state.caller === 'in') return { ...state, caller: 'out' };
  if (sighting.type === 'phone.ended' && state.phone === 'in') {
    return { ...state, phone: sighting.cause === 'hungUp' ? 'hungUp' : 'out' };
  }
  return state;
}

/** A process that ends takes its calls with it: that is no word of the other end. */
function withProcess(state: PerCall<Established>, sighting: Sighting): PerCall<Established> {
  if (sighting.type !== 'app.reachable' || sighting.contact !== null)
    return ofItsCall(establishedAfter)(state, sighting);
  const gone = (one: Established): Established => (one.phone === 'in' ? { ...one, phone: 'gone' } : one);
  return { 1: gone(state[1]), 2: gone(state[2]) };
}

const wasEstablished = ({ caller, phone }: Established) => caller !== 'none' && phone !== 'none';

/** RFC 3261 15: who has hung up says so, and is heard. */
export const endsAgree: Property<PerCall<Established>> = {
  name: 'endsAgree',
  judgesEachCall: true,
  sentence: ({ limits }) => `both ends of a call agree within ${limits.endsAgreeMs / 1000} s that it is over`,
  appliesTo: () => true,
  initial: forBoth(notEstablished),
  next: withProcess,
  obligations: perCall(
    (state) => wasEstablished(state) && (state.caller === 'in') !== (state.phone === 'in'),
    ({ endsAgreeMs }) => endsAgreeMs,
  ),
  missed: (state, key) => ({ ...state, [callOf(key)]: { ...state[callOf(key)], tooLong: true } }),
  violation: (state) =>
    violationOf(
      callsWhere(state, ({ tooLong }) => tooLong),
      (call) => `call ${call} was over at one end only`,
    ),
  witnessed: (state) =>
    callsWhere(state, (one) => wasEstablished(one) && one.caller !== 'in' && one.phone !== 'in').length > 0,
};

/** Hand-over, refresh, restart and network change end no call: only those who speak do. */
export const callSurvives: Property<PerCall<Established>> = {
  name: 'callSurvives',
  judgesEachCall: true,
  sentence: () => 'an established call is ended by those who speak, and by nothing else',
  appliesTo: () => true,
  initial: forBoth(notEstablished),
  next: withProcess,
  violation: (state) =>
    violationOf(
      callsWhere(
        state,
        (one) =>
          wasEstablished(one) &&
          ((one.caller === 'out' && (one.phone === 'in' || one.phone === 'out')) ||
            (one.phone === 'out' && (one.caller === 'in' || one.caller === 'out'))),
      ),
      (call) => `call ${call} ended although nobody had hung up`,
    ),
  witnessed: (state) => callsWhere(state, wasEstablished).length > 0,
};
