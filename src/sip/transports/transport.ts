import type { Malformed, SipMessage } from '../message/message.ts';

/** UDP, TCP and TLS (RFC 3261 18), WebSocket without and with TLS (RFC 7118). */
export const transportNames = ['UDP', 'TCP', 'TLS', 'WS', 'WSS'] as const;
export type TransportName = (typeof transportNames)[number];

/** Whether a transport retransmits by itself (RFC 3261 17). */
export const isReliable = (name: TransportName): boolean => name !== 'UDP';

/** A host (an IP address without brackets, or a name) and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where to send. */
export interface Remote extends Address {
  readonly transport: TransportName;
  /** The path of a WebSocket server; `/` where absent. */
  readonly path?: string;
  /** The connection to prefer while it is open; responses go back over the one that brought the request (18.2.2). */
  readonly connection?: number;
}

/** Where something came from, and where it arrived. */
export interface Source extends Remote {
  readonly local: Address;
}

/** Why something was not sent, for people. */
export interface SendFailure {
  readonly reason: string;
}

/** Sees every datagram, and every piece of a stream, as it is sent or received; for recordings. Times in ms of the epoch. */
export type Tap = (
  direction: 'sent' | 'received',
  bytes: Uint8Array,
  local: Address,
  remote: Remote,
  atMs: number,
) => void;

/** What a transport tells. */
export interface TransportListener {
  readonly onMessage: (message: SipMessage | Malformed, source: Source) => void;
  /** A keep-alive of RFC 5626 4.4.1; a ping has been answered already. */
  readonly onKeepAlive?: (kind: 'ping' | 'pong', source: Source) => void;
  /** A connection is gone, by either side; for people, why, where that is known. */
  readonly onClosed?: (source: Source, reason?: string) => void;
  readonly onDatagram?: Tap;
  /** Milliseconds of the epoch. */
  readonly now: () => number;
}

/** One way to send and receive. */
export interface Transport {
  readonly name: TransportName;
  readonly local: Address;
  /** Sends one message, or a keep-alive; a failure is a result, never an exception. */
  send(bytes: Uint8Array, remote: Remote): Promise<SendFailure | undefined>;
  /** Closes socket and connections; nothing is told any more. */
  close(): Promise<void>;
}
