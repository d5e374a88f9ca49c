import { type Call, calls } from '../../machines/messages.ts';
import type { Sighting } from '../scenario/sighting.ts';
import { forEachPhone } from './eachPhone.ts';
import { forBoth, type PerCall, violationOf } from './perCall.ts';
import type { Property } from './property.ts';

/** How a call stands for its caller: `connected` with the user's phone, or `elsewhere` with a mailbox or another device. */
type CallerSide = 'none' | 'waiting' | 'connected' | 'elsewhere' | 'over';

/** How an answered call stands on the phone: just answered, answered for a while, as it should be, or in vain. */
type PhoneSide = 'none' | 'answered' | 'waiting' | 'settled' | 'inVain';

/**
 * So long after the answer, in milliseconds, the end of the call may still have crossed it: a 200 that meets the CANCEL, or
 * that is lost and sent again (RFC 3261 9.1, 13.3.1.4). Whoever hangs up later has waited for an answer that did not come.
 */
const crossingMs = 5_000;

interface Answered {
  readonly caller: CallerSide;
  readonly phone: PhoneSide;
  readonly hasConnected: boolean;
}

/** How the caller's side goes on; calls that another phone or a mailbox takes are not the phone's. */
function callerAfter(side: CallerSide, sighting: Sighting): CallerSide {
  if (sighting.type === 'call.placed') return 'waiting';
  if (sighting.type === 'call.connected') return isWithPhone(sighting.contact) ? 'connected' : 'elsewhere';
  return /^call\.(failed|abandoned|hungUp|expired|ended)$/.test(sighting.type) ? 'over' : side;
}

const isWithPhone = (contact: string): boolean => /^(pushServer|app@)/.test(contact);

const noAnswer: Answered = { caller: 'none', phone: 'none', hasConnected: false };

function answeredAfter(state: Answered, sighting: Sighting): Answered {
  const caller = callerAfter(state.caller, sighting);
  const next = { ...state, caller };
  if (sighting.type === 'call.placed') return { ...next, phone: 'none' };
  if (sighting.type === 'ringing.answered') {
    // Who answers after the caller has gone answers nobody: that is for `ringStops` to judge.
    return { ...next, phone: caller === 'over' ? 'settled' : caller === 'connected' ? 'settled' : 'answered' };
  }
  if (state.phone !== 'answered' && state.phone !== 'waiting') return next;
  if (caller === 'connected') return { ...next, phone: 'settled', hasConnected: true };
  if (sighting.type !== 'phone.ended' || sighting.cause !== 'told') return next;
  return { ...next, phone: state.phone === 'answered' ? 'settled' : 'inVain' };
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
 * RFC 3261 13.3.1.4: what the user answers is connected for the caller. Only where the caller's end crosses the answer, the
 * phone is told so instead; a phone that gives up by itself because no ACK comes has not been told.
 */
export const answeredConnects = forEachPhone({
  name: 'answeredConnects',
  judgesEachCall: true,
  sentence: ({ limits }) =>
    `what the user answers is connected for the caller within ${limits.connectMs / 1000} s, unless the caller hangs up at that moment`,
  appliesTo: () => true,
  initial: forBoth(noAnswer),
  next: ofItsCall(answeredAfter),
  obligations: (state, { limits }) =>
    calls.flatMap((call) => {
      const { phone } = state[call];
      if (phone === 'answered') return [{ key: `answered ${call}`, limitMs: Math.min(crossingMs, limits.connectMs) }];
      const restMs = limits.connectMs - crossingMs;
      return phone === 'waiting' ? [{ key: `waiting ${call}`, limitMs: Math.max(restMs, 1) }] : [];
    }),
  missed: (state, key) => {
    const call = calls.find((one) => key.endsWith(String(one))) ?? 1;
    const isOver = key.startsWith('waiting');
    return { ...state, [call]: { ...state[call], phone: isOver ? 'inVain' : 'waiting' } };
  },
  violation: (state) =>
    violationOf(
      callsWhere(state, ({ phone }) => phone === 'inVain'),
      (call) => `call ${call} was answered but never connected`,
    ),
  witnessed: (state) => callsWhere(state, ({ hasConnected }) => hasConnected).length > 0,
} satisfies Property<PerCall<Answered>>);

/** Who is still in an established call, and how the others have left it. */
interface Established {
  readonly caller: 'none' | 'in' | 'hungUp' | 'out';
  readonly phone: 'none' | 'in' | 'hungUp' | 'gone' | 'out';
  readonly tooLong: boolean;
}

const notEstablished: Established = { caller: 'none', phone: 'none', tooLong: false };

function establishedAfter(state: Established, sighting: Sighting): Established {
  if (sighting.type === 'call.placed') return notEstablished;
  if (sighting.type === 'ringing.answered') return { ...state, phone: 'in' };
  if (sighting.type === 'call.connected' && isWithPhone(sighting.contact)) return { ...state, caller: 'in' };
  if (sighting.type === 'call.hungUp' && state.caller === 'in') return { ...state, caller: 'hungUp' };
  if ((sighting.type === 'call.ended' || sighting.type === 'call.expired') && state.caller === 'in')
    return { ...state, caller: 'out' };
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
export const endsAgree = forEachPhone({
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
} satisfies Property<PerCall<Established>>);

/** Hand-over, refresh, restart and network change end no call: only those who speak do. */
export const callSurvives = forEachPhone({
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
} satisfies Property<PerCall<Established>>);
