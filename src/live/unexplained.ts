import type { OutgoingMessage, OutgoingPath } from '../machines/messages.ts';
import { cseqOf } from '../sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import { responseTo } from '../sip/message/response.ts';
import { serialise } from '../sip/message/serialise.ts';
import type { SipSocket } from './sipSocket.ts';

/** RFC 3261, 3262, 3311, 3428, 3515, 6086: the methods that are told apart, so that their number is not the server's to choose. */
const methods = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'PRACK', 'UPDATE', 'MESSAGE', 'REFER', 'INFO', 'NOTIFY'];
const named = (method: string): string => methods.find((one) => one === method) ?? 'another request';

/** An answer in the user's call that the model has no word for. */
export const unexplainedAnswer = (response: SipResponse, from: OutgoingPath): OutgoingMessage => ({
  ...{ type: 'outgoing.unexplained', from },
  what: `${response.status} to ${named(cseqOf(response)?.method ?? '')}`,
});

/** What ends a call or asks for nothing is granted; a session stays as it is (RFC 3261 14.2). */
const isGranted = (method: string): boolean => ['BYE', 'CANCEL', 'OPTIONS'].includes(method);

/** A request in the user's call that the model has no word for. It is answered as RFC 3261 8.2 wants it. */
export function unexplainedRequest(request: SipRequest, from: OutgoingPath, through: SipSocket): OutgoingMessage {
  const status = isGranted(request.method) ? 200 : 488;
  void through.send(serialise(responseTo(request, status, { toTag: 'ringproof' })));
  return { type: 'outgoing.unexplained', from, what: named(request.method) };
}
