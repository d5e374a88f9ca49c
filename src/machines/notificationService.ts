import { type AnyStateMachine, assign, emit, not, setup } from 'xstate';
import { expecting, type MachineEvent } from './events.ts';
import type { Call, Token } from './messages.ts';
import { type Emitted, sending } from './observations.ts';

/** What APNs or FCM is in this world. */
export interface NotificationServiceConfiguration {
  /** False on a phone without Google's services, where nothing ever arrives. */
  readonly available: boolean;
  /** Who asks for pushes, and hears of tokens that lead nowhere. */
  readonly client: 'pushServer' | 'sipServer';
}

export interface NotificationServiceContext {
  /** Tokens that no longer lead to the phone. */
  readonly deadTokens: readonly Token[];
}

const tokenOf = (event: MachineEvent): Token => ('token' in event ? event.token : 'first');

/**
 * APNs or FCM: takes a push and delivers it to the phone. Latency, loss and order belong to the link.
 * A dead token is reported (APNs 410 Unregistered, FCM UNREGISTERED); a push that is accepted may still be lost.
 */
export function notificationServiceMachine({ available, client }: NotificationServiceConfiguration): AnyStateMachine {
  return setup({
    types: { context: {} as NotificationServiceContext, events: {} as MachineEvent, emitted: {} as Emitted },
    guards: { tokenIsDead: ({ context, event }) => context.deadTokens.includes(tokenOf(event)) },
    actions: {
      notify: emit(({ event }) => sending('app', { ...expecting(event, 'push'), type: 'notification' })),
      notifyEnd: emit(({ event }) => sending('app', { ...expecting(event, 'push.end'), type: 'notification.end' })),
      notifyRefresh: emit(({ event }) =>
        sending('app', { ...expecting(event, 'push.refresh'), type: 'notification.refresh' }),
      ),
      reportDeadToken: emit(({ event }) =>
        sending(client, {
          type: 'push.failed',
          token: tokenOf(event),
          ...('call' in event && event.call !== undefined && { call: event.call as Call }),
        }),
      ),
      killFirstToken: assign({ deadTokens: ['first'] }),
    },
  }).createMachine({
    id: 'notificationService',
    context: { deadTokens: [] },
    initial: available ? 'serving' : 'unavailable',
    states: {
      serving: {
        on: {
          push: [{ guard: 'tokenIsDead', actions: 'reportDeadToken' }, { actions: 'notify' }],
          'push.refresh': [{ guard: 'tokenIsDead', actions: 'reportDeadToken' }, { actions: 'notifyRefresh' }],
          'push.end': { guard: not('tokenIsDead'), actions: 'notifyEnd' },
          'token.die': { actions: 'killFirstToken' },
        },
      },
      // Huawei and others: Bria Push supports Google's service only.
      unavailable: {},
    },
  });
}
