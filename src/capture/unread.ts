import { addressText, type Endpoint, endpointText } from './endpoint.ts';

/** Traffic that may hold SIP and cannot be read. */
export interface UnreadTraffic {
  /** `TLS`, `WebSocket, compressed`, `IPsec ESP`. */
  readonly what: string;
  /** Between whom, of the first that was seen; empty where that cannot be read either. */
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

/** Pairs of ends that are told apart, and hosts that are remembered as servers: some 40 MB. */
const mostRemembered = 100_000;

/** Keeps what could not be read, until it is known which hosts are SIP servers: other TLS is somebody's web traffic. */
export class Unread {
  readonly #most: number;
  readonly #pairs = new Map<string, Pair>();
  /** By kind, what came when no more pairs could be told apart: it counts, whoever its ends are, decrypted or not. */
  readonly #rest = new Map<string, UnreadTraffic>();
  readonly #servers = new Set<string>();
  /** There were more servers than are remembered: any host may be one. */
  #isAnyServer = false;
  #latest = '';

  /** @param most how many pairs and servers are remembered */
  constructor(most = mostRemembered) {
    this.#most = most;
  }

  /** A request was sent to this host: what it receives besides may be SIP. */
  serves({ address }: Endpoint): void {
    if (address === this.#latest) return;
    this.#latest = address;
    if (this.#servers.size < this.#most) this.#servers.add(address);
    else this.#isAnyServer ||= !this.#servers.has(address);
  }

  add(key: string, what: string, bytes: number, isSuspect: boolean, ends: () => readonly [Endpoint, Endpoint]): void {
    const known = this.#pairs.get(key);
    if (known !== undefined) {
      known.packets++;
      known.bytes += bytes;
      known.isSuspect ||= isSuspect;
      return;
    }
    if (this.#pairs.size >= this.#most) this.#addToRest(what, bytes, ends);
    else {
      const [one, other] = ends();
      this.#pairs.set(key, { what, one, other, isSuspect, packets: 1, bytes, isRead: false });
    }
  }

  #addToRest(what: string, bytes: number, ends: () => readonly [Endpoint, Endpoint]): void {
    const rest = this.#rest.get(what) ?? {
      what: `${what}, of more connections than are told apart`,
      between: betweenText(...ends()),
      ...{ packets: 0, bytes: 0, flows: 0 },
    };
    rest.packets++;
    rest.bytes += bytes;
    this.#rest.set(what, rest);
  }

  /** A new connection on the same ports: that the one before was decrypted says nothing about it. */
  begins(key: string): void {
    if (this.#pairs.get(key)?.isRead === true) this.#pairs.delete(key);
  }

  /** That it was decrypted. */
  markRead(key: string): void {
    const pair = this.#pairs.get(key);
    if (pair !== undefined) pair.isRead = true;
  }

  /** What may have been SIP, one entry per kind, and one more of a kind of which there was too much. */
  get found(): UnreadTraffic[] {
    const kinds = new Map<string, UnreadTraffic>();
    for (const { what, one, other, isSuspect, packets, bytes, isRead } of this.#pairs.values()) {
      if (isRead) continue;
      if (!isSuspect && !this.#isServer(one) && !this.#isServer(other)) continue;
      const kind = kinds.get(what) ?? { what, between: betweenText(one, other), packets: 0, bytes: 0, flows: 0 };
      kind.packets += packets;
      kind.bytes += bytes;
      kind.flows++;
      kinds.set(what, kind);
    }
    return [...kinds.values(), ...[...this.#rest.values()].map((rest) => ({ ...rest }))];
  }

  #isServer({ address }: Endpoint): boolean {
    return this.#isAnyServer || this.#servers.has(address);
  }
}

/** Ends that cannot be read. */
export const unknownEnds: readonly [Endpoint, Endpoint] = [
  { address: '', port: 0 },
  { address: '', port: 0 },
];

const betweenText = (one: Endpoint, other: Endpoint): string =>
  one.address === '' ? '' : `${hostText(one)} and ${hostText(other)}`;

/** Without the port where it is none: of what is no TCP and no UDP. */
const hostText = (end: Endpoint): string => (end.port === 0 ? end.address : endpointText(end));

/** Both ends of a packet of IP whose ports are known. */
export const endsOfPacket = (
  { source, destination }: { readonly source: Buffer; readonly destination: Buffer },
  sourcePort: number,
  destinationPort: number,
): readonly [Endpoint, Endpoint] => [
  { address: addressText(source), port: sourcePort },
  { address: addressText(destination), port: destinationPort },
];
