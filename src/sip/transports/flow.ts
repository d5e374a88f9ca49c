import type { Socket } from 'node:net';
import type { MessageLimits } from '../message/parse.ts';
import { type StreamParser, streamParser } from '../message/streamParser.ts';
import type { Address, SendFailure, Source, TransportListener, TransportName } from './transport.ts';

/** What may wait for a peer that does not read, in bytes; then it is cut off. */
const maxQueuedBytes = 1_000_000;

const pong = Buffer.from('\r\n');

/** What a connection is. */
interface FlowIdentity {
  readonly id: number;
  readonly transport: TransportName;
  readonly openedBy: 'us' | 'peer';
  /** What is told of a connection that the peer opened: its address; of ours: the address that was asked for. */
  readonly remote: Address;
}

/** One TCP or TLS connection, whoever opened it (a flow in RFC 5626 3.1). */
export class Flow {
  readonly source: Source;
  readonly #socket: Socket;
  readonly #parser: StreamParser;
  readonly #listener: TransportListener;

  constructor(socket: Socket, identity: FlowIdentity, limits: MessageLimits, listener: TransportListener) {
    const { id, transport, openedBy, remote } = identity;
    const local = { host: socket.localAddress ?? '', port: socket.localPort ?? 0 };
    this.source = { transport, ...remote, connection: id, local };
    this.#socket = socket;
    this.#listener = listener;
    this.#parser = streamParser({ ...limits, openedBy });
    socket.on('data', (bytes) => this.#receive(bytes));
    let reason: string | undefined;
    socket.on('error', (error) => {
      reason = error.message;
      socket.destroy();
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => listener.onClosed?.(this.source, reason));
  }

  get isOpen(): boolean {
    return this.#socket.writable && !this.#socket.destroyed;
  }

  #receive(bytes: Buffer): void {
    const { source } = this;
    this.#listener.onDatagram?.('received', bytes, source.local, source, this.#listener.now());
    for (const item of this.#parser.push(bytes)) {
      if (item.kind === 'ping') void this.send(pong);
      if (item.kind === 'ping' || item.kind === 'pong') this.#listener.onKeepAlive?.(item.kind, source);
      else this.#listener.onMessage(item, source);
    }
    // RFC 3261 18.3: nobody knows where the next message begins. What is to be said about it is sent first.
    if (this.#parser.isLost) this.#socket.end();
  }

  send(bytes: Uint8Array): Promise<SendFailure | undefined> {
    if (!this.isOpen) return Promise.resolve({ reason: 'the connection is closed' });
    if (this.#socket.writableLength > maxQueuedBytes) {
      this.#socket.destroy();
      return Promise.resolve({ reason: 'the peer does not read what it is sent; the connection was closed' });
    }
    this.#listener.onDatagram?.('sent', bytes, this.source.local, this.source, this.#listener.now());
    return new Promise((resolve) => {
      this.#socket.write(bytes, (error) => resolve(error ? { reason: error.message } : undefined));
    });
  }

  close(): void {
    this.#socket.removeAllListeners('data');
    this.#socket.destroy();
  }
}
