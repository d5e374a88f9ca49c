import { assign, cancel, emit, raise, setup } from 'xstate';
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

interface NonInviteClientContext extends TransactionInput {
  /** The current length of Timer E. */
  readonly intervalMs: number;
}

/** The client transaction of every request but INVITE and ACK (RFC 3261 17.1.2). */
export const nonInviteClient = setup({
  types: {
    context: {} as NonInviteClientContext,
    input: {} as TransactionInput,
    events: {} as ClientEvent,
    emitted: {} as TransactionEmitted,
  },
  guards: { isReliable: ({ context }) => context.isReliable, isUnreliable: ({ context }) => !context.isReliable },
  delays: {
    timerE: ({ context }) => context.intervalMs,
    timerF: ({ context }) => giveUpMs(context.timing),
    timerK: ({ context }) => context.timing.t4Ms,
  },
  actions: {
    sendRequest: emit(({ context }) => sending(context.request)),
    tellProvisional: emit(({ event }) => telling({ type: 'provisional', response: responseOf(event) })),
    tellFinal: emit(({ event }) => telling({ type: 'final', response: responseOf(event) })),
    tellFailure: emit(({ event }) => telling(failureReport(event))),
    doubleUpToT2: assign({
      intervalMs: ({ context }) => Math.min(2 * context.intervalMs, context.timing.t2Ms),
    }),
    setToT2: assign({ intervalMs: ({ context }) => context.timing.t2Ms }),
    startTimerE: raise({ type: 'retransmission' }, { id: 'timerE', delay: 'timerE' }),
    stopTimerE: cancel('timerE'),
  },
}).createMachine({
  id: 'nonInviteClient',
  context: ({ input }) => ({ ...input, intervalMs: input.timing.t1Ms }),
  initial: 'awaitingFinal',
  states: {
    /** What Trying and Proceeding have in common: Timer F, and the end by a final response (17.1.2.2). */
    awaitingFinal: {
      entry: ['sendRequest', 'startTimerE'],
      exit: 'stopTimerE',
      initial: 'trying',
      states: {
        trying: {
          on: {
            // 17.1.2.2: Timer E doubles up to T2; a reliable transport has none.
            retransmission: { guard: 'isUnreliable', actions: ['sendRequest', 'doubleUpToT2', 'startTimerE'] },
            'response.provisional': { target: 'proceeding', actions: 'tellProvisional' }, // 17.1.2.2
          },
        },
        proceeding: {
          on: {
            retransmission: { guard: 'isUnreliable', actions: ['sendRequest', 'setToT2', 'startTimerE'] }, // 17.1.2.2
            'response.provisional': { actions: 'tellProvisional' }, // figure 6
          },
        },
      },
      on: {
        'response.success': { target: 'completed', actions: 'tellFinal' }, // 17.1.2.2
        'response.failure': { target: 'completed', actions: 'tellFinal' }, // 17.1.2.2
        'transport.failed': { target: 'terminated', actions: 'tellFailure' }, // 17.1.4
      },
      after: { timerF: { target: 'terminated', actions: 'tellFailure' } }, // 17.1.2.2
    },
    /** Absorbs repeated responses (17.1.2.2). */
    completed: {
      always: { guard: 'isReliable', target: 'terminated' }, // 17.1.2.2: Timer K is zero
      after: { timerK: 'terminated' }, // 17.1.2.2
    },
    terminated: { type: 'final' },
  },
});
