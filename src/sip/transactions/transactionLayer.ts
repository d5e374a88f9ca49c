import { type Actor, createActor } from 'xstate';
import type { Malformed, SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { paramsOf } from '../message/params.ts';
import { responseTo } from '../message/response.ts';
import { serialise } from '../message/serialise.ts';
import { viaText } from '../message/via.ts';
import { isReliable, type Remote, type Source, type Transport, type TransportName } from '../transports/transport.ts';
import { cancelFor } from './derivedRequests.ts';
import type { Identifiers } from './identifiers.ts';
import { inviteClient } from './inviteClient.ts';
import { inviteServer } from './inviteServer.ts';
import { nonInviteClient } from './nonInviteClient.ts';
import { nonInviteServer } from './nonInviteServer.ts';
import { responseRoute, withSource } from './responseRoute.ts';
import { successRepetition } from './successRepetition.ts';
import { rfcTiming, type TransactionTiming } from './timing.ts';
import { type Report, responseClass, type TransactionEmitted, type TransactionInput } from './transactionEvents.ts';
import { acknowledgementKey, clientKey, isForUs, serverKey } from './transactionKey.ts';

/** Where timers come from; XState's `SimulatedClock` is one. */
export interface TimerClock {
  setTimeout(act: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export interface TransactionLayerOptions {
  readonly clock: TimerClock;
  readonly identifiers: Identifiers;
  /** Of RFC 3261 where absent. */
  readonly timing?: TransactionTiming;
}

/** What a request of ours comes to; every 2xx to an INVITE is a `final` of its own, to be acknowledged each time. */
export type ClientReport = Exclude<Report, { readonly type: 'acknowledged' }>;

/** A request that was sent. */
export interface ClientTransaction {
  /** As it was sent, with its Via. */
  readonly request: SipRequest;
  /**
   * Cancels an INVITE (RFC 3261 9.1), at once or, where nothing has come yet, at the first provisional response. The
   * INVITE still ends with a final response of its own: 487, or a 2xx that was faster.
   */
  cancel(): void;
  /**
   * Repeats an INVITE no more that nothing has answered yet (RFC 3261 17.1.1.2, Timer A), for a caller who has hung up:
   * it reaches nobody any more who comes later. What comes for it is still heard.
   */
  stopRepeating(): void;
}

/** What becomes of a request that is answered here. `timeout`: a final response to an INVITE was never acknowledged. */
export type ServerReport =
  | Exclude<Report, { readonly type: 'provisional' | 'final' }>
  /** The caller wants no answer any more; the CANCEL has been answered, the INVITE is still to be (487). */
  | { readonly type: 'cancelled'; readonly request: SipRequest };

/** A request that has come. */
export interface ServerTransaction {
  /** With `received` and `rport` in its topmost Via. */
  readonly request: SipRequest;
  readonly source: Source;
  /** Answers; a final response after a final one is ignored. A 2xx to an INVITE is repeated until it is acknowledged. */
  respond(response: SipResponse): void;
  /** Takes the one listener for what becomes of it. */
  onReport(listener: (report: ServerReport) => void): void;
}

type ClientActor = Actor<typeof inviteClient> | Actor<typeof nonInviteClient>;
type ServerActor = Actor<typeof inviteServer> | Actor<typeof nonInviteServer>;
type AnyTransaction = ClientActor | ServerActor | Actor<typeof successRepetition>;

interface Client {
  readonly actor: ClientActor;
  readonly request: SipRequest;
}

interface Server {
  readonly actor: ServerActor;
  readonly request: SipRequest;
  report(report: ServerReport): void;
}

/** The host as it stands in a Via. */
const viaHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/**
 * The transaction layer of a user agent (RFC 3261 17): gives every request and response to the machine that it belongs
 * to, and what the machines emit to the transports and to the transaction user.
 */
export class TransactionLayer {
  readonly #options: TransactionLayerOptions;
  readonly #timing: TransactionTiming;
  readonly #transports = new Map<TransportName, Transport>();
  readonly #clients = new Map<string, Client>();
  readonly #servers = new Map<string, Server>();
  /** 2xx that were sent and whose ACK may still come, by what the ACK has in common with them. */
  readonly #successes = new Map<
    string,
    { readonly repetition: Actor<typeof successRepetition>; readonly server: Server }
  >();
  readonly #actors = new Set<AnyTransaction>();
  /** Those that send nothing until something has come for them. */
  readonly #silenced = new Set<AnyTransaction>();
  #handler: ((transaction: ServerTransaction) => void) | undefined;
  #isClosed = false;

  constructor(options: TransactionLayerOptions) {
    this.#options = options;
    this.#timing = options.timing ?? rfcTiming;
  }

  /** Gives the layer what it sends with; their listener is `receive`. */
  use(transports: readonly Transport[]): void {
    for (const transport of transports) this.#transports.set(transport.name, transport);
  }

  /** Takes the one handler of requests that come; without one they get 501. */
  onRequest(handler: (transaction: ServerTransaction) => void): void {
    this.#handler = handler;
  }

  /**
   * Sends a request, with a Via of its own on top. What comes of it is reported, never thrown, and never before this
   * returns. ACK is no transaction: see `acknowledge`.
   */
  request(request: SipRequest, to: Remote, onReport: (report: ClientReport) => void): ClientTransaction {
    return this.#startClient(this.#withVia(request, to.transport), to, onReport);
  }

  /** Sends the ACK for a 2xx, with a Via of its own on top; nothing answers it (RFC 3261 13.2.2.4). */
  acknowledge(ack: SipRequest, to: Remote): void {
    void this.#send(this.#withVia(ack, to.transport), to);
  }

  /** Takes what a transport has received. */
  receive(message: SipMessage | Malformed, source: Source): void {
    if (this.#isClosed) return;
    if (message.kind === 'malformed') this.#refuse(message, source);
    else if (message.kind === 'response') this.#receiveResponse(message);
    else this.#receiveRequest(withSource(message, source), source);
  }

  /** Ends all transactions at once, without a word, and leaves no timer. The transports are the caller's to close. */
  close(): void {
    this.#isClosed = true;
    for (const actor of this.#actors) actor.stop();
    for (const map of [this.#clients, this.#servers, this.#successes, this.#actors, this.#silenced]) map.clear();
  }

  #withVia(request: SipRequest, transport: TransportName): SipRequest {
    const local = this.#transports.get(transport)?.local ?? { host: '127.0.0.1', port: 0 };
    const params = paramsOf({ branch: this.#options.identifiers.branch(), rport: null });
    const via = viaText({ transport, host: viaHost(local.host), port: local.port, params });
    return { ...request, headers: [{ name: 'Via', value: via }, ...request.headers] };
  }

  async #send(message: SipMessage, to: Remote): Promise<string | undefined> {
    if (this.#isClosed) return 'the transaction layer is closed';
    const transport = this.#transports.get(to.transport);
    if (transport === undefined) return `there is no ${to.transport} transport`;
    return (await transport.send(serialise(message), to))?.reason;
  }

  /** Starts a machine: what it sends goes there, what it tells is heard, and when it is over it is forgotten. */
  #start(actor: AnyTransaction, to: Remote, hear: (report: Report) => void, forget: () => void): void {
    this.#actors.add(actor);
    (actor as Actor<typeof inviteClient>).on('*', (emitted: TransactionEmitted) => {
      if (emitted.type === 'tell') hear(emitted.report);
      else void this.#sendFor(actor, emitted.message, to);
    });
    (actor as Actor<typeof inviteClient>).subscribe({
      complete: () => {
        this.#actors.delete(actor);
        this.#silenced.delete(actor);
        forget();
      },
    });
    actor.start();
  }

  async #sendFor(actor: AnyTransaction, message: SipMessage, to: Remote): Promise<void> {
    const reason = this.#silenced.has(actor) ? undefined : await this.#send(message, to);
    if (reason !== undefined && actor.getSnapshot().status === 'active')
      actor.send({ type: 'transport.failed', reason });
  }

  #startClient(request: SipRequest, to: Remote, onReport: (report: ClientReport) => void): ClientTransaction {
    const isInvite = request.method === 'INVITE';
    const options = { clock: this.#options.clock as never, input: this.#inputOf(request, to.transport) };
    const actor = isInvite ? createActor(inviteClient, options) : createActor(nonInviteClient, options);
    const cancelling = new Cancelling(() => this.#cancel(actor, request, to));
    const key = clientKey(request);
    if (!this.#isClosed) this.#clients.set(key, { actor, request });
    const hear = (report: Report) => {
      this.#silenced.delete(actor);
      cancelling.hear(report);
      if (report.type !== 'acknowledged') onReport(report);
    };
    if (!this.#isClosed) this.#start(actor, to, hear, () => this.#clients.delete(key));
    return {
      request,
      cancel: () => isInvite && cancelling.ask(),
      stopRepeating: () => isInvite && actor.getSnapshot().value === 'calling' && this.#silenced.add(actor),
    };
  }

  #inputOf(request: SipRequest, transport: TransportName): TransactionInput {
    return { request, isReliable: isReliable(transport), timing: this.#timing };
  }

  /** The CANCEL is a transaction of its own, of whose answer nothing depends (RFC 3261 9.1). */
  #cancel(actor: ClientActor, invite: SipRequest, to: Remote): void {
    actor.send({ type: 'cancelled' });
    this.#startClient(cancelFor(invite), to, () => {});
  }

  #receiveResponse(response: SipResponse): void {
    const client = this.#clients.get(clientKey(response));
    // RFC 3261 18.1.2 and RFC 6026 7.2: what is not ours, and a stray 2xx, is dropped.
    if (client === undefined || !isForUs(response, client.request)) return;
    client.actor.send({ type: `response.${responseClass(response)}`, response });
  }

  #receiveRequest(request: SipRequest, source: Source): void {
    const server = this.#servers.get(serverKey(request));
    if (request.method === 'ACK') this.#receiveAck(request, server);
    else if (server !== undefined) server.actor.send({ type: 'request.repeated' });
    else if (request.method === 'CANCEL') this.#receiveCancel(request, source);
    else this.#offer(this.#startServer(request, source));
  }

  /** That of a failure belongs to its transaction; that of a 2xx to the dialog which the 2xx has made. */
  #receiveAck(ack: SipRequest, server: Server | undefined): void {
    const success = this.#successes.get(acknowledgementKey(ack));
    if (success === undefined) {
      server?.actor.send({ type: 'acknowledged', request: ack });
      return;
    }
    // A copy of the ACK finds the repetition at its end.
    if (success.repetition.getSnapshot().status === 'active')
      success.repetition.send({ type: 'acknowledged', request: ack });
    success.server.actor.send({ type: 'acknowledged', request: ack });
  }

  #receiveCancel(cancel: SipRequest, source: Source): void {
    const cancelled = this.#servers.get(serverKey(cancel, 'INVITE'));
    const { respond } = this.#startServer(cancel, source);
    // RFC 3261 9.2: the CANCEL is answered whatever becomes of the INVITE.
    respond(responseTo(cancel, cancelled === undefined ? 481 : 200, { toTag: this.#options.identifiers.tag() }));
    cancelled?.report({ type: 'cancelled', request: cancel });
  }

  #offer(transaction: ServerTransaction): void {
    if (this.#handler !== undefined) this.#handler(transaction);
    else transaction.respond(responseTo(transaction.request, 501, { toTag: this.#options.identifiers.tag() }));
  }

  #startServer(request: SipRequest, source: Source): ServerTransaction {
    const options = { clock: this.#options.clock as never, input: this.#inputOf(request, source.transport) };
    const actor =
      request.method === 'INVITE' ? createActor(inviteServer, options) : createActor(nonInviteServer, options);
    const to = responseRoute(request, source);
    const key = serverKey(request);
    let report: (report: ServerReport) => void = () => {};
    const server: Server = { actor, request, report: (one) => report(one) };
    this.#servers.set(key, server);
    this.#start(
      actor,
      to,
      (one) => (one.type === 'provisional' || one.type === 'final' ? undefined : report(one)),
      () => this.#servers.delete(key),
    );
    return {
      request,
      source,
      respond: (response) => this.#respond(server, response, to),
      onReport: (listener) => {
        report = listener;
      },
    };
  }

  #respond(server: Server, response: SipResponse, to: Remote): void {
    if (this.#isClosed || server.actor.getSnapshot().status !== 'active') return;
    const { actor, request } = server;
    const isFirst = actor.getSnapshot().matches('proceeding' as never);
    actor.send({ type: `respond.${responseClass(response)}`, response });
    if (request.method === 'INVITE' && isFirst && responseClass(response) === 'success')
      this.#repeat(server, response, to);
  }

  /** RFC 3261 13.3.1.4. */
  #repeat(server: Server, response: SipResponse, to: Remote): void {
    const input = { response, timing: this.#timing };
    const repetition = createActor(successRepetition, { clock: this.#options.clock as never, input });
    const key = acknowledgementKey(response);
    this.#successes.set(key, { repetition, server });
    (server.actor as Actor<typeof inviteServer>).subscribe({ complete: () => this.#successes.delete(key) });
    this.#start(
      repetition,
      to,
      (report) => report.type === 'timeout' && server.report(report),
      () => {},
    );
  }

  /** A request that is malformed and says where an answer goes gets one, without a transaction (RFC 3261 8.2). */
  #refuse({ answerable, found, expected }: Malformed, source: Source): void {
    if (answerable === undefined) return;
    const request = withSource(answerable.request, source);
    // The reason tells a person what is wrong; it has no place for what cannot stand there.
    const reason = `Bad Request: found ${found}, expected ${expected}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
    const parts = { toTag: this.#options.identifiers.tag(), ...(answerable.status === 400 && { reason }) };
    void this.#send(responseTo(request, answerable.status, parts), responseRoute(request, source));
  }
}

/** An INVITE may be cancelled only after a provisional response, and no more after a final one (RFC 3261 9.1). */
class Cancelling {
  readonly #send: () => void;
  #isAsked = false;
  #state: 'nothing yet' | 'provisional' | 'over' = 'nothing yet';

  constructor(send: () => void) {
    this.#send = send;
  }

  ask(): void {
    const isFirst = !this.#isAsked;
    this.#isAsked = true;
    if (isFirst && this.#state === 'provisional') this.#send();
  }

  hear({ type }: Report): void {
    const wasNothing = this.#state === 'nothing yet';
    this.#state = type === 'provisional' ? 'provisional' : 'over';
    if (type === 'provisional' && wasNothing && this.#isAsked) this.#send();
  }
}
