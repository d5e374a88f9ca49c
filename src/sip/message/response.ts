import { toOf } from './headers.ts';
import { type Header, noBody, type SipRequest, type SipResponse } from './message.ts';
import { tagOf } from './nameAddress.ts';
import { reasonPhrase } from './reasonPhrases.ts';

/** What a response has besides what it takes over from the request. */
export interface ResponseParts {
  /** The registered phrase where it is absent. */
  readonly reason?: string;
  /** The tag of this side, added to the To where the request has none; a 100 needs none. */
  readonly toTag?: string;
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
}

const copied: ReadonlySet<string> = new Set(['Via', 'From', 'To', 'Call-ID', 'CSeq']);

/** Timestamp in a 100 (RFC 3261 8.2.6.1); the routes in whatever makes a dialog (12.1.1). */
const isCopied = (name: string, status: number): boolean =>
  copied.has(name) ||
  (name === 'Timestamp' && status === 100) ||
  (name === 'Record-Route' && status > 100 && status < 300);

/** The response to a request (RFC 3261 8.2.6). */
export function responseTo(request: SipRequest, status: number, parts: ResponseParts = {}): SipResponse {
  const { reason = reasonPhrase(status), toTag, headers = [], body = noBody } = parts;
  const isTagged = toTag === undefined || tagOf(toOf(request)) !== undefined;
  const own = request.headers
    .filter(({ name }) => isCopied(name, status))
    .map(({ name, value }) =>
      name === 'To' && !isTagged ? { name, value: `${value};tag=${toTag}` } : { name, value },
    );
  return { kind: 'response', status, reason, headers: [...own, ...headers], body };
}
