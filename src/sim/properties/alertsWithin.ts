import type { Call } from '../../machines/messages.ts';
import { endsCall } from './perCall.ts';
import type { Property } from './property.ts';

type Wait = 'none' | 'waiting' | 'overdue' | 'late' | 'over';

/**
 * A bound on the time from dialling a call to alerting the user. A call that never alerts is a loss, not a long wait:
 * that is for `noInviteLost` to judge.
 */
export const alertsWithin = (limitMs: number, call: Call): Property<Wait> => ({
  name: `alertsWithin for call ${call}`,
  sentence: () => `call ${call} alerts the user within ${limitMs / 1000} s, if it does`,
  appliesTo: () => true,
  initial: 'none',
  next: (state, sighting) => {
    if (!('call' in sighting) || sighting.call !== call) return state;
    if (sighting.type === 'call.placed') return 'waiting';
    if (state !== 'waiting' && state !== 'overdue') return state;
    if (sighting.type === 'ringing.alerting') return state === 'overdue' ? 'late' : 'over';
    return endsCall(sighting.type) ? 'over' : state;
  },
  obligations: (state) => (state === 'waiting' ? [{ key: 'alert', limitMs }] : []),
  missed: () => 'overdue',
  violation: (state) => (state === 'late' ? { what: `call ${call} alerted late`, calls: [call] } : null),
  witnessed: (state) => state === 'over',
});
