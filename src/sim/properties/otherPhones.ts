import { isPushedByServer } from '../../machines/registrationModes.ts';
// Properties of what is there only in some scenarios: another device, a call that the user makes, AutoSend180, iOS.
import { phonesOf } from '../scenario/scenario.ts';
import { forEachPhone } from './eachPhone.ts';
import { callsWith, endsCall, forBoth, type PerCall, placedAfresh, violationOf } from './perCall.ts';
import type { Property } from './property.ts';

type Taken = 'none' | 'taken' | 'missed' | 'both';

/** RFC 3326 2: a call that was picked up elsewhere is not to be logged as a missed one. */
export const noFalseMissedCall: Property<PerCall<Taken>> = {
  name: 'noFalseMissedCall',
  sentence: () => 'a call that was answered on another device is not shown as missed',
  appliesTo: (settings) => settings.otherDevice === 'answers' || phonesOf(settings).length > 1,
  initial: forBoth('none'),
  next: (state, sighting, settings) => {
    if (sighting.type === 'call.placed') return placedAfresh<Taken>(state, sighting.call, 'none');
    const phones = phonesOf(settings).length;
    // To a phone, each other phone of the user is another device.
    const isTaken = sighting.type === 'call.takenElsewhere' || (phones > 1 && sighting.type === 'ringing.answered');
    if (!isTaken && sighting.type !== 'call.missed') return state;
    const own = isTaken ? 'taken' : 'missed';
    const before = state[sighting.call];
    return { ...state, [sighting.call]: before === 'none' || before === own ? own : 'both' };
  },
  violation: (state) =>
    violationOf(callsWith(state, 'both'), (call) => `call ${call} was answered elsewhere and shown as missed`),
  witnessed: (state) => callsWith(state, 'taken').length > 0,
};

/** The hand-over is between app and push server; the other device of the user has no part in it. */
export const otherDeviceStays: Property<'registered' | 'left'> = {
  name: 'otherDeviceStays',
  sentence: () => 'the other device of the user stays registered, whatever app and push server do',
  appliesTo: ({ otherDevice }) => (otherDevice ?? null) !== null,
  initial: 'registered',
  next: (state, sighting) =>
    sighting.type === 'bindings' && !sighting.contacts.includes('otherDevice') ? 'left' : state,
  violation: (state) => (state === 'left' ? { what: "the other device's binding was taken from it", calls: [] } : null),
  witnessed: () => true,
};

type Outgoing = 'none' | 'placed' | 'alerted' | 'failed';

/** A call that the user makes gets to the one whom he calls, whoever is registered at that moment. */
export const outgoingAlerts: Property<Outgoing> = {
  name: 'outgoingAlerts',
  sentence: () => 'the call that the user makes rings at the other end',
  appliesTo: ({ steps }) => steps.some(({ action }) => 'party' in action && action.event.type === 'user.call'),
  initial: 'none',
  next: (state, sighting) => {
    if (sighting.type === 'outgoing.placed') return 'placed';
    if (state !== 'placed') return state;
    if (sighting.type === 'outgoing.alerting') return 'alerted';
    return sighting.type === 'outgoing.failed' ? 'failed' : state;
  },
  violation: (state) => (state === 'failed' ? { what: 'the call that the user made failed', calls: [] } : null),
  unfinished: (state) =>
    state === 'placed' ? { what: 'the call that the user made never rang at the other end', calls: [] } : null,
  witnessed: (state) => state === 'alerted',
};

type Ringback = 'none' | 'promised' | 'kept' | 'broken';

/** The price of AutoSend180, and of early media: ringing that a server promises before any phone rings. */
export const ringbackIsTrue: Property<PerCall<Ringback>> = {
  name: 'ringbackIsTrue',
  sentence: () => 'a caller who hears ringing because of AutoSend180, or early media, rings a phone in the end',
  appliesTo: ({ autoSend180, server, mode }) =>
    autoSend180 || server.ringback === 'earlyMedia' || (isPushedByServer(mode) && server.wakes.tells === 'ringing'),
  initial: forBoth('none'),
  next: (state, sighting) => {
    if (!('call' in sighting)) return state;
    const { call } = sighting;
    if (sighting.type === 'call.placed') return placedAfresh<Ringback>(state, call, 'none');
    if (sighting.type === 'call.ringbackPromised')
      return state[call] === 'none' ? { ...state, [call]: 'promised' } : state;
    if (state[call] !== 'promised') return state;
    if (sighting.type === 'ringing.alerting') return { ...state, [call]: 'kept' };
    return endsCall(sighting.type) ? { ...state, [call]: 'broken' } : state;
  },
  violation: (state) =>
    violationOf(callsWith(state, 'broken'), (call) => `the caller of call ${call} heard ringing, but no phone rang`),
  witnessed: (state) => callsWith(state, 'kept').length > 0,
};

/** What such a report costs where the push was about no call: to refresh a binding (RFC 8599 5.5). */
export const callsAreReal = forEachPhone({
  name: 'callsAreReal',
  sentence: () => 'the phone shows no call that nobody makes, for a push that only refreshes its binding',
  appliesTo: ({ unreportedPush, mode }) => unreportedPush === 'terminates' && isPushedByServer(mode),
  initial: 'none',
  next: (state, sighting) => {
    if (sighting.type === 'call.madeUp') return 'madeUp';
    return sighting.type === 'push.reported' && state === 'none' ? 'real' : state;
  },
  violation: (state) => (state === 'madeUp' ? { what: 'the phone showed a call that nobody makes', calls: [] } : null),
  witnessed: (state) => state === 'real',
} satisfies Property<'none' | 'real' | 'madeUp'>);

/** developer.apple.com, PKPushType.voIP: the app has to report a call for every such push. */
export const pushesReported = forEachPhone({
  name: 'pushesReported',
  sentence: () => 'the app reports every push to CallKit, so that iOS does not terminate it',
  appliesTo: ({ unreportedPush }) => unreportedPush === 'terminates',
  initial: 'none',
  next: (state, sighting) => {
    if (sighting.type === 'push.unreported') return 'unreported';
    return sighting.type === 'push.reported' && state === 'none' ? 'reported' : state;
  },
  violation: (state) =>
    state === 'unreported' ? { what: 'a push was not reported, and iOS terminated the app', calls: [] } : null,
  witnessed: (state) => state === 'reported',
} satisfies Property<'none' | 'reported' | 'unreported'>);
