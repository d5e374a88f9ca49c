import type { Scenario } from '../sim/scenario/scenario.ts';
import type { Header } from '../sip/message/message.ts';

/** The session timer of a call (RFC 4028). */
export type SessionTimers = NonNullable<Scenario['sessionTimers']>;

/** What a request or an answer says of the session timer (RFC 4028 4, 7.1, 9); the caller is the client of the INVITE. */
export const sessionHeaders = (timers: SessionTimers | undefined): Header[] =>
  timers === undefined
    ? []
    : [
        { name: 'Supported', value: 'timer' },
        {
          name: 'Session-Expires',
          value: `${Math.round(timers.intervalMs / 1_000)};refresher=${timers.refresher === 'caller' ? 'uac' : 'uas'}`,
        },
      ];
