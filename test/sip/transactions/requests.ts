import { headerValue } from '../../../src/sip/message/headers.ts';
import { type Header, noBody, type SipRequest, type SipResponse } from '../../../src/sip/message/message.ts';
import { type Identifiers, identifiersFrom } from '../../../src/sip/transactions/identifiers.ts';

/** Identifiers that are the same in every run. */
export function countingIdentifiers(prefix: string): Identifiers {
  let count = 0;
  return identifiersFrom(() => `${prefix}${++count}`);
}

/** What a request says, where it is not the usual. */
export interface RequestParts {
  readonly uri?: string;
  readonly callId?: string;
  readonly number?: number;
  readonly to?: string;
  readonly headers?: readonly Header[];
}

/** A request of alice to bob, without Via: that is the layer's. */
export function newRequest(method: string, parts: RequestParts = {}): SipRequest {
  const { uri = 'sip:bob@127.0.0.1', callId = 'call', number = 1, to = '<sip:bob@127.0.0.1>', headers = [] } = parts;
  const usual = {
    'Max-Forwards': '70',
    From: '<sip:alice@127.0.0.1>;tag=a',
    To: to,
    'Call-ID': callId,
    CSeq: `${number} ${method}`,
  };
  const own = Object.entries(usual).map(([name, value]) => ({ name, value }));
  return { kind: 'request', method, uri, headers: [...own, ...headers], body: noBody };
}

/** A request within the dialog that a 2xx has made, to be sent to its Contact. */
export const inDialog = (method: string, answer: SipResponse, parts: RequestParts): SipRequest =>
  newRequest(method, { to: headerValue(answer, 'To') ?? '', ...parts });
