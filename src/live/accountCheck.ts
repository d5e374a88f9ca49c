import { type Account, addressOfRecord } from '../sip/account.ts';
import { type Header, malformedText, noBody, type SipRequest, type SipResponse } from '../sip/message/message.ts';
import { reasonPhrase } from '../sip/message/reasonPhrases.ts';
import type { Identifiers } from '../sip/transactions/identifiers.ts';
import { TransactionLayer } from '../sip/transactions/transactionLayer.ts';
import type { Clock } from './clock.ts';
import { Credentials } from './credentials.ts';
import { openEndpoint, type SessionSetup } from './session.ts';

/** Why no run can be made with an account; `silent` is the server's fault, `refused` may be the account's. */
export interface AccountProblem {
  readonly kind: 'silent' | 'refused';
  readonly account: string;
  /** What was found, for people. */
  readonly found: string;
}

/** What the server has answered to a REGISTER, for people. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  /** Whose REGISTER it was, where it is not that of the account of the run. */
  readonly user?: string;
}

export const refusalText = ({ status, reason }: Refusal): string =>
  `${status} ${reason || reasonPhrase(status)}`.trim().slice(0, 200);

/** How long an answer to the first question is waited for: five copies over UDP (RFC 3261 17.1.2.2, Timer E). */
const answerWithinMs = 10_000;

/** A stale nonce is challenged once more (RFC 7616 3.3); nobody is asked more often than that. */
export const mostAttempts = 3;

/**
 * What a query is answered although the account is good. 404: nobody is registered (ejabberd). 405 and 5xx: of queries,
 * or of the moment; what becomes of the REGISTERs of a run will show.
 */
const saysNothingOfTheAccount = (status: number): boolean =>
  status < 300 || status === 404 || status === 405 || (status >= 500 && status < 600);

/** Whether a status asks for credentials (RFC 3261 22). */
export const isChallenge = (status: number): boolean => status === 401 || status === 407;

/**
 * Asks the server who is registered (RFC 3261 10.2.3), which changes nothing, to learn whether it answers and takes the
 * account. Null where it does. `signal` ends the asking with no answer.
 */
export async function checkAccount(
  account: Account,
  session: SessionSetup,
  identifiers: Identifiers,
  clock: Clock,
  signal: AbortSignal,
): Promise<AccountProblem | null> {
  const layer = new TransactionLayer({ clock: globalThis as never, identifiers });
  const closing = new AbortController();
  let unreadable = '';
  const endpoint = await openEndpoint(session, {
    onMessage: (message, source) => {
      if (message.kind === 'malformed') unreadable ||= malformedText(message);
      layer.receive(message, source);
    },
    onClosed: (_, reason) => closing.abort(`the server closed the connection${reason ? `: ${reason}` : ''}`),
  }).catch((error: Error) => error);
  if (endpoint instanceof Error) return { kind: 'silent', account: account.user, found: endpoint.message };
  layer.use([endpoint]);
  try {
    const problem = await ask(account, identifiers, (request) =>
      answerTo(request, layer, session, clock, AbortSignal.any([closing.signal, signal])),
    );
    if (problem?.kind !== 'silent' || unreadable === '') return problem;
    return { ...problem, found: `${problem.found}; what came cannot be read as SIP (${unreadable})` };
  } finally {
    layer.close();
    await endpoint.close();
  }
}

/** The final answer to a request, or why there is none. */
function answerTo(
  request: SipRequest,
  layer: TransactionLayer,
  { server }: SessionSetup,
  clock: Clock,
  closed: AbortSignal,
): Promise<SipResponse | string> {
  return new Promise((resolve) => {
    const cancel = clock.after(answerWithinMs, () =>
      resolve(`no answer to REGISTER within ${answerWithinMs / 1_000} s`),
    );
    const lost = () => {
      cancel();
      resolve(String(closed.reason));
    };
    if (closed.aborted) lost();
    closed.addEventListener('abort', lost, { once: true });
    layer.request(request, server, (report) => {
      if (report.type === 'provisional') return;
      cancel();
      if (report.type === 'final') resolve(report.response);
      else resolve(report.type === 'timeout' ? 'no answer to REGISTER' : report.reason);
    });
  });
}

async function ask(
  account: Account,
  identifiers: Identifiers,
  send: (request: SipRequest) => Promise<SipResponse | string>,
): Promise<AccountProblem | null> {
  const credentials = new Credentials(account.user, account.password, identifiers);
  const query = queryOf(account, identifiers);
  const refused = (found: string): AccountProblem => ({ kind: 'refused', account: account.user, found });
  let extra: Header[] = [];
  for (let attempt = 1; ; attempt++) {
    const answer = await send(query(attempt, extra));
    if (typeof answer === 'string') return { kind: 'silent', account: account.user, found: answer };
    if (saysNothingOfTheAccount(answer.status)) return null;
    if (!isChallenge(answer.status)) return refused(`REGISTER is answered ${refusalText(answer)}`);
    if (account.password === null) return refused(`${refusalText(answer)}: the server asks for a password`);
    const challenge = credentials.remember(answer);
    if (challenge === undefined)
      return refused(`${refusalText(answer)} with no challenge that can be answered (Digest)`);
    const isWrong = extra.length > 0 && !challenge.stale;
    if (isWrong || attempt === mostAttempts) return refused(`${refusalText(answer)}, also with the password`);
    extra = credentials.for('REGISTER', registrarOf(account));
  }
}

const registrarOf = ({ domain }: Account): string => `sip:${domain}`;

/** A REGISTER without Contact, and the same again with another CSeq and with credentials. */
function queryOf(account: Account, identifiers: Identifiers) {
  const address = `<${addressOfRecord(account)}>`;
  const [tag, callId] = [identifiers.tag(), identifiers.callId()];
  return (sequence: number, extra: readonly Header[]): SipRequest => ({
    kind: 'request',
    method: 'REGISTER',
    uri: registrarOf(account),
    headers: [
      { name: 'Max-Forwards', value: '70' },
      { name: 'From', value: `${address};tag=${tag}` },
      { name: 'To', value: address },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `${sequence} REGISTER` },
      { name: 'User-Agent', value: 'ringproof' },
      ...extra,
    ],
    body: noBody,
  });
}
