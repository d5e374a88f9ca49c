import type { Phone } from '../../machines/messages.ts';
import { phonesOf } from '../scenario/scenario.ts';
import { endsCall, forBoth, type PerCall, violationOf } from './perCall.ts';
import type { Property } from './property.ts';

/** What a call has alerted so far, or in the end: the phone in hand, or only another one. */
type Alerted = 'none' | 'inHand' | 'elsewhere' | 'wrong';

interface InHand {
  /** The phone whose app came to the foreground last; 0 before the first time. */
  readonly phone: Phone | 0;
  /** Whether one of its sides has registered since. */
  readonly isRegistered: boolean;
  /** `wanted`: the phone in hand when the call was dialled, or 0 where that one was still about to register. */
  readonly calls: PerCall<{ readonly alerted: Alerted; readonly wanted: Phone | 0 }>;
}

const unplaced = { alerted: 'none', wanted: 0 } as const;

/** Who logs out on a phone expects nothing of it any more, and nothing of the calls that it has not been alerted of. */
function withoutPhone(state: InHand, phone: Phone): InHand {
  const left = (call: InHand['calls'][1]) => (call.wanted === phone && call.alerted !== 'inHand' ? unplaced : call);
  const calls = { 1: left(state.calls[1]), 2: left(state.calls[2]) };
  return { ...state, calls, ...(state.phone === phone && { phone: 0 as const, isRegistered: false }) };
}

/**
 * The single-device modes let one phone have the registration: it is to be the one that the user has taken in hand last. A call
 * that rings elsewhere is not lost, but the user may never hear it. While a phone takes over, its calls may go to the other.
 */
export const ringsInHand: Property<InHand> = {
  name: 'ringsInHand',
  sentence: () =>
    'a call that alerts a phone of the user alerts the one that was last in hand, once that has registered',
  appliesTo: (settings) => phonesOf(settings).length > 1,
  initial: { phone: 0, isRegistered: false, calls: forBoth(unplaced) },
  next: (state, sighting) => {
    const phone = sighting.phone ?? 1;
    if (sighting.type === 'app.inHand') return phone === state.phone ? state : { ...state, phone, isRegistered: false };
    if (sighting.type === 'believes')
      return sighting.contact !== null && phone === state.phone ? { ...state, isRegistered: true } : state;
    if (sighting.type === 'loggedOut') return sighting.loggedOut ? withoutPhone(state, phone) : state;
    if (!('call' in sighting)) return state;
    const { call } = sighting;
    const own = state.calls[call];
    const become = (alerted: Alerted, wanted = own.wanted): InHand => ({
      ...state,
      calls: { ...state.calls, [call]: { alerted, wanted } },
    });
    if (sighting.type === 'call.placed') return become('none', state.isRegistered ? state.phone : 0);
    if (sighting.type === 'ringing.alerting' && own.wanted !== 0 && own.alerted !== 'wrong') {
      if (phone === own.wanted) return become('inHand');
      return own.alerted === 'inHand' ? state : become('elsewhere');
    }
    return endsCall(sighting.type) && own.alerted === 'elsewhere' ? become('wrong') : state;
  },
  violation: ({ calls }) =>
    violationOf(
      ([1, 2] as const).filter((call) => calls[call].alerted === 'wrong'),
      (call) => `call ${call} alerted another phone than phone ${calls[call].wanted}, which was last in hand`,
    ),
  witnessed: ({ calls }) => ([1, 2] as const).some((call) => calls[call].alerted === 'inHand'),
};
