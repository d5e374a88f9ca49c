import { assign, cancel, emit, raise, setup } from 'xstate';
import type { SipResponse } from '../message/message.ts';
import { responseTo } from '../message/response.ts';
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

interface InviteServerContext extends TransactionInput {
  /** The response that answers repeated requests; null while nothing was sent. */
  readonly latest: SipResponse | null;
  /** The current length of Timer G. */
  readonly intervalMs: number;
}

/** 17.2.1: after so long without a response from the transaction user the transaction sends a 100 by itself. */
const patienceMs = 200;

/** The INVITE server transaction: RFC 3261 17.2.1 with the state Accepted of RFC 6026 7.1. */
export const inviteServer = setup({
  types: {
    context: {} as InviteServerContext,
    input: {} as TransactionInput,
    events: {} as ServerEvent,
    emitted: {} as TransactionEmitted,
  },
  guards: { isReliable: ({ context }) => context.isReliable, isUnreliable: ({ context }) => !context.isReliable },
  delays: {
    patience: patienceMs,
    timerG: ({ context }) => context.intervalMs,
    timerH: ({ context }) => giveUpMs(context.timing),
    timerI: ({ context }) => context.timing.t4Ms,
    timerL: ({ context }) => giveUpMs(context.timing),
  },
  actions: {
    takeTrying: assign({ latest: ({ context }) => responseTo(context.request, 100) }),
    takeResponse: assign({ latest: ({ event }) => responseOf(event) }),
    sendLatest: emit(({ context }) => {
      if (context.latest === null) throw new Error('there is no response to send');
      return sending(context.latest);
    }),
    sendResponse: emit(({ event }) => sending(responseOf(event))),
    tellAcknowledged: emit(({ event }) => {
      if (event.type !== 'acknowledged') throw new Error(`the action expects an ACK, but the event is ${event.type}`);
      return telling({ type: 'acknowledged', request: event.request });
    }),
    tellFailure: emit(({ event }) => telling(failureReport(event))),
    doubleUpToT2: assign({
      intervalMs: ({ context }) => Math.min(2 * context.intervalMs, context.timing.t2Ms),
    }),
    startTimerG: raise({ type: 'retransmission' }, { id: 'timerG', delay: 'timerG' }),
    stopTimerG: cancel('timerG'),
  },
}).createMachine({
  id: 'inviteServer',
  context: ({ input }) => ({ ...input, latest: null, intervalMs: input.timing.t1Ms }),
  initial: 'proceeding',
  states: {
    proceeding: {
      initial: 'silent',
      states: {
        /** A repeated INVITE has nothing that could be repeated to it. */
        silent: { after: { patience: { target: 'answering', actions: ['takeTrying', 'sendLatest'] } } }, // 17.2.1
        answering: { on: { 'request.repeated': { actions: 'sendLatest' } } }, // 17.2.1
      },
      on: {
        'respond.provisional': { target: '.answering', actions: ['takeResponse', 'sendLatest'] }, // 17.2.1
        'respond.success': { target: 'accepted', actions: 'sendResponse' }, // RFC 6026 7.1
        'respond.failure': { target: 'completed', actions: ['takeResponse', 'sendLatest'] }, // 17.2.1
        'transport.failed': { actions: 'tellFailure' }, // 17.2.4 as changed by RFC 6026: remain in the state
      },
    },
    accepted: {
      on: {
        'respond.success': { actions: 'sendResponse' }, // RFC 6026 7.1: the transaction user repeats it
        acknowledged: { actions: 'tellAcknowledged' }, // RFC 6026 7.1
        'transport.failed': { actions: 'tellFailure' }, // 17.2.4 as changed by RFC 6026
        // A repeated INVITE is absorbed: that is what the state is for (RFC 6026 7.1).
      },
      after: { timerL: 'terminated' }, // RFC 6026 7.1
    },
    completed: {
      entry: 'startTimerG',
      exit: 'stopTimerG',
      on: {
        // 17.2.1: Timer G doubles up to T2; a reliable transport has none.
        retransmission: { guard: 'isUnreliable', actions: ['sendLatest', 'doubleUpToT2', 'startTimerG'] },
        'request.repeated': { actions: 'sendLatest' }, // 17.2.1
        acknowledged: { target: 'confirmed', actions: 'tellAcknowledged' }, // 17.2.1
        'transport.failed': { actions: 'tellFailure' }, // 17.2.4 as changed by RFC 6026
      },
      after: { timerH: { target: 'terminated', actions: 'tellFailure' } }, // 17.2.1
    },
    /** Absorbs repeated ACKs (17.2.1). */
    confirmed: {
      always: { guard: 'isReliable', target: 'terminated' }, // 17.2.1: Timer I is zero
      after: { timerI: 'terminated' }, // 17.2.1
    },
    terminated: { type: 'final' },
  },
});
