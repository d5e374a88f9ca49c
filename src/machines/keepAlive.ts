import { actionsOf } from './actionsOf.ts';
import type { MachineEvent } from './events.ts';
import { sending } from './observations.ts';

/** Which clients look after their connections to the SIP server, and when they learn that one is dead. */
export interface KeepAliveConfiguration {
  /** Whether it sends CRLF keep-alives over the connection by which it is registered (RFC 5626 4.4.1). */
  readonly keepsAlive: boolean;
  /** Whether a connection may die without a word of the OS, so that whoever waits in vain gives it up. */
  readonly connectionDiesUnnoticed: boolean;
}

/**
 * RFC 5626 4.4.1: a registered client sends a ping from time to time. Without a pong the flow has failed: the transport
 * closes it and says so, and the client registers over a new one (4.5).
 */
export const keepingAlive = {
  initial: 'quiet',
  states: {
    quiet: { after: { keepAliveInterval: 'asking' } },
    asking: {
      entry: 'sendPing',
      on: {
        'keepAlive.pong': 'quiet',
        'transport.failed': { guard: 'pingFailedToSend', target: '#registration.refreshing' },
      },
      after: { pongTimeout: { actions: 'giveUpConnection' } },
    },
  },
} as const;

export const keepAliveGuards = ({ keepsAlive }: KeepAliveConfiguration) => ({
  ...(keepsAlive && {
    pingFailedToSend: ({ event }: { event: MachineEvent }) =>
      event.type === 'transport.failed' && event.message.type === 'keepAlive.ping',
  }),
});

export const keepAliveActions = <Context extends object>({
  keepsAlive,
  connectionDiesUnnoticed,
}: KeepAliveConfiguration) => {
  const { emit } = actionsOf<object, Context>();
  return {
    ...(keepsAlive && { sendPing: emit(sending('sipServer', { type: 'keepAlive.ping' })) }),
    ...((keepsAlive || connectionDiesUnnoticed) && {
      giveUpConnection: emit(sending('sipServer', { type: 'keepAlive.missed' })),
    }),
  };
};
