import { emit } from 'xstate';
import type { ThisCall } from './callSlot.ts';
import { type CallMessage, type Emitted, type MachineEvent, observing, sending } from './messages.ts';
import { retransmittingUpToT2 } from './retransmission.ts';

/** What the user does at the other device when it rings. */
export type OtherUser = 'answers' | 'ignores';

/** The events of a call that are meant for the other device, and not for the caller whose party it shares. */
const toThis = (target: string | null, actions: string[] = []) => ({
  guard: 'isForOtherDevice',
  ...(target !== null && { target }),
  actions,
});

/**
 * One call on another device of the same user (RFC 3261 13.3, 9.2, 15): a phone on a desk that is always registered.
 * Template for a call slot. It shares a party with the caller, for both are phones beyond the SIP server.
 */
export const otherDeviceCall = (reliable: boolean) => {
  const refused = { CANCEL: toThis(null, ['confirmCancelThere']) };
  const afterwards = { ...refused, BYE: toThis('#thisCall.over', ['confirmByeThere']) };
  return {
    initial: 'idle',
    states: {
      idle: { on: { INVITE: toThis('ringing') } },
      ringing: {
        entry: 'ringThere',
        on: {
          INVITE: toThis(null, ['ringThere']),
          CANCEL: toThis('cancelled', ['confirmCancelThere']),
        },
        after: { otherDeviceReaction: { guard: 'isAnsweredThere', target: 'answering', actions: 'observeTaken' } },
      },
      answering: {
        entry: 'answerThere',
        // RFC 3261 13.3.1.4: the 200 is sent again until the ACK, whatever the transport.
        ...retransmittingUpToT2('answerThere', false),
        on: { ...afterwards, ACK: toThis('active') },
        after: { '64T1': 'over' },
      },
      active: { on: afterwards },
      // RFC 3261 9.2: the INVITE itself ends with 487.
      cancelled: {
        entry: 'endThere',
        ...retransmittingUpToT2('endThere', reliable),
        on: { ...refused, ACK: toThis('over') },
        after: { '64T1': 'over' },
      },
      over: { on: afterwards },
    },
  };
};

type Answer = { [K in CallMessage as K['type']]: Omit<K, 'call' | 'contact'> }[CallMessage['type']];

const answer = <Context>(message: Answer) =>
  emit<Context & object, MachineEvent, ThisCall, MachineEvent, Emitted>((_: unknown, { call }: ThisCall) =>
    sending('sipServer', { ...message, call, contact: 'otherDevice' } as CallMessage),
  );

export const otherDeviceGuards = (user: OtherUser) => ({
  isForOtherDevice: ({ event }: { event: MachineEvent }) => 'contact' in event && event.contact === 'otherDevice',
  isAnsweredThere: () => user === 'answers',
});

export const otherDeviceActions = <Context>() => ({
  ringThere: answer<Context>({ type: 'INVITE.180' }),
  answerThere: answer<Context>({ type: 'INVITE.200' }),
  endThere: answer<Context>({ type: 'INVITE.failed', code: 487 }),
  confirmCancelThere: answer<Context>({ type: 'CANCEL.200' }),
  confirmByeThere: answer<Context>({ type: 'BYE.200' }),
  observeTaken: emit<Context & object, MachineEvent, ThisCall, MachineEvent, Emitted>(
    (_: unknown, { call }: ThisCall) => observing({ type: 'call.takenElsewhere', call }),
  ),
});
