import { assign, emit, raise, setup } from 'xstate';
import type { SipResponse } from '../message/message.ts';
import { giveUpMs, type TransactionTiming } from './timing.ts';
import { type ServerEvent, sending, type TransactionEmitted, telling } from './transactionEvents.ts';

interface SuccessInput {
  readonly response: SipResponse;
  readonly timing: TransactionTiming;
}

interface SuccessContext extends SuccessInput {
  readonly intervalMs: number;
}

/**
 * A 2xx for an INVITE is repeated end to end until its ACK comes (RFC 3261 13.3.1.4), over reliable transports too,
 * because a later hop may be none. No transaction does that: it is the part of the callee's core.
 */
export const successRepetition = setup({
  types: {
    context: {} as SuccessContext,
    input: {} as SuccessInput,
    events: {} as ServerEvent,
    emitted: {} as TransactionEmitted,
  },
  delays: {
    interval: ({ context }) => context.intervalMs,
    patience: ({ context }) => giveUpMs(context.timing),
  },
  actions: {
    sendResponse: emit(({ context }) => sending(context.response)),
    tellTimeout: emit(telling({ type: 'timeout' })),
    doubleUpToT2: assign({
      intervalMs: ({ context }) => Math.min(2 * context.intervalMs, context.timing.t2Ms),
    }),
    startInterval: raise({ type: 'retransmission' }, { id: 'interval', delay: 'interval' }),
  },
}).createMachine({
  id: 'successRepetition',
  context: ({ input }) => ({ ...input, intervalMs: input.timing.t1Ms }),
  initial: 'unacknowledged',
  states: {
    unacknowledged: {
      entry: 'startInterval',
      on: {
        retransmission: { actions: ['sendResponse', 'doubleUpToT2', 'startInterval'] },
        acknowledged: 'terminated',
      },
      after: { patience: { target: 'terminated', actions: 'tellTimeout' } },
    },
    terminated: { type: 'final' },
  },
});
