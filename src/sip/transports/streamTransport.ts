import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import type { MessageLimits } from '../message/parse.ts';
import { type AllowedHosts, permittedHost } from './allowedHosts.ts';
import { Flow } from './flow.ts';
import type { Address, Remote, SendFailure, Transport, TransportListener } from './transport.ts';

/** What TCP and TLS do differently. */
export interface StreamKind {
  readonly name: 'TCP' | 'TLS';
  readonly server: Server;
  /** The event of the server that brings a connection which can be used. */
  readonly onConnection: 'connection' | 'secureConnection';
  /** Opens a connection; `ready` is the event after which it can be used. `name` is the host as the user wrote it. */
  connect(
    host: string,
    port: number,
    name: string,
  ): { readonly socket: Socket; readonly ready: 'connect' | 'secureConnect' };
}

/** How a stream transport is limited. */
export interface StreamTransportOptions {
  readonly allowed: AllowedHosts;
  readonly limits: MessageLimits;
  /** Connections at a time, both directions together. */
  readonly maxConnections: number;
  /** How long opening a connection may take, in milliseconds. */
  readonly connectTimeoutMs: number;
}

const nameOf = ({ host, port }: Address): string => `${host} ${port}`;

/** TCP or TLS: connections by their number and by the peer's address, whoever opened them (RFC 5923 alike). */
class StreamTransport implements Transport {
  readonly name: 'TCP' | 'TLS';
  readonly local: Address;
  readonly #kind: StreamKind;
  readonly #options: StreamTransportOptions;
  readonly #listener: TransportListener;
  readonly #flows = new Map<number, Flow>();
  /** Connections that are being opened, by peer, so that two messages at a time share one. */
  readonly #opening = new Map<string, Promise<Flow | SendFailure>>();
  readonly #unready = new Set<Socket>();
  #latestId = 0;
  #isClosed = false;

  constructor(kind: StreamKind, options: StreamTransportOptions, listener: TransportListener) {
    this.name = kind.name;
    const { address, port } = kind.server.address() as { address: string; port: number };
    this.local = { host: address, port };
    this.#kind = kind;
    this.#options = options;
    this.#listener = { ...listener, onClosed: (source) => this.#forget(source, listener) };
    kind.server.maxConnections = options.maxConnections;
    kind.server.on(kind.onConnection, (socket: Socket) => this.#accept(socket));
    kind.server.on('connection', (socket: Socket) => this.#whileUnready(socket, kind.onConnection));
    kind.server.on('error', () => {});
  }

  /** A peer may connect and then not shake hands: it is cut off like one that does not answer. */
  #whileUnready(socket: Socket, onConnection: StreamKind['onConnection']): void {
    if (onConnection === 'connection') return;
    this.#unready.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#unready.delete(socket));
  }

  #accept(socket: Socket): void {
    if (this.#isClosed || this.#flows.size >= this.#options.maxConnections) {
      socket.destroy();
      return;
    }
    this.#add(socket, 'peer', { host: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 });
  }

  #add(socket: Socket, openedBy: 'us' | 'peer', remote: Address): Flow {
    const identity = { id: ++this.#latestId, transport: this.name, openedBy, remote };
    const flow = new Flow(socket, identity, this.#options.limits, this.#listener);
    this.#flows.set(identity.id, flow);
    return flow;
  }

  #forget(source: Flow['source'], listener: TransportListener): void {
    if (source.connection !== undefined) this.#flows.delete(source.connection);
    if (!this.#isClosed) listener.onClosed?.(source);
  }

  /** The connection asked for, else the latest one to that peer. */
  #openFlow({ connection, ...peer }: Remote, host: string): Flow | undefined {
    const wanted = connection === undefined ? undefined : this.#flows.get(connection);
    if (wanted?.isOpen) return wanted;
    const isToPeer = ({ source, isOpen }: Flow) => isOpen && source.host === host && source.port === peer.port;
    return [...this.#flows.values()].filter(isToPeer).at(-1);
  }

  async send(bytes: Uint8Array, remote: Remote): Promise<SendFailure | undefined> {
    const host = permittedHost(remote.host, this.#options.allowed);
    if (typeof host !== 'string') return host;
    if (this.#isClosed) return { reason: 'the transport is closed' };
    const flow = this.#openFlow(remote, host) ?? (await this.#connectOnce({ host, port: remote.port }, remote.host));
    return flow instanceof Flow ? flow.send(bytes) : flow;
  }

  #connectOnce(peer: Address, name: string): Promise<Flow | SendFailure> {
    const underWay = this.#opening.get(nameOf(peer));
    if (underWay !== undefined) return underWay;
    const opening = this.#connect(peer, name).finally(() => this.#opening.delete(nameOf(peer)));
    this.#opening.set(nameOf(peer), opening);
    return opening;
  }

  async #connect(peer: Address, name: string): Promise<Flow | SendFailure> {
    const { maxConnections, connectTimeoutMs } = this.#options;
    if (this.#flows.size >= maxConnections) return { reason: `there are ${maxConnections} connections already` };
    const { socket, ready } = this.#kind.connect(peer.host, peer.port, name);
    this.#unready.add(socket);
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)));
    try {
      await once(socket, ready);
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#unready.delete(socket);
      socket.setTimeout(0);
    }
    if (this.#isClosed) {
      socket.destroy();
      return { reason: 'the transport is closed' };
    }
    return this.#add(socket, 'us', peer);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const flow of this.#flows.values()) flow.close();
    for (const socket of this.#unready) socket.destroy(new Error('the transport is closed'));
    const closed = once(this.#kind.server, 'close');
    this.#kind.server.close();
    await closed;
  }
}

/** A server that listens on that address, and the connections to others. Rejects where it cannot be bound. */
export async function openStream(
  kind: StreamKind,
  local: Address,
  options: StreamTransportOptions,
  listener: TransportListener,
): Promise<Transport> {
  const listening = once(kind.server, 'listening');
  kind.server.listen(local.port, local.host);
  await listening;
  return new StreamTransport(kind, options, listener);
}
