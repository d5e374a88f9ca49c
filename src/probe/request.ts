import type { Account } from '../sip/account.ts';
import {
  answerChallenge,
  challengesOf,
  type DigestChallenge,
  type DigestCredentials,
  strongestPerRealm,
} from '../sip/message/digest.ts';
import { cseqOf, headerValue, withHeader } from '../sip/message/headers.ts';
import { type Header, noBody, type SipRequest, type SipResponse } from '../sip/message/message.ts';
import { randomIdentifiers } from '../sip/randomIdentifiers.ts';
import type { Challenge } from './laboratory.ts';
import { ProbeFailure } from './probeFailure.ts';
import type { SendWatch, SipStack } from './sipStack.ts';

/** What tells one request of a dialog or of a series of REGISTERs from the next. */
export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly sequence: number;
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
}

/** A request without its Via, which belongs to the transaction (RFC 3261 8.1.1). */
export function requestOf(parts: RequestParts): SipRequest {
  const { method, uri, from, to, callId, sequence, headers = [], body = noBody } = parts;
  return {
    kind: 'request',
    method,
    uri,
    headers: [
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: from },
      { name: 'To', value: to },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `${sequence} ${method}` },
      { name: 'User-Agent', value: 'ringproof-probe' },
      ...headers,
    ],
    body,
  };
}

/** What came back, and how the server had asked for credentials before. */
export interface Answered {
  readonly response: SipResponse | null;
  readonly challenge?: Challenge;
  /** The request that was answered: its CSeq is the last that was used. */
  readonly request: SipRequest;
}

/** The account's credentials, given for a fresh nonce, were answered by another challenge. */
export class CredentialsRefused extends ProbeFailure {
  readonly answered: Answered;

  constructor(message: string, answered: Answered) {
    super('refused', message);
    this.answered = answered;
  }
}

/** Whether it asks for credentials. */
export const isChallenge = (response: SipResponse | null): response is SipResponse =>
  response?.status === 401 || response?.status === 407;

/** A request is sent without credentials, with them, and once more where their nonce was stale. */
const mostAttempts = 3;

/** The same request once more, with credentials and a further CSeq (RFC 3261 8.1.3.5). */
function repeated(request: SipRequest, times: number, credentials: readonly Header[]): SipRequest {
  const sequence = (cseqOf(request)?.number ?? 0) + times;
  return {
    ...request,
    headers: [...withHeader(request.headers, 'CSeq', `${sequence} ${request.method}`), ...credentials],
  };
}

/**
 * Sends a request and gives the account's credentials if the server asks for them, once more where their nonce was stale.
 * Throws a CredentialsRefused where it does not take them, another ProbeFailure where none can be given.
 */
export async function sendWithCredentials(
  stack: SipStack,
  request: SipRequest,
  { user, password }: Account,
  watch?: SendWatch,
): Promise<Answered> {
  let asked = request;
  let response = await stack.send(asked, watch);
  let challenge: Challenge | undefined;
  for (let attempt = 1; isChallenge(response); attempt++) {
    const challenges = challengesOf(response);
    // RFC 7616 3.3: a stale nonce says nothing about the credentials.
    const isStale = challenges.some(({ stale }) => stale);
    if (challenge !== undefined && (!isStale || attempt === mostAttempts)) {
      const why = `the server does not take the password of ${user}: ${response.status} again`;
      if (!isStale) throw new CredentialsRefused(why, { response, request: asked, challenge });
      throw new ProbeFailure('refused', `${why}, each nonce being stale at once`);
    }
    const answerable = strongestPerRealm(challenges);
    const [strongest] = answerable;
    if (strongest === undefined) throw unanswerable(response);
    if (password === null) throw withoutPassword(user, request);
    const { realm, algorithm = 'MD5', qop } = strongest;
    challenge = { realm, algorithm, qop: qop === undefined ? [] : [qop] };
    asked = repeated(request, attempt, answersTo(answerable, request, { username: user, password }));
    response = await stack.send(asked, watch);
  }
  return { response, request: asked, ...(challenge && { challenge }) };
}

/** The answer to each realm's challenge. */
const answersTo = (
  challenges: readonly DigestChallenge[],
  { method, uri }: SipRequest,
  known: DigestCredentials,
): Header[] =>
  challenges.map((challenge) =>
    answerChallenge(challenge, known, { method, uri, cnonce: randomIdentifiers.cnonce(), nonceCount: 1 }),
  );

function unanswerable(response: SipResponse): ProbeFailure {
  const header = headerValue(response, 'WWW-Authenticate') ?? headerValue(response, 'Proxy-Authenticate') ?? 'nothing';
  return new ProbeFailure('refused', `the server asks for credentials in a way that cannot be answered: ${header}`);
}

function withoutPassword(user: string, { method }: SipRequest): ProbeFailure {
  const expected =
    'give it with --password-env or --password-file (of the caller: --caller-password-env, --caller-password-file)';
  return new ProbeFailure('refused', `the server asks for the password of ${user} (${method}); ${expected}`);
}
