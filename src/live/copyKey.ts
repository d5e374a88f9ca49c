import { cseqOf, topVia } from '../sip/message/headers.ts';
import type { SipMessage } from '../sip/message/message.ts';

/** What makes two datagrams copies of one: the transaction and what it carries (RFC 3261 17.1.3, 17.2.3). */
export const copyKey = (message: SipMessage): string => {
  const via = topVia(message);
  const sequence = cseqOf(message);
  const what = message.kind === 'response' ? message.status : message.method;
  return `${via?.params.get('branch') ?? ''} ${sequence?.number ?? ''} ${sequence?.method ?? ''} ${what}`;
};
