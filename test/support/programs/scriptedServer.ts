import { setTimeout as pause } from 'node:timers/promises';
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
import { type RegistrarPolicy, type ScriptedBinding, ScriptedRegistrar } from './scriptedRegistrar.ts';

/** What a server of the tests does with calls, besides what its registrar does. */
export interface ServerPolicy extends RegistrarPolicy {
  readonly transport?: TransportName;
  /** Whom a call reaches; after so many milliseconds or a decline the next one. */
  readonly fork?: 'all' | 'first' | 'newest' | { readonly nextAfterMs: number | null };
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
  readonly #policy: ServerPolicy;
  readonly #layer: TransactionLayer;
  readonly #transports: readonly Transport[];
  readonly #dialogs = new Map<string, Remote>();

  private constructor(policy: ServerPolicy, layer: TransactionLayer, transports: readonly Transport[]) {
    this.#policy = policy;
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
    const answered = this.registrar.register(transaction.request);
    if (answered !== null) answer(transaction, answered.status, answered.headers);
  }

  #remote({ contact: { uri } }: Pick<ScriptedBinding, 'contact'>): Remote {
    if (!isSipUri(uri)) throw new Error('a contact is a SIP URI');
    return { host: uri.host, port: uri.port ?? 5060, transport: this.#policy.transport ?? 'UDP' };
  }

  /** What a call gets that reaches nobody; null where it is to be put through. */
  #refusal(caller: string, callee: string): number | null {
    const { ownCalls, unregisteredCallers, number } = this.#policy;
    if (number !== undefined && callee !== number) return 404;
    if (ownCalls !== undefined && caller === callee) return ownCalls;
    const isKnown = this.registrar.of(caller).length > 0;
    if (unregisteredCallers !== undefined && !isKnown) return unregisteredCallers;
    return null;
  }

  async #invite(transaction: ServerTransaction): Promise<void> {
    const { request } = transaction;
    const { postDialDelayMs = 0, withoutBinding = 480 } = this.#policy;
    answer(transaction, 100);
    if (postDialDelayMs > 0) await pause(postDialDelayMs);
    const [caller, callee] = [userOf(headerUri(fromOf(request))), userOf(request.uri)];
    const refusal = this.#refusal(caller, callee);
    const user = this.#policy.number === callee ? userOf(this.registrar.bindings[0]?.user ?? '') : callee;
    const targets = this.registrar.of(user);
    if (refusal !== null) answer(transaction, refusal, refusal < 300 ? [mailbox(this.port)] : []);
    else if (targets.length > 0) new Fork(transaction, this.#order(targets), this.#policy, this).begin();
    else if (withoutBinding > 0) answer(transaction, withoutBinding, withoutBinding < 300 ? [mailbox(this.port)] : []);
  }

  #order(targets: readonly ScriptedBinding[]): readonly ScriptedBinding[] {
    const { fork } = this.#policy;
    if (fork === 'first') return targets.slice(0, 1);
    return fork === 'newest' ? targets.slice(-1) : targets;
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

/** The branches of one call. */
class Fork {
  readonly #invite: ServerTransaction;
  readonly #waiting: ScriptedBinding[];
  readonly #policy: ServerPolicy;
  readonly #server: ScriptedServer;
  readonly #branches: Branch[] = [];
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    invite: ServerTransaction,
    targets: readonly ScriptedBinding[],
    policy: ServerPolicy,
    server: ScriptedServer,
  ) {
    this.#invite = invite;
    this.#waiting = [...targets];
    this.#policy = policy;
    this.#server = server;
  }

  begin(): void {
    this.#invite.onReport(({ type }) => {
      if (type === 'cancelled') this.#end(487);
    });
    if (typeof this.#policy.fork === 'object') this.#next();
    else for (const binding of this.#waiting.splice(0)) this.#branch(binding);
  }

  #next(): void {
    clearTimeout(this.#timer);
    const binding = this.#waiting.shift();
    if (binding === undefined || this.#isOver) return;
    this.#branch(binding);
    const afterMs = typeof this.#policy.fork === 'object' ? this.#policy.fork.nextAfterMs : null;
    if (afterMs !== null) this.#timer = setTimeout(() => this.#next(), afterMs);
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
    else if (this.#waiting.length > 0) this.#next();
    else if (this.#branches.every(({ isOver }) => isOver)) this.#end(status);
  }

  #connect(response: SipResponse): void {
    this.#isOver = true;
    const contacts = contactsOf(response);
    const contact = contacts === '*' ? undefined : contacts[0];
    const headers = contact === undefined ? [] : [{ name: 'Contact', value: `<${uriText(contact.uri)}>` }];
    this.#invite.respond(responseTo(this.#invite.request, 200, { toTag: tagOf(toOf(response)) ?? 'callee', headers }));
    this.#cancel();
  }

  #end(status: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    answer(this.#invite, status);
    this.#cancel();
  }

  #cancel(): void {
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

const mailbox = (port: number): Header => ({ name: 'Contact', value: `<sip:mailbox@${loopback}:${port}>` });

function answer(transaction: ServerTransaction, status: number, headers: readonly Header[] = []): void {
  const toTag = status === 100 ? {} : { toTag: 'scripted' };
  transaction.respond(responseTo(transaction.request, status, { ...toTag, headers }));
}
