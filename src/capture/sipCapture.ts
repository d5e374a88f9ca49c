import { addressText, type Endpoint, type Transport } from './endpoint.ts';
import { FragmentAssembler } from './fragments.ts';
import { looksLikeHep, readHep } from './hep.ts';
import { type IpPacket, protocols, readIp } from './ip.ts';
import { ipPacketIn } from './linkLayer.ts';
import type { CaptureDamage, CapturedPacket } from './packet.ts';
import { PacketReader } from './packetReader.ts';
import { looksLikeSip } from './sipStream.ts';
import { TcpFlows } from './tcpFlows.ts';
import { readTcp } from './tcpSegment.ts';

/** One SIP message as it passed the place where the capture was made. */
export interface CapturedSip {
  /** Milliseconds since 1970, with a fraction; of a stream the time at which the last byte came. */
  readonly atMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly transport: Transport;
  readonly bytes: Buffer;
}

/** How much of a capture could be read. */
export interface Reading {
  packets: number;
  messages: number;
  firstMs: number | null;
  lastMs: number | null;
  /** Where reading had to stop, or null where the capture was read to its end. */
  damage: CaptureDamage | null;
  /** SIP datagrams that the snap length cut. */
  cutMessages: number;
  /** Fragmented packets that never got whole. */
  incompletePackets: number;
  /** Directions of TCP connections with SIP that lack bytes. */
  incompleteStreams: number;
  /** Directions of connections on the port of SIP over TLS that are TLS. */
  tlsStreams: number;
  /** Packets whose format gives them no time. */
  untimedPackets: number;
  /** Packets more than a second older than one before them. */
  disorderedPackets: number;
  /** Packets per LINKTYPE_ that is not read. */
  readonly unreadLinkTypes: Map<number, number>;
}

const nothingRead = (): Reading => ({
  packets: 0,
  messages: 0,
  firstMs: null,
  lastMs: null,
  damage: null,
  cutMessages: 0,
  incompletePackets: 0,
  incompleteStreams: 0,
  tlsStreams: 0,
  untimedPackets: 0,
  disorderedPackets: 0,
  unreadLinkTypes: new Map(),
});

/** The SIP messages of a capture file, in the order of its packets. Holds a bounded amount of it, however long it is. */
export class SipCapture {
  readonly reading: Reading = nothingRead();
  readonly #packets: PacketReader;
  readonly #fragments = new FragmentAssembler();
  readonly #flows = new TcpFlows();

  /** @param chunks the bytes of a pcap or pcapng file, such as a `Readable` */
  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#packets = new PacketReader(chunks);
  }

  /** Reads everything, once. Throws an `UnknownFormat` where it is no capture file; damage further on ends it instead. */
  async *messages(): AsyncGenerator<CapturedSip> {
    for await (const packets of this.#packets.batches()) {
      for (const packet of packets) yield* this.#messagesIn(packet);
    }
    for (const [key, messages] of this.#flows.flush()) {
      for (const bytes of messages) yield this.#counted({ atMs: this.reading.lastMs ?? 0, ...endsOf(key), bytes });
    }
    this.reading.damage = this.#packets.damage;
    this.reading.incompletePackets = this.#fragments.givenUp + this.#fragments.waiting;
    this.reading.incompleteStreams = this.#flows.incomplete;
    this.reading.tlsStreams = this.#flows.tls;
  }

  *#messagesIn(packet: CapturedPacket): Iterable<CapturedSip> {
    const { reading } = this;
    const { linkType, data } = packet;
    const atMs = packet.atMs ?? reading.lastMs ?? 0;
    reading.packets++;
    if (packet.atMs === null) reading.untimedPackets++;
    if (atMs < (reading.lastMs ?? atMs) - 1_000) reading.disorderedPackets++;
    reading.firstMs ??= atMs;
    reading.lastMs = Math.max(atMs, reading.lastMs ?? atMs);
    const inner = ipPacketIn(linkType, data);
    if (inner === undefined) {
      reading.unreadLinkTypes.set(linkType, (reading.unreadLinkTypes.get(linkType) ?? 0) + 1);
      return;
    }
    const fragment = inner === null ? null : readIp(inner);
    const whole = fragment === null ? null : this.#fragments.add(fragment, atMs);
    if (whole?.protocol === protocols.udp) yield* this.#datagram(whole, atMs);
    else if (whole?.protocol === protocols.tcp) yield* this.#segment(whole, atMs);
  }

  *#datagram(packet: IpPacket, atMs: number): Iterable<CapturedSip> {
    const { payload } = packet;
    if (payload.length < 8) return;
    // Zero where the network card was to cut the datagram up.
    const length = payload.readUInt16BE(4) || payload.length;
    const content = payload.subarray(8, Math.max(8, length));
    if (looksLikeHep(content)) yield* this.#mirrored(content);
    else if (looksLikeSip(content)) {
      if (packet.missing > 0) this.reading.cutMessages++;
      const ends = endsOf(keyOf(packet, payload.readUInt16BE(0), payload.readUInt16BE(2), 'udp'));
      yield this.#counted({ atMs, ...ends, bytes: Buffer.from(content) });
    }
  }

  *#mirrored(content: Buffer): Iterable<CapturedSip> {
    const mirrored = readHep(content);
    if (mirrored === null || !looksLikeSip(mirrored.payload)) return;
    const { payload, ...ends } = mirrored;
    yield this.#counted({ ...ends, bytes: Buffer.from(payload) });
  }

  *#segment(packet: IpPacket, atMs: number): Iterable<CapturedSip> {
    const segment = readTcp(packet.payload);
    if (segment === null) return;
    const key = keyOf(packet, segment.sourcePort, segment.destinationPort, 'tcp');
    for (const bytes of this.#flows.add(key, segment)) yield this.#counted({ atMs, ...endsOf(key), bytes });
  }

  #counted(message: CapturedSip): CapturedSip {
    this.reading.messages++;
    return message;
  }
}

/** Addresses and ports as Latin-1: cheap to make for each packet, and enough to name the ends where a message comes. */
function keyOf({ source, destination }: IpPacket, sourcePort: number, destinationPort: number, transport: Transport) {
  return `${source.toString('latin1')}${destination.toString('latin1')}${transport}${sourcePort}>${destinationPort}`;
}

function endsOf(key: string): Pick<CapturedSip, 'source' | 'destination' | 'transport'> {
  const [, sourcePort, destinationPort] = /(\d+)>(\d+)$/.exec(key) ?? [];
  const ports = `${sourcePort}>${destinationPort}`;
  const addresses = Buffer.from(key.slice(0, -ports.length - 3), 'latin1');
  const half = addresses.length / 2;
  return {
    source: { address: addressText(addresses.subarray(0, half)), port: Number(sourcePort) },
    destination: { address: addressText(addresses.subarray(half)), port: Number(destinationPort) },
    transport: key.slice(-ports.length - 3, -ports.length) as Transport,
  };
}
