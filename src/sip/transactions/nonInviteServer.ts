import { assign, emit, setup } from 'xstate';
import type { SipResponse } from '../message/message.ts';
import { giveUpMs } from './timing.ts';
import {
  failureReport,
  responseOf,
  type ServerEvent,
  sending,
  type TransactionEmitted,
  type TransactionInput,
  telling,
} from './transactionEvents.ts';

interface NonInviteServerContext extends TransactionInput {
  /** The response that answers repeated requests; null while nothing was sent. */
  readonly latest: SipResponse | null;
}

/** The server transaction of every request but INVITE and ACK (RFC 3261 17.2.2). */
export const nonInviteServer = setup({
  types: {
    context: {} as NonInviteServerContext,
    input: {} as TransactionInput,
    events: {} as ServerEvent,
    emitted: {} as TransactionEmitted,
  },
  guards: { isReliable: ({ context }) => context.isReliable },
  delays: { timerJ: ({ context }) => giveUpMs(context.timing) },
  actions: {
    takeResponse: assign({ latest: ({ event }) => responseOf(event) }),
    sendLatest: emit(({ context }) => {
      if (context.latest === null) throw new Error('there is no response to send');
      return sending(context.latest);
    }),
    tellFailure: emit(({ event }) => telling(failureReport(event))),
  },
}).createMachine({
  id: 'nonInviteServer',
  context: ({ input }) => ({ ...input, latest: null }),
  initial: 'trying',
  states: {
    /** Repeated requests are discarded (17.2.2). */
    trying: {
      on: {
        'respond.provisional': { target: 'proceeding', actions: ['takeResponse', 'sendLatest'] }, // 17.2.2
        'respond.success': { target: 'completed', actions: ['takeResponse', 'sendLatest'] }, // 17.2.2
        'respond.failure': { target: 'completed', actions: ['takeResponse', 'sendLatest'] }, // 17.2.2
      },
    },
    proceeding: {
      on: {
        'respond.provisional': { actions: ['takeResponse', 'sendLatest'] }, // 17.2.2
        'request.repeated': { actions: 'sendLatest' }, // 17.2.2
        'respond.success': { target: 'completed', actions: ['takeResponse', 'sendLatest'] }, // 17.2.2
        'respond.failure': { target: 'completed', actions: ['takeResponse', 'sendLatest'] }, // 17.2.2
        'transport.failed': { target: 'terminated', actions: 'tellFailure' }, // figure 8
      },
    },
    /** Any other final response is discarded (17.2.2). */
    completed: {
      always: { guard: 'isReliable', target: 'terminated' }, // 17.2.2: Timer J is zero
      on: {
        'request.repeated': { actions: 'sendLatest' }, // 17.2.2
        'transport.failed': { target: 'terminated', actions: 'tellFailure' }, // figure 8
      },
      after: { timerJ: 'terminated' }, // 17.2.2
    },
    terminated: { type: 'final' },
  },
});
