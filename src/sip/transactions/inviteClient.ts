import { assign, cancel, emit, raise, setup } from 'xstate';
import { ackFor } from './derivedRequests.ts';
import { giveUpMs } from './timing.ts';
import {
  type ClientEvent,
  failureReport,
  responseOf,
  sending,
  type TransactionEmitted,
  type TransactionInput,
  telling,
} from './transactionEvents.ts';

interface InviteClientContext extends TransactionInput {
  /** The current length of Timer A. */
  readonly intervalMs: number;
}

/**
 * The INVITE client transaction: RFC 3261 17.1.1 with the state Accepted of RFC 6026 7.2. The ACK for a final response
 * of 300 to 699 is its own affair; that for a 2xx is the transaction user's, who is told of every 2xx.
 */
export const inviteClient = setup({
  types: {
    context: {} as InviteClientContext,
    input: {} as TransactionInput,
    events: {} as ClientEvent,
    emitted: {} as TransactionEmitted,
  },
  guards: { isReliable: ({ context }) => context.isReliable },
  delays: {
    timerA: ({ context }) => context.intervalMs,
    timerB: ({ context }) => giveUpMs(context.timing),
    // 17.1.1.2: at least 32 s, so that it outlasts the server's Timer H.
    timerD: ({ context }) => Math.max(32_000, giveUpMs(context.timing)),
    timerM: ({ context }) => giveUpMs(context.timing),
  },
  actions: {
    sendRequest: emit(({ context }) => sending(context.request)),
    sendAck: emit(({ context, event }) => sending(ackFor(context.request, responseOf(event)))),
    tellProvisional: emit(({ event }) => telling({ type: 'provisional', response: responseOf(event) })),
    tellFinal: emit(({ event }) => telling({ type: 'final', response: responseOf(event) })),
    tellFailure: emit(({ event }) => telling(failureReport(event))),
    // 9.1: a CANCEL that the other side does not understand, or that is lost for good, must not be waited for without end.
    awaitEnd: raise({ type: 'cancellation.unanswered' }, { delay: 'timerB' }),
    doubleInterval: assign({ intervalMs: ({ context }) => 2 * context.intervalMs }),
    startTimerA: raise({ type: 'retransmission' }, { id: 'timerA', delay: 'timerA' }),
    stopTimerA: cancel('timerA'),
  },
}).createMachine({
  id: 'inviteClient',
  context: ({ input }) => ({ ...input, intervalMs: input.timing.t1Ms }),
  initial: 'calling',
  states: {
    calling: {
      entry: ['sendRequest', 'startTimerA'],
      exit: 'stopTimerA',
      on: {
        // 17.1.1.2: Timer A doubles without limit; a reliable transport has none.
        retransmission: {
          guard: ({ context }) => !context.isReliable,
          actions: ['sendRequest', 'doubleInterval', 'startTimerA'],
        },
        'response.provisional': { target: 'proceeding', actions: 'tellProvisional' }, // 17.1.1.2
        'response.success': { target: 'accepted', actions: 'tellFinal' }, // RFC 6026 7.2
        'response.failure': { target: 'completed', actions: ['tellFinal', 'sendAck'] }, // 17.1.1.2
        'transport.failed': { target: 'terminated', actions: 'tellFailure' }, // 17.1.4
      },
      after: { timerB: { target: 'terminated', actions: 'tellFailure' } }, // 17.1.1.2
    },
    proceeding: {
      on: {
        'response.provisional': { actions: 'tellProvisional' }, // 17.1.1.2
        'response.success': { target: 'accepted', actions: 'tellFinal' }, // RFC 6026 7.2
        'response.failure': { target: 'completed', actions: ['tellFinal', 'sendAck'] }, // 17.1.1.2
        cancelled: { actions: 'awaitEnd' }, // 9.1
        'cancellation.unanswered': { target: 'terminated', actions: 'tellFailure' }, // 9.1
      },
    },
    accepted: {
      on: { 'response.success': { actions: 'tellFinal' } }, // RFC 6026 7.2: of this branch and of others
      after: { timerM: 'terminated' }, // RFC 6026 7.2
    },
    completed: {
      // 17.1.1.2: Timer D is zero where the transport is reliable.
      always: { guard: 'isReliable', target: 'terminated' },
      on: {
        'response.failure': { actions: 'sendAck' }, // 17.1.1.2: without telling the transaction user again
        'transport.failed': { target: 'terminated', actions: 'tellFailure' }, // 17.1.1.2
      },
      after: { timerD: 'terminated' }, // 17.1.1.2
    },
    terminated: { type: 'final' },
  },
});
