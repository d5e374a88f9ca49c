import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { datagramLimits, parseMessage } from '../message/parse.ts';
import { type AllowedHosts, permittedHost } from './allowedHosts.ts';
import type { Address, Remote, SendFailure, Transport, TransportListener } from './transport.ts';

/** CRLF alone keeps a binding of a NAT alive and means nothing (RFC 5626 4.4.2 replaced it). */
const isKeepAlive = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);

/** How much may wait in the socket for the network to take it, in bytes. */
const maxQueuedBytes = 4_000_000;

class UdpTransport implements Transport {
  readonly name = 'UDP';
  readonly local: Address;
  readonly #socket: Socket;
  readonly #listener: TransportListener;
  readonly #allowed: AllowedHosts;
  #isClosed = false;

  constructor(socket: Socket, allowed: AllowedHosts, listener: TransportListener) {
    const { address, port } = socket.address();
    this.local = { host: address, port };
    this.#socket = socket;
    this.#allowed = allowed;
    this.#listener = listener;
    socket.on('message', (bytes, from) => this.#receive(bytes, from));
    // An ICMP error belongs to no particular message: the transaction's own timers find out.
    socket.on('error', () => {});
  }

  #receive(bytes: Buffer, { address, port }: RemoteInfo): void {
    const source = { transport: this.name, host: address, port, local: this.local } as const;
    this.#listener.onDatagram?.('received', bytes, this.local, source, this.#listener.now());
    if (isKeepAlive(bytes)) return;
    this.#listener.onMessage(parseMessage(bytes, datagramLimits), source);
  }

  send(bytes: Uint8Array, remote: Remote): Promise<SendFailure | undefined> {
    const host = permittedHost(remote.host, this.#allowed);
    if (typeof host !== 'string') return Promise.resolve(host);
    if (this.#isClosed) return Promise.resolve({ reason: 'the transport is closed' });
    if (this.#socket.getSendQueueSize() > maxQueuedBytes)
      return Promise.resolve({ reason: 'too much waits to be sent' });
    this.#listener.onDatagram?.('sent', bytes, this.local, remote, this.#listener.now());
    return new Promise((resolve) => {
      this.#socket.send(bytes, remote.port, host, (error) => resolve(error ? { reason: error.message } : undefined));
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.removeAllListeners('message');
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

/** A UDP socket bound to that address; port 0 takes a free one. Rejects where it cannot be bound. */
export async function openUdp(local: Address, allowed: AllowedHosts, listener: TransportListener): Promise<Transport> {
  const socket = createSocket(isIPv6(local.host) ? 'udp6' : 'udp4');
  const listening = once(socket, 'listening');
  socket.bind(local.port, local.host);
  await listening;
  return new UdpTransport(socket, allowed, listener);
}
