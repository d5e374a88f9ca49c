import { addressText, type Endpoint, endpointText } from './endpoint.ts';

/** Traffic that may hold SIP and cannot be read. */
export interface UnreadTraffic {
  /** `TLS`, `WebSocket, compressed`, `IPsec ESP`. */
  readonly what: string;
  /** Between whom, of the first that was seen. */
  readonly between: string;
  packets: number;
  bytes: number;
  /** Directions of connections, or pairs of hosts. */
  flows: number;
}

interface Pair {
  readonly what: string;
  readonly one: Endpoint;
  readonly other: Endpoint;
  /** Whether a port of SIP over TLS, or what it is in itself, says that it may be SIP. */
  isSuspect: boolean;
  packets: number;
  bytes: number;
  /** Whether it could be decrypted. */
  isRead: boolean;
}

/** Pairs of hosts that are remembered. */
const mostPairs = 20_000;

/** Keeps what could not be read, until it is known which hosts are SIP servers: other TLS is somebody's web traffic. */
export class Unread {
  readonly #pairs = new Map<string, Pair>();
  readonly #servers = new Set<string>();
  #latest = '';

  /** A request was sent to this host: what it receives besides may be SIP. */
  serves({ address }: Endpoint): void {
    if (address === this.#latest) return;
    this.#latest = address;
    if (this.#servers.size < mostPairs) this.#servers.add(address);
  }

  add(key: string, what: string, bytes: number, isSuspect: boolean, ends: () => readonly [Endpoint, Endpoint]): void {
    const known = this.#pairs.get(key);
    if (known !== undefined) {
      known.packets++;
      known.bytes += bytes;
      known.isSuspect ||= isSuspect;
      return;
    }
    if (this.#pairs.size >= mostPairs) return;
    const [one, other] = ends();
    this.#pairs.set(key, { what, one, other, isSuspect, packets: 1, bytes, isRead: false });
  }

  /** A new connection on the same ports: that the one before was decrypted says nothing about it. */
  begins(key: string): void {
    if (this.#pairs.get(key)?.isRead === true) this.#pairs.delete(key);
  }

  /** That it was decrypted; false where there was no such traffic. */
  markRead(key: string): boolean {
    const pair = this.#pairs.get(key);
    if (pair !== undefined) pair.isRead = true;
    return pair !== undefined;
  }

  /** What may have been SIP, one entry per kind. */
  get found(): UnreadTraffic[] {
    const kinds = new Map<string, UnreadTraffic>();
    for (const { what, one, other, isSuspect, packets, bytes, isRead } of this.#pairs.values()) {
      if (isRead) continue;
      if (!isSuspect && !this.#servers.has(one.address) && !this.#servers.has(other.address)) continue;
      const between = `${endpointText(one)} and ${endpointText(other)}`;
      const kind = kinds.get(what) ?? { what, between, packets: 0, bytes: 0, flows: 0 };
      kind.packets += packets;
      kind.bytes += bytes;
      kind.flows++;
      kinds.set(what, kind);
    }
    return [...kinds.values()];
  }
}

/** Both ends of a packet of IP whose ports are known. */
export const endsOfPacket = (
  { source, destination }: { readonly source: Buffer; readonly destination: Buffer },
  sourcePort: number,
  destinationPort: number,
): readonly [Endpoint, Endpoint] => [
  { address: addressText(source), port: sourcePort },
  { address: addressText(destination), port: destinationPort },
];
