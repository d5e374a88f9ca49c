import type { Endpoint } from '../capture/endpoint.ts';
import { callIdOf, contactExpires, contactsOf, cseqOf, headerValue, headerValues } from '../sip/message/headers.ts';
import type { SipRequest, SipResponse } from '../sip/message/message.ts';
import type { Side } from './sides.ts';
import { textHash } from './textHash.ts';

/** Timer F (RFC 3261 17.1.2.2): a REGISTER without an answer has failed by then. */
export const unansweredAfterMs = 32_000;

/** A REGISTER, all its retransmissions and hops together. */
export interface Attempt {
  readonly side: Side;
  /** Headers of the request that its answer is compared with; null once that has come. */
  request: Headed | null;
  readonly isRemoval: boolean;
  readonly source: Endpoint;
  readonly requestMs: number;
  isAnswered: boolean;
}

/** The part of a request that its answer is compared with. */
export type Headed = Pick<SipRequest, 'headers'>;

const comparedHeaders: ReadonlySet<string> = new Set(['Contact', 'Expires', 'Via']);
const credentials: ReadonlySet<string> = new Set(['Authorization', 'Proxy-Authorization']);

/** What an answer is compared with. Of credentials it matters only that they are there. */
const comparedOf = ({ headers }: SipRequest): Headed => ({
  headers: headers.flatMap(({ name, value }) =>
    credentials.has(name) ? [{ name, value: '' }] : comparedHeaders.has(name) ? [{ name, value }] : [],
  ),
});

/** By what a REGISTER and its answers are found, at each hop; null where the message does not say it. */
export function attemptKey(message: SipRequest | SipResponse): number | null {
  const [callId, cseq] = [callIdOf(message), cseqOf(message)];
  return callId === undefined || cseq === undefined ? null : textHash(`${cseq.number} ${callId}`);
}

/** A challenge is an answer to a question, not a refusal, unless the credentials were there and not just stale. */
export function isChallenge(request: Headed, response: SipResponse): boolean {
  if (response.status !== 401 && response.status !== 407) return false;
  const [asked, given] =
    response.status === 401 ? ['WWW-Authenticate', 'Authorization'] : ['Proxy-Authenticate', 'Proxy-Authorization'];
  const isStale = headerValues(response, asked).some((value) => /stale\s*=\s*"?true/i.test(value));
  return isStale || headerValue(request, given) === undefined;
}

const isRemoval = (request: SipRequest): boolean => {
  const contacts = contactsOf(request);
  return contacts === '*' || (contacts.length > 0 && contacts.every((one) => contactExpires(request, one) === 0));
};

/** What is remembered of a REGISTER until it is answered. */
export const attemptOf = (request: SipRequest, side: Side, source: Endpoint, requestMs: number): Attempt => ({
  ...{ side, source, requestMs, isAnswered: false },
  request: comparedOf(request),
  isRemoval: isRemoval(request),
});
