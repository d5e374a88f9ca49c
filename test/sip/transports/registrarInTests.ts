import { type DigestAnswer, isRightAnswer, parseAnswer } from '../../../src/sip/message/digest.ts';
import { contactsOf, headerValue } from '../../../src/sip/message/headers.ts';
import { nameAddressText } from '../../../src/sip/message/nameAddress.ts';
import { responseTo } from '../../../src/sip/message/response.ts';
import type { ServerTransaction } from '../../../src/sip/transactions/transactionLayer.ts';

const [realm, nonce, password] = ['test', 'nonce-1', 'secret'];

const isRight = (answer: DigestAnswer | undefined, { request }: ServerTransaction): boolean =>
  answer !== undefined &&
  answer.realm === realm &&
  answer.nonce === nonce &&
  answer.uri === request.uri &&
  isRightAnswer(answer, request.method, password);

/** Answers a REGISTER as a registrar that wants a password: 401 twice over, MD5 and SHA-256, then 200. */
export function registrar(transaction: ServerTransaction): void {
  const { request, respond } = transaction;
  const answer = parseAnswer(headerValue(request, 'Authorization') ?? '');
  const contacts = contactsOf(request);
  if (isRight(answer, transaction) && answer?.algorithm === 'SHA-256' && contacts !== '*') {
    const headers = contacts.map((contact) => ({ name: 'Contact', value: nameAddressText(contact) }));
    respond(responseTo(request, 200, { toTag: 'r', headers }));
    return;
  }
  const challenge = (algorithm: string) =>
    `Digest realm="${realm}", nonce="${nonce}", qop="auth", algorithm=${algorithm}`;
  const headers = ['MD5', 'SHA-256'].map((algorithm) => ({ name: 'WWW-Authenticate', value: challenge(algorithm) }));
  respond(responseTo(request, 401, { toTag: 'r', headers }));
}
