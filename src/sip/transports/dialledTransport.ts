import { permittedHost } from './allowedHosts.ts';
import { type Dialler, type Line, type TlsClient, tcpDialler, tlsDialler } from './diallers.ts';
import type { Remote, SendFailure, Transport, TransportListener, TransportName } from './transport.ts';
import { webSocketDialler } from './webSocketDialler.ts';

/** A client of one server: how it connects, and within which limits. */
export interface DialledOptions {
  readonly server: Remote;
  /** Own address. */
  readonly host: string;
  /** Hosts other than loopback to which something may be sent. */
  readonly allowed: readonly string[];
  readonly tls?: TlsClient;
}

/** Where no connection to the server could be opened; the message is for people. */
class NoConnection extends Error {}

const diallerOf = ({ server, tls = {} }: DialledOptions): Dialler => {
  if (server.transport === 'TCP') return tcpDialler;
  return server.transport === 'TLS' ? tlsDialler(tls) : webSocketDialler(tls);
};

/** What OpenSSL says, without the places in its source. */
const readable = (message: string): string =>
  /SSL routines:[^:]*:([^:\n]+)/.exec(message)?.[1] ?? message.trim().replaceAll('\n', ' ');

/**
 * A client that nobody can connect to, as phones behind a NAT are: one connection to its server, over which everything goes
 * both ways (RFC 5626 4.2, RFC 7118 5). Once it is gone the next message opens it again, from the same port if it can.
 */
export class DialledTransport implements Transport {
  readonly name: TransportName;
  readonly #options: DialledOptions;
  readonly #listener: TransportListener;
  readonly #dial: Dialler;
  #line: Line | null = null;
  #opening: Promise<Line> | null = null;
  #local = { host: '', port: 0 };
  #isClosed = false;

  private constructor(options: DialledOptions, listener: TransportListener) {
    this.name = options.server.transport;
    this.#options = options;
    this.#listener = listener;
    this.#dial = diallerOf(options);
  }

  /** Opens the connection. Throws `NoConnection` where there is none. */
  static async open(options: DialledOptions, listener: TransportListener): Promise<DialledTransport> {
    const host = permittedHost(options.server.host, options.allowed);
    if (typeof host !== 'string') throw new NoConnection(host.reason);
    const transport = new DialledTransport({ ...options, server: { ...options.server, host } }, listener);
    await transport.#connected();
    return transport;
  }

  get local() {
    return this.#local;
  }

  async send(bytes: Uint8Array): Promise<SendFailure | undefined> {
    if (this.#isClosed) return { reason: 'the transport is closed' };
    try {
      return await (await this.#connected()).send(bytes);
    } catch (error) {
      return { reason: (error as Error).message };
    }
  }

  /** Ends the connection as the OS does with that of a process that ends. */
  drop(): void {
    const line = this.#line;
    this.#line = null;
    line?.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.drop();
    await this.#opening?.then(
      (line) => line.close(),
      () => {},
    );
  }

  #connected(): Promise<Line> {
    if (this.#line?.isOpen) return Promise.resolve(this.#line);
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #connect(): Promise<Line> {
    const { server, host } = this.#options;
    const dial = (port: number) => this.#dial(server, { host, port }, this.#listenerOf());
    const line = await dial(this.#local.port).catch((error: NodeJS.ErrnoException) => {
      // The port may still wait for the end of the last connection (RFC 9293 3.6.1), or be somebody else's by now.
      const isTaken = error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL';
      if (isTaken && this.#local.port !== 0) return dial(0);
      throw new NoConnection(readable(error.message));
    });
    if (this.#isClosed) {
      line.close();
      throw new NoConnection('the transport is closed');
    }
    this.#local = { host: line.source.local.host, port: line.source.local.port };
    this.#line = line;
    return line;
  }

  /** The server's end of the connection is told; the own end knows. */
  #listenerOf(): TransportListener {
    return {
      ...this.#listener,
      onClosed: (source, reason) => {
        if (this.#line === null || this.#line.source !== source) return;
        this.#line = null;
        this.#listener.onClosed?.(source, reason && readable(reason));
      },
    };
  }
}
