import { setTimeout as pause } from 'node:timers/promises';
import { isRightAnswer, parseAnswer } from '../../../src/sip/message/digest.ts';
import { callIdOf, contactsOf, fromOf, headerValue, toOf } from '../../../src/sip/message/headers.ts';
import type { Header, SipRequest, SipResponse } from '../../../src/sip/message/message.ts';
import { tagOf } from '../../../src/sip/message/nameAddress.ts';
import { responseTo } from '../../../src/sip/message/response.ts';
import { isSipUri, parseUri, uriText } from '../../../src/sip/message/uri.ts';
import { randomIdentifiers } from '../../../src/sip/randomIdentifiers.ts';
import {
  type ClientTransaction,
  type ServerTransaction,
  TransactionLayer,
} from '../../../src/sip/transactions/transactionLayer.ts';
import { openTransports } from '../../../src/sip/transports/openTransports.ts';
import type { Remote, Transport, TransportName } from '../../../src/sip/transports/transport.ts';
import { loopback } from './loopback.ts';
import { calledOf, type ForkPolicy, ScriptedFork } from './scriptedFork.ts';
import { type RegistrarPolicy, type ScriptedBinding, ScriptedRegistrar } from './scriptedRegistrar.ts';

/** What a server of the tests does with calls, besides what its registrar does. */
export interface ServerPolicy extends RegistrarPolicy {
  readonly transport?: TransportName;
  /** Each REGISTER is asked for credentials with this password. Those of a refusal with 401 or 407 are asked for again. */
  readonly password?: string;
  /** A refusal with 401 or 407 says that the nonce was stale. */
  readonly saysStale?: boolean;
  /** Every so-manieth right answer to a challenge is met by another one: its nonce was stale. */
  readonly staleEvery?: number;
  /** While a contact is bound, no other user agent's credentials are taken, whatever its REGISTER is about. */
  readonly admitsOne?: boolean;
  readonly fork?: ForkPolicy;
  /** Every so-manieth call gets 503. */
  readonly busyCallsEvery?: number;
  readonly postDialDelayMs?: number;
  /** What an account that calls itself gets: a status, or an answer of a mailbox. */
  readonly ownCalls?: number;
  /** Calls of accounts without a binding get this status. */
  readonly unregisteredCallers?: number;
  /** The number that is dialled, where calls to the address of record get 404. */
  readonly number?: string;
  /** What a call gets with nobody registered; 480 where absent, 0 for silence. */
  readonly withoutBinding?: number;
  /** It answers nothing after so many requests. */
  readonly diesAfter?: number;
}

interface Branch {
  readonly binding: ScriptedBinding;
  readonly transaction: ClientTransaction;
  isOver: boolean;
}

/** A SIP server in this process, on 127.0.0.1, that does one thing in a way of its own. */
export class ScriptedServer {
  readonly port: number;
  readonly registrar: ScriptedRegistrar;
  /** How many requests it has heard, of which methods. */
  readonly heard: string[] = [];
  /** Is told of each request before it is answered. */
  onRequest: (request: SipRequest) => void = () => {};
  /** That of the account now. */
  password: string | undefined;
  readonly #policy: ServerPolicy;
  readonly #layer: TransactionLayer;
  readonly #transports: readonly Transport[];
  readonly #dialogs = new Map<string, Remote>();
  #calls = 0;
  /** Answers to challenges that were right. */
  #taken = 0;

  private constructor(policy: ServerPolicy, layer: TransactionLayer, transports: readonly Transport[]) {
    this.#policy = policy;
    this.password = policy.password;
    this.#layer = layer;
    this.#transports = transports;
    this.registrar = new ScriptedRegistrar(policy);
    this.port = transports[0]?.local.port ?? 0;
    layer.onRequest((transaction) => this.#hear(transaction));
  }

  static async start(policy: ServerPolicy = {}): Promise<ScriptedServer> {
    const layer = new TransactionLayer({ clock: globalThis as never, identifiers: randomIdentifiers });
    const transports = await openTransports(
      { transports: [policy.transport ?? 'UDP'], host: loopback },
      { onMessage: (message, source) => layer.receive(message, source), now: () => Date.now() },
    );
    layer.use(transports);
    return new ScriptedServer(policy, layer, transports);
  }

  /** The contacts that are bound, whoever asks. */
  get contacts(): readonly string[] {
    return this.registrar.bindings.map(({ uri }) => uri);
  }

  async close(): Promise<void> {
    this.#layer.close();
    await Promise.all(this.#transports.map((transport) => transport.close()));
  }

  #hear(transaction: ServerTransaction): void {
    const { request } = transaction;
    this.heard.push(request.method);
    if (this.heard.length > (this.#policy.diesAfter ?? Number.POSITIVE_INFINITY)) return;
    this.onRequest(request);
    if (request.method === 'REGISTER') this.#register(transaction);
    else if (request.method === 'INVITE') void this.#invite(transaction);
    else if (request.method === 'BYE') this.#bye(transaction);
    else answer(transaction, 200);
  }

  #register(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (!this.#takesCredentials(request)) {
      answer(transaction, 401, challengeWith(401, false));
      return;
    }
    const { staleEvery, saysStale = false } = this.#policy;
    if (staleEvery !== undefined && ++this.#taken % staleEvery === 0) {
      answer(transaction, 401, challengeWith(401, true));
      return;
    }
    const answered = this.registrar.register(request);
    if (answered === null) return;
    const { status, headers } = answered;
    answer(transaction, status, [...headers, ...challengeWith(status, saysStale)]);
  }

  #takesCredentials(request: SipRequest): boolean {
    const { password } = this;
    if (password === undefined) return true;
    const given = parseAnswer(headerValue(request, 'Authorization') ?? '');
    const isRight = given !== undefined && isRightAnswer(given, 'REGISTER', password);
    const isOther = this.registrar.bindings.some(({ callId }) => callId !== callIdOf(request));
    return isRight && !(this.#policy.admitsOne && isOther);
  }

  #remote({ contact: { uri } }: Pick<ScriptedBinding, 'contact'>): Remote {
    if (!isSipUri(uri)) throw new Error('a contact is a SIP URI');
    return { host: uri.host, port: uri.port ?? 5060, transport: this.#policy.transport ?? 'UDP' };
  }

  /** What a call gets that reaches nobody; null where it is to be put through. */
  #refusal(caller: string, callee: string): number | null {
    const { ownCalls, unregisteredCallers, number, busyCallsEvery } = this.#policy;
    if (busyCallsEvery !== undefined && ++this.#calls % busyCallsEvery === 0) return 503;
    if (number !== undefined && callee !== number) return 404;
    if (ownCalls !== undefined && caller === callee) return ownCalls;
    const isKnown = this.registrar.of(caller).length > 0;
    if (unregisteredCallers !== undefined && !isKnown) return unregisteredCallers;
    return null;
  }

  async #invite(transaction: ServerTransaction): Promise<void> {
    const { request } = transaction;
    const { postDialDelayMs = 0, withoutBinding = 480 } = this.#policy;
    const isSilent = withoutBinding === 0 && this.registrar.bindings.length === 0;
    if (!isSilent) answer(transaction, 100);
    if (postDialDelayMs > 0) await pause(postDialDelayMs);
    const [caller, callee] = [userOf(headerUri(fromOf(request))), userOf(request.uri)];
    const refusal = this.#refusal(caller, callee);
    const user = this.#policy.number === callee ? userOf(this.registrar.bindings[0]?.user ?? '') : callee;
    const targets = this.registrar.of(user);
    if (refusal !== null) answer(transaction, refusal, refusal < 300 ? [mailbox(this.port)] : []);
    else if (targets.length > 0) this.#putThrough(transaction, targets);
    else if (withoutBinding > 0) answer(transaction, withoutBinding, withoutBinding < 300 ? [mailbox(this.port)] : []);
  }

  #putThrough(transaction: ServerTransaction, targets: readonly ScriptedBinding[]): void {
    const { fork } = this.#policy;
    new WiredCall(transaction, calledOf(fork, targets, Math.random), fork, this).begin();
  }

  /** Sends a branch. */
  call(invite: SipRequest, binding: ScriptedBinding, hear: (response: SipResponse | null) => void): ClientTransaction {
    const to = this.#remote(binding);
    return this.#layer.request(branchOf(invite, binding.uri), to, (report) => {
      hear('response' in report ? report.response : null);
      if (report.type === 'final' && report.response.status < 300) this.#connect(invite, binding, report.response);
    });
  }

  #connect(invite: SipRequest, binding: ScriptedBinding, response: SipResponse): void {
    const to = this.#remote(binding);
    this.#dialogs.set(callIdOf(invite) ?? '', to);
    const ack = branchOf(invite, binding.uri);
    const headers = ack.headers.map(({ name, value }) => {
      if (name === 'CSeq') return { name, value: value.replace('INVITE', 'ACK') };
      return name === 'To' ? { name, value: headerValue(response, 'To') ?? value } : { name, value };
    });
    this.#layer.acknowledge({ ...ack, method: 'ACK', headers, body: new Uint8Array() }, to);
  }

  #bye(transaction: ServerTransaction): void {
    const to = this.#dialogs.get(callIdOf(transaction.request) ?? '');
    if (to !== undefined) this.#layer.request(branchOf(transaction.request, transaction.request.uri), to, () => {});
    answer(transaction, 200);
  }
}

/** One call and its branches on the wire. */
class WiredCall {
  readonly #invite: ServerTransaction;
  readonly #server: ScriptedServer;
  readonly #fork: ScriptedFork;
  readonly #branches: Branch[] = [];
  #isOver = false;

  constructor(
    invite: ServerTransaction,
    called: readonly ScriptedBinding[],
    policy: ForkPolicy | undefined,
    server: ScriptedServer,
  ) {
    this.#invite = invite;
    this.#server = server;
    this.#fork = new ScriptedFork(called, policy, {
      branch: (binding) => this.#branch(binding),
      fail: (status) => this.#end(status),
      after: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
  }

  begin(): void {
    this.#invite.onReport(({ type }) => {
      if (type === 'cancelled') this.#end(487);
    });
    this.#fork.begin();
  }

  #branch(binding: ScriptedBinding): void {
    const hear = (response: SipResponse | null) => this.#hear(binding, response);
    const transaction = this.#server.call(this.#invite.request, binding, hear);
    this.#branches.push({ binding, transaction, isOver: false });
  }

  #hear(binding: ScriptedBinding, response: SipResponse | null): void {
    const branch = this.#branches.find((one) => one.binding === binding);
    const status = response?.status ?? 408;
    if (branch === undefined || this.#isOver) return;
    if (status < 200) {
      if (status > 100) answer(this.#invite, status);
      return;
    }
    branch.isOver = true;
    if (response !== null && status < 300) this.#connect(response);
    else this.#fork.failed(status);
  }

  #connect(response: SipResponse): void {
    const contacts = contactsOf(response);
    const contact = contacts === '*' ? undefined : contacts[0];
    const headers = contact === undefined ? [] : [{ name: 'Contact', value: `<${uriText(contact.uri)}>` }];
    this.#invite.respond(responseTo(this.#invite.request, 200, { toTag: tagOf(toOf(response)) ?? 'callee', headers }));
    this.#cancel();
  }

  #end(status: number): void {
    if (this.#isOver) return;
    answer(this.#invite, status);
    this.#cancel();
  }

  #cancel(): void {
    this.#isOver = true;
    this.#fork.stop();
    for (const { transaction, isOver } of this.#branches) if (!isOver) transaction.cancel();
  }
}

/** The same request, on its way to that URI. */
const branchOf = (request: SipRequest, uri: string): SipRequest => ({ ...request, uri });

const headerUri = (address: ReturnType<typeof fromOf>): string => (address === undefined ? '' : uriText(address.uri));

function userOf(text: string): string {
  const uri = parseUri(text);
  return uri !== undefined && isSipUri(uri) ? (uri.user ?? '') : text;
}

/** What asks for credentials in an answer with that status, with a fresh nonce (RFC 3261 22.2, 22.3). */
function challengeWith(status: number, isStale: boolean): readonly Header[] {
  if (status !== 401 && status !== 407) return [];
  const name = status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
  const stale = isStale ? ', stale=true' : '';
  return [{ name, value: `Digest realm="scripted", nonce="${randomIdentifiers.tag()}", qop="auth"${stale}` }];
}

const mailbox = (port: number): Header => ({ name: 'Contact', value: `<sip:mailbox@${loopback}:${port}>` });

function answer(transaction: ServerTransaction, status: number, headers: readonly Header[] = []): void {
  const toTag = status === 100 ? {} : { toTag: 'scripted' };
  transaction.respond(responseTo(transaction.request, status, { ...toTag, headers }));
}
