import type { TransportName } from '../sip/transports/transport.ts';
import type { SipStack } from './sipStack.ts';

/** RFC 3261 18.1.1: without the parameter a server would call back over UDP. A URI names both WebSockets `ws` (RFC 7118 5.2). */
function transportParameter(transport: TransportName): string {
  if (transport === 'UDP') return '';
  return `;transport=${transport === 'WSS' ? 'ws' : transport.toLowerCase()}`;
}

/** The URI at which a stack is called. */
export const contactUri = (user: string, { host, port, transport }: SipStack): string =>
  `sip:${user}@${host}:${port}${transportParameter(transport)}`;
