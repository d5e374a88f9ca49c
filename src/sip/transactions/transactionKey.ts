import { callIdOf, cseqOf, fromOf, toOf, topVia } from '../message/headers.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { tagOf } from '../message/nameAddress.ts';
import { magicCookie } from './identifiers.ts';

const key = (...parts: readonly (string | number | undefined)[]): string => JSON.stringify(parts);

/** A client transaction is known by the branch that it drew and the method (RFC 3261 17.1.3). */
export const clientKey = (message: SipRequest | SipResponse): string =>
  key(topVia(message)?.params.get('branch') ?? undefined, cseqOf(message)?.method);

/**
 * A server transaction is known by branch, sent-by and method (RFC 3261 17.2.3); an ACK belongs to its INVITE, and a
 * CANCEL asks with the method of what it cancels (9.2).
 *
 * A branch without more than the magic cookie comes from RFC 2543, where Request-URI, tag, Call-ID, CSeq and topmost Via
 * tell. The tag of the To is left out, because it is what an ACK has more than its INVITE.
 */
export function serverKey(request: SipRequest, method: string = request.method): string {
  const transaction = method === 'ACK' ? 'INVITE' : method;
  const via = topVia(request);
  const branch = via?.params.get('branch') ?? '';
  if (branch.startsWith(magicCookie) && branch.length > magicCookie.length) {
    return key(branch, via?.host, via?.port, transaction);
  }
  const hop = key(via?.transport, via?.host, via?.port, branch);
  return key(request.uri, tagOf(fromOf(request)), callIdOf(request), cseqOf(request)?.number, hop, transaction);
}

/** What the ACK for a 2xx has in common with it: the dialog and the number of the INVITE (RFC 3261 13.2.2.4, 12). */
export const acknowledgementKey = (message: SipRequest | SipResponse): string =>
  key(callIdOf(message), tagOf(fromOf(message)), tagOf(toOf(message)), cseqOf(message)?.number);

/** The topmost Via as it was written, to see whether a response is ours (RFC 3261 18.1.2). */
export const isForUs = (response: SipResponse, request: SipRequest): boolean => {
  const [ours, theirs] = [topVia(request), topVia(response)];
  return ours?.host === theirs?.host && ours?.port === theirs?.port;
};
