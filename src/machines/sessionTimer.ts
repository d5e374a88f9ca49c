import { actionsOf } from './actionsOf.ts';
import type { ThisCall } from './callSlot.ts';
import type { InternalEvent } from './events.ts';
import { retransmittingUpToT2 } from './retransmission.ts';

/** Who refreshes a session: the caller (`uac` in RFC 4028 7.1), or the phone of the user (`uas`). */
export const sessionRefreshers = ['caller', 'user'] as const;
export type SessionRefresher = (typeof sessionRefreshers)[number];

/** What an end of a call does for its session timer; null where there is none. */
export type SessionRole = 'refreshes' | 'awaits' | null;

/** RFC 4028 10: the refresh comes at half the interval. */
export const sessionRefreshMs = (intervalMs: number): number => Math.round(intervalMs / 2);

/** RFC 4028 10: who awaits it ends the session 32 s or a third of the interval before it expires, whichever is less. */
export const sessionExpiryMs = (intervalMs: number): number =>
  intervalMs - Math.min(32_000, Math.round(intervalMs / 3));

const refreshing = (reliable: boolean) => ({
  waiting: { on: { 'session.over': 'none' }, after: { sessionRefresh: 'refreshing' } },
  refreshing: {
    entry: 'sendUpdate',
    ...retransmittingUpToT2('sendUpdateAgain', reliable),
    on: {
      'session.over': 'none',
      'UPDATE.200': 'waiting',
      'UPDATE.481': { target: 'none', actions: 'expireSession' },
    },
    // RFC 3261 8.1.3.1: no answer at all counts as 408.
    after: { '64T1': { target: 'none', actions: 'expireSession' } },
  },
});

const awaiting = {
  watching: {
    on: { 'session.over': 'none', UPDATE: { target: 'watching', reenter: true, actions: 'confirmUpdate' } },
    after: { sessionExpiry: { target: 'none', actions: 'expireSession' } },
  },
};

/**
 * The session timer of one end of one call (RFC 4028), as a region beside the call. It refreshes the session with an
 * UPDATE (7.4), or awaits one. The call says when it begins and is over; without a refresh the call is told (10: BYE).
 * Template for a call slot.
 */
export const sessionTimer = (role: Exclude<SessionRole, null>, reliable: boolean) => ({
  initial: 'none',
  states: {
    none: {
      on: {
        'session.begun': role === 'refreshes' ? 'waiting' : 'watching',
        // RFC 3261 12.2.2: the dialog is over, or went with a former process.
        ...(role === 'awaits' && { UPDATE: { actions: 'denyUpdate' } }),
      },
    },
    ...(role === 'refreshes' ? refreshing(reliable) : awaiting),
  },
});

/** What a call and its session timer tell each other. */
export function sessionActions<Context extends object>() {
  const { raise } = actionsOf<object, Context, ThisCall>();
  const telling = (type: Extract<InternalEvent['type'], `session.${string}`>) =>
    raise((_, { call }) => ({ type, call }));
  return {
    beginSession: telling('session.begun'),
    endSession: telling('session.over'),
    expireSession: telling('session.expired'),
  };
}
