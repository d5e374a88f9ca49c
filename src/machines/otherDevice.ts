import { actionsOf } from './actionsOf.ts';
import type { ThisCall } from './callSlot.ts';
import type { MachineEvent } from './events.ts';
import { type CallMessageContent, ofCall } from './messages.ts';
import { observing, sending } from './observations.ts';
import { repeatingAnswer, retransmittingUpToT2 } from './retransmission.ts';

/** What the user does at the other device when it rings. */
export const otherUsers = ['answers', 'ignores', 'declines', 'busy'] as const;
export type OtherUser = (typeof otherUsers)[number];

/**
 * One call on another device of the same user (RFC 3261 13.3, 9.2, 15): a phone on a desk that is always registered.
 * Template for a call slot. It shares a party with the caller, as both are phones beyond the SIP server. Nobody calls the
 * caller, so every INVITE to that party is for this device.
 */
export const otherDeviceCall = (reliable: boolean) => {
  const refused = { CANCEL: { actions: 'confirmCancelThere' } };
  // RFC 3261 17.2.1: a copy of the INVITE gets the final answer again.
  const refusedWith = (answer: string) => ({
    entry: answer,
    ...retransmittingUpToT2(answer, reliable),
    on: { ...refused, INVITE: { actions: answer }, ACK: 'over' },
    after: { '64T1': 'over' },
  });
  const afterwards = {
    ...refused,
    BYE: { guard: 'isFromCaller', target: '#thisCall.over', actions: 'confirmByeThere' },
  };
  return {
    initial: 'idle',
    states: {
      idle: { on: { INVITE: [{ guard: 'isBusyThere', target: 'refusing' }, { target: 'ringing' }] } },
      ringing: {
        entry: 'ringThere',
        on: {
          INVITE: { actions: 'ringThere' },
          CANCEL: { target: 'cancelled', actions: 'confirmCancelThere' },
        },
        after: {
          otherDeviceReaction: [
            { guard: 'isAnsweredThere', target: 'answering', actions: 'observeTaken' },
            { guard: 'isDeclinedThere', target: 'refusing' },
          ],
        },
      },
      answering: {
        entry: 'answerThere',
        ...repeatingAnswer('answerThere'),
        on: { ...afterwards, ACK: 'active' },
        after: { '64T1': 'over' },
      },
      active: { on: afterwards },
      // RFC 3261 21.4.21, 21.6.2.
      refusing: refusedWith('refuseThere'),
      // RFC 3261 9.2: the INVITE itself ends with 487.
      cancelled: refusedWith('endThere'),
      over: { on: afterwards },
    },
  };
};

export const otherDeviceGuards = (user: OtherUser) => ({
  /** The other one is the BYE of the phone in the user's hand, on its way to the caller. */
  isFromCaller: ({ event }: { event: MachineEvent }) => !('by' in event),
  isAnsweredThere: () => user === 'answers',
  isDeclinedThere: () => user === 'declines',
  isBusyThere: () => user === 'busy',
});

export function otherDeviceActions<Context extends object>(user: OtherUser) {
  const { emit } = actionsOf<object, Context, ThisCall>();
  const answer = (content: CallMessageContent) =>
    emit((_, { call }) => sending('sipServer', ofCall(content, call, 'otherDevice')));
  return {
    ringThere: answer({ type: 'INVITE.180' }),
    answerThere: answer({ type: 'INVITE.200' }),
    refuseThere: answer({ type: 'INVITE.failed', code: user === 'busy' ? 486 : 603 }),
    endThere: answer({ type: 'INVITE.failed', code: 487 }),
    confirmCancelThere: answer({ type: 'CANCEL.200' }),
    confirmByeThere: answer({ type: 'BYE.200' }),
    observeTaken: emit((_, { call }) => observing({ type: 'call.takenElsewhere', call })),
  };
}
