import { once } from 'node:events';
import type { Socket } from 'node:net';
import { isIPv6 } from 'node:net';
import { WebSocket } from 'ws';
import { datagramLimits, parseMessage } from '../message/parse.ts';
import { connectTimeoutMs, type Dialler, endsOf, type Line, type TlsClient, tlsOptionsFor } from './diallers.ts';
import type { Remote, SendFailure, Source, TransportListener } from './transport.ts';

/** Line ends alone are a keep-alive (RFC 7118 6). */
const isKeepAlive = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0x0d || byte === 0x0a);

/** A WebSocket connection to a SIP server: every message of it is one of SIP (RFC 7118 5). */
class WebSocketLine implements Line {
  readonly source: Source;
  readonly #socket: WebSocket;
  readonly #listener: TransportListener;

  constructor(socket: WebSocket, source: Source, listener: TransportListener) {
    this.source = source;
    this.#socket = socket;
    this.#listener = listener;
    socket.on('message', (data) => this.#receive(data as Buffer));
    // What follows an error is the event `close`.
    socket.on('error', () => {});
    socket.on('close', () => listener.onClosed?.(source));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  #receive(bytes: Buffer): void {
    this.#listener.onDatagram?.('received', bytes, this.source.local, this.source, this.#listener.now());
    if (!isKeepAlive(bytes)) this.#listener.onMessage(parseMessage(bytes, datagramLimits), this.source);
  }

  send(bytes: Uint8Array): Promise<SendFailure | undefined> {
    if (!this.isOpen) return Promise.resolve({ reason: 'the connection is closed' });
    this.#listener.onDatagram?.('sent', bytes, this.source.local, this.source, this.#listener.now());
    // As text: some servers take SIP in frames of binary type for something else.
    return new Promise((resolve) => {
      this.#socket.send(bytes, { binary: false }, (error) => resolve(error ? { reason: error.message } : undefined));
    });
  }

  close(): void {
    this.#socket.terminate();
  }
}

const urlOf = ({ transport, host, port, path = '/' }: Remote): string =>
  `${transport === 'WSS' ? 'wss' : 'ws'}://${isIPv6(host) ? `[${host}]` : host}:${port}${path}`;

/** Opens WebSocket connections, with the subprotocol `sip` (RFC 7118 4). */
export const webSocketDialler =
  (client: TlsClient): Dialler =>
  async (server, local, listener) => {
    const ends = endsOf(server, local);
    const tls = server.transport === 'WSS' ? tlsOptionsFor(client, server.host) : {};
    const options = { ...ends, ...tls, handshakeTimeout: connectTimeoutMs, perMessageDeflate: false };
    const socket = new WebSocket(urlOf(server), 'sip', options);
    const upgraded = once(socket, 'upgrade') as Promise<[{ readonly socket: Socket }]>;
    // Whichever of the two fails, the other one does too.
    upgraded.catch(() => {});
    await once(socket, 'open');
    const [{ socket: below }] = await upgraded;
    const { transport, host, port } = server;
    const own = { host: below.localAddress ?? '', port: below.localPort ?? 0 };
    return new WebSocketLine(socket, { transport, host, port, connection: 1, local: own }, listener);
  };
