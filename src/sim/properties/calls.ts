import { type Call, calls } from '../../machines/messages.ts';
import { forEachPhone } from './eachPhone.ts';
import { callsWith, endsCall, forBoth, type PerCall, placedAfresh, violationOf } from './perCall.ts';
import type { Property, PropertySettings } from './property.ts';

/** Whether every call that the scenario makes is over in some sense. */
const isOver = ({ steps }: PropertySettings, isDone: (call: Call) => boolean): boolean =>
  steps.every(({ action }) => !('party' in action) || action.event.type !== 'call.dial' || isDone(action.event.call));

type Loss = 'none' | 'placed' | 'alerted' | 'lost';

/** A final 4xx to 6xx, a voice mailbox or a caller who gives up, with no alert before, is a loss. */
export const noInviteLost: Property<PerCall<Loss>> = {
  name: 'noInviteLost',
  judgesEachCall: true,
  sentence: () => "every INVITE alerts the user before the caller's patience or the server's timers end",
  appliesTo: () => true,
  initial: forBoth('none'),
  next: (state, sighting) => {
    if (sighting.type === 'call.placed') return { ...state, [sighting.call]: 'placed' };
    if (!('call' in sighting) || state[sighting.call] !== 'placed') return state;
    // What is answered on another device of the user is not lost either.
    if (sighting.type === 'ringing.alerting' || sighting.type === 'call.takenElsewhere') {
      return { ...state, [sighting.call]: 'alerted' };
    }
    return endsCall(sighting.type) ? { ...state, [sighting.call]: 'lost' } : state;
  },
  settled: (state, settings) => isOver(settings, (call) => state[call] === 'alerted' || state[call] === 'lost'),
  violation: (state) => violationOf(callsWith(state, 'lost'), (call) => `call ${call} was lost`),
  witnessed: (state) => callsWith(state, 'alerted').length > 0,
};

/**
 * The phone rings at most once for a call, however many pushes and branches reach it. A process that has been killed may
 * ring again in its next life: it has fallen silent in the midst of it.
 */
export const ringsOnce = forEachPhone({
  name: 'ringsOnce',
  judgesEachCall: true,
  sentence: () => 'the phone rings at most once per call',
  appliesTo: () => true,
  initial: forBoth(0),
  next: (state, sighting) => {
    if (sighting.type === 'ringing.cutOff') {
      const before = (call: Call) => (state[call] === 1 && sighting.calls.includes(call) ? 0 : state[call]);
      return { 1: before(1), 2: before(2) };
    }
    if (sighting.type === 'call.placed') return placedAfresh<0 | 1 | 2>(state, sighting.call, 0);
    return sighting.type === 'ringing.started'
      ? { ...state, [sighting.call]: state[sighting.call] === 0 ? 1 : 2 }
      : state;
  },
  violation: (state) => violationOf(callsWith(state, 2), (call) => `the phone rang twice for call ${call}`),
  witnessed: (state) => callsWith(state, 1).length > 0,
} satisfies Property<PerCall<0 | 1 | 2>>);

/** A call is answered at most once. */
export const answeredOnce = forEachPhone({
  name: 'answeredOnce',
  judgesEachCall: true,
  sentence: () => 'a call is answered at most once',
  appliesTo: () => true,
  initial: forBoth(0),
  next: (state, sighting) => {
    if (sighting.type === 'call.placed') return placedAfresh<0 | 1 | 2>(state, sighting.call, 0);
    return sighting.type === 'ringing.answered'
      ? { ...state, [sighting.call]: state[sighting.call] === 0 ? 1 : 2 }
      : state;
  },
  violation: (state) => violationOf(callsWith(state, 2), (call) => `call ${call} was answered twice`),
  witnessed: (state) => callsWith(state, 1).length > 0,
} satisfies Property<PerCall<0 | 1 | 2>>);

type CallEnd = 'none' | 'open' | 'closed';

/** Every INVITE gets a final answer, or its caller a reason to stop waiting (RFC 3261 17.1.1.2). */
export const finalAnswer: Property<PerCall<CallEnd>> = {
  name: 'finalAnswer',
  judgesEachCall: true,
  sentence: () => 'every INVITE comes to an end for its caller',
  appliesTo: () => true,
  initial: forBoth('none'),
  next: (state, sighting) => {
    if (sighting.type === 'call.placed') return { ...state, [sighting.call]: 'open' };
    return 'call' in sighting && endsCall(sighting.type) ? { ...state, [sighting.call]: 'closed' } : state;
  },
  violation: () => null,
  unfinished: (state) => violationOf(callsWith(state, 'open'), (call) => `call ${call} never came to an end`),
  witnessed: (state) => callsWith(state, 'closed').length > 0,
};

interface Ringing {
  readonly ringing: PerCall<boolean>;
  readonly over: PerCall<boolean>;
  readonly tooLong: readonly Call[];
  readonly stopped: boolean;
}

const ringsOn = ({ ringing, over }: Ringing): Call[] => calls.filter((call) => ringing[call] && over[call]);

/** Each call has a time of its own. */
const keyOf = (call: Call): string => `call ${call}`;

/** Once the caller has hung up or been refused, the phone falls silent. */
export const ringStops = forEachPhone({
  name: 'ringStops',
  sentence: ({ limits }) => `the phone stops ringing within ${limits.ringStopMs / 1000} s after the caller is gone`,
  appliesTo: () => true,
  initial: { ringing: forBoth(false), over: forBoth(false), tooLong: [], stopped: false },
  next: (state, sighting) => {
    if (!('call' in sighting)) return state;
    const { call } = sighting;
    if (sighting.type === 'call.placed') {
      const over = placedAfresh(state.over, call, false);
      return over === state.over ? state : { ...state, over, ringing: placedAfresh(state.ringing, call, false) };
    }
    if (sighting.type === 'ringing.started') return { ...state, ringing: { ...state.ringing, [call]: true } };
    if (sighting.type === 'ringing.stopped') {
      return { ...state, ringing: { ...state.ringing, [call]: false }, stopped: state.stopped || state.over[call] };
    }
    return endsCall(sighting.type) ? { ...state, over: { ...state.over, [call]: true } } : state;
  },
  obligations: (state, { limits }) => ringsOn(state).map((call) => ({ key: keyOf(call), limitMs: limits.ringStopMs })),
  missed: (state, key) => {
    const late = ringsOn(state).filter((call) => keyOf(call) === key || state.tooLong.includes(call));
    return { ...state, tooLong: late };
  },
  violation: (state) => violationOf(state.tooLong, (call) => `the phone rang on after call ${call} was over`),
  witnessed: (state) => state.stopped,
} satisfies Property<Ringing>);
