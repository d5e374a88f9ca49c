import { cseqOf, headerValue, headerValues } from '../message/headers.ts';
import { type Header, noBody, type SipRequest, type SipResponse } from '../message/message.ts';

/** A request that belongs to another one's transaction or dialog: same target, caller, Call-ID, number, topmost Via. */
function derived(request: SipRequest, method: string, to: string | undefined): SipRequest {
  const take = (name: string): Header[] => headerValues(request, name).map((value) => ({ name, value }));
  const headers: Header[] = [
    { name: 'Via', value: headerValue(request, 'Via') ?? '' },
    { name: 'Max-Forwards', value: headerValue(request, 'Max-Forwards') ?? '70' },
    ...take('Route'),
    ...take('From'),
    { name: 'To', value: to ?? '' },
    ...take('Call-ID'),
    { name: 'CSeq', value: `${cseqOf(request)?.number} ${method}` },
  ];
  return { kind: 'request', method, uri: request.uri, headers, body: noBody };
}

/** The ACK for a response of 300 to 699, part of the INVITE's own transaction (RFC 3261 17.1.1.3). */
export const ackFor = (invite: SipRequest, response: SipResponse): SipRequest =>
  derived(invite, 'ACK', headerValue(response, 'To'));

/** The CANCEL of a request that was sent (RFC 3261 9.1). */
export const cancelFor = (request: SipRequest): SipRequest => derived(request, 'CANCEL', headerValue(request, 'To'));
