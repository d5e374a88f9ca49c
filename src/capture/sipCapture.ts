import type { Carried } from './carried.ts';
import { addressBytes, addressText, type Endpoint, type Transport } from './endpoint.ts';
import { readExportedPdu } from './exportedPdu.ts';
import { FragmentAssembler } from './fragments.ts';
import { isWholeHep, looksLikeHep, readHep, readOldHep } from './hep.ts';
import { type IpPacket, protocols, readIp } from './ip.ts';
import { carriedIn, linkTypes } from './linkLayer.ts';
import type { MirroredPacket } from './mirroredPacket.ts';
import type { CaptureDamage, CapturedPacket } from './packet.ts';
import { type CaptureFile, type FileDamage, PacketFiles } from './packetFiles.ts';
import { looksLikeCutSip, looksLikeSip } from './startLine.ts';
import type { Moment, StreamItem } from './streamReader.ts';
import { isSipPort, TcpFlows } from './tcpFlows.ts';
import { readTcp } from './tcpSegment.ts';
import { tunnelledIn, tunnelledInUdp } from './tunnels.ts';
import { endsOfPacket, Unread, type UnreadTraffic, unknownEnds } from './unread.ts';

/** One SIP message as it passed the place where the capture was made. */
export interface CapturedSip extends Moment {
  /** Milliseconds since 1970, with a fraction; of a stream the time at which the last byte came. */
  readonly atMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly transport: Transport;
  readonly bytes: Buffer;
  /** Whether only its Content-Length says where it ends: over TCP, but not in a WebSocket (RFC 7118 5). */
  readonly isFramed: boolean;
}

/** How much of a capture could be read. */
export interface Reading {
  packets: number;
  messages: number;
  firstMs: number | null;
  lastMs: number | null;
  /** Where reading had to stop, or null where the capture was read to its end; of several files the first. */
  damage: CaptureDamage | null;
  damages: readonly FileDamage[];
  /** SIP datagrams that the snap length cut. */
  cutMessages: number;
  /** Fragmented packets that never got whole. */
  incompletePackets: number;
  /** Directions of TCP connections with SIP that lack bytes, or have some where no message begins. */
  incompleteStreams: number;
  /** What may have been SIP and could not be read. */
  unread: readonly UnreadTraffic[];
  /** Bytes of all packets, as long as they were on the wire. */
  bytes: number;
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
  damages: [],
  cutMessages: 0,
  incompletePackets: 0,
  incompleteStreams: 0,
  unread: [],
  bytes: 0,
  untimedPackets: 0,
  disorderedPackets: 0,
  unreadLinkTypes: new Map(),
});

/** Tunnels in tunnels; nobody builds more, and a packet that says otherwise is broken. */
const deepestTunnel = 8;

/** The SIP messages of a capture file, in the order of its packets. Holds a bounded amount of it, however long it is. */
export class SipCapture {
  readonly reading: Reading = nothingRead();
  readonly #packets: PacketFiles;
  readonly #fragments = new FragmentAssembler();
  readonly #flows = new TcpFlows();
  readonly #unread = new Unread();
  readonly #ends = new Map<string, Ends>();
  /** When the packet came that is being read. */
  #atMs = 0;

  /** @param files pcap or pcapng files, with chunks such as a `Readable` delivers them */
  constructor(files: readonly CaptureFile[]) {
    this.#packets = new PacketFiles(files);
  }

  /** Reads everything, once. Throws an `UnknownFormat` where it is no capture file; damage further on ends it instead. */
  async *messages(): AsyncGenerator<CapturedSip> {
    for await (const packets of this.#packets.batches()) {
      for (const packet of packets) yield* this.#messagesIn(packet);
    }
    this.#atMs = this.reading.lastMs ?? 0;
    for (const [key, items] of this.#flows.flush()) yield* this.#streamed(key, items);
    this.soFar();
  }

  /** How much could be read up to now. */
  soFar(): Reading {
    const { reading } = this;
    const { damages } = this.#packets;
    reading.damages = damages;
    const [first] = damages;
    reading.damage =
      first === undefined ? null : { offset: first.offset, found: first.found, expected: first.expected };
    reading.incompletePackets = this.#fragments.givenUp + this.#fragments.waiting;
    reading.incompleteStreams = this.#flows.incomplete;
    for (const { key, bytes } of this.#flows.strangers.splice(0)) {
      const { source, destination } = endsOf(key);
      this.#unread.add(key, 'connections on a port of SIP without any SIP', bytes, true, () => [source, destination]);
    }
    reading.unread = this.#unread.found;
    return reading;
  }

  *#messagesIn(packet: CapturedPacket): Iterable<CapturedSip> {
    const { reading } = this;
    const { linkType, data } = packet;
    const atMs = packet.atMs ?? reading.lastMs ?? 0;
    this.#atMs = atMs;
    const { decrypts } = this.#packets;
    if (decrypts !== null) return yield* this.#decrypted(data, decrypts);
    reading.packets++;
    reading.bytes += packet.wireLength;
    if (packet.atMs === null) reading.untimedPackets++;
    if (atMs < (reading.lastMs ?? atMs) - 1_000) reading.disorderedPackets++;
    reading.firstMs ??= atMs;
    reading.lastMs = Math.max(atMs, reading.lastMs ?? atMs);
    if (linkType === linkTypes.exportedPdu) return yield* this.#exported(data);
    const carried = carriedIn(linkType, data);
    if (carried === undefined) reading.unreadLinkTypes.set(linkType, (reading.unreadLinkTypes.get(linkType) ?? 0) + 1);
    else if (carried !== null) yield* this.#carried(carried, null, 0);
    else if (hasSipWithin(data)) this.#cannotRead('SIP in frames of another protocol', null, data.length);
  }

  /** @param outer the packet of IP that carries it, or null */
  *#carried(carried: Carried, outer: IpPacket | null, depth: number): Iterable<CapturedSip> {
    if ('unreadable' in carried) return this.#cannotRead(carried.unreadable, outer);
    const fragment = readIp(carried.ip);
    if (fragment === null && hasSipWithin(carried.ip))
      this.#cannotRead('SIP in frames of another protocol', outer, carried.ip.length);
    const whole = fragment === null ? null : this.#fragments.add(fragment, this.#atMs);
    if (whole === null || depth > deepestTunnel) return;
    if (whole.protocol === protocols.udp) return yield* this.#datagram(whole, depth);
    if (whole.protocol === protocols.tcp) return yield* this.#segment(whole);
    const inner = tunnelledIn(whole.protocol, whole.payload);
    if (inner !== null) yield* this.#carried(inner, whole, depth + 1);
    // ICMP quotes what did not arrive: that is on its way to nobody.
    else if (!isIcmp(whole) && hasSipWithin(whole.payload)) this.#cannotRead('SIP in another protocol of IP', whole);
  }

  /** A tunnel is suspect whoever its ends are: what passes in it has other ones. */
  #cannotRead(what: string, packet: IpPacket | null, bytes = packet?.payload.length ?? 0): void {
    const hosts = packet === null ? '' : `${packet.source.toString('latin1')}${packet.destination.toString('latin1')}`;
    const ends = () => (packet === null ? unknownEnds : endsOfPacket(packet, 0, 0));
    this.#unread.add(`${what}${hosts}`, what, bytes, true, ends);
  }

  *#datagram(packet: IpPacket, depth: number): Iterable<CapturedSip> {
    const { payload } = packet;
    if (payload.length < 8) return;
    // Zero where the network card was to cut the datagram up.
    const length = payload.readUInt16BE(4) || payload.length;
    const [source, destination, content] = [
      payload.readUInt16BE(0),
      payload.readUInt16BE(2),
      payload.subarray(8, Math.max(8, length)),
    ];
    const isOnSipPort = isSipPort(source) || isSipPort(destination);
    const isCutSip = packet.missing > 0 && looksLikeCutSip(content);
    if (isCutSip || looksLikeSip(content)) return yield this.#whole(packet, source, destination, content);
    const mirrored = looksLikeHep(content) ? readHep(content) : readOldHep(content, this.#atMs);
    if (mirrored !== null) return yield* this.#mirrored(mirrored);
    if (looksLikeHep(content))
      return isWholeHep(content) ? undefined : this.#cannotRead('HEPv3, cut off or broken', packet);
    const inner = tunnelledInUdp(source, destination, content);
    if (inner !== null) yield* this.#carried(inner, packet, depth + 1);
    else if (isOnSipPort && hasSipWithin(content)) yield this.#whole(packet, source, destination, content);
    else if (isOnSipPort && isDtls(content)) this.#cannotRead('DTLS', packet);
    else if (isOnSipPort && !isKeepAlive(content))
      this.#cannotRead('datagrams on a port of SIP without any SIP', packet);
    else if (hasSipWithin(content)) this.#cannotRead('SIP in datagrams of another protocol', packet);
  }

  #whole(packet: IpPacket, source: number, destination: number, content: Buffer): CapturedSip {
    if (packet.missing > 0) this.reading.cutMessages++;
    return this.#counted({
      atMs: this.#atMs,
      ...this.#endsOf(keyOf(packet, source, destination, 'udp')),
      bytes: Buffer.from(content),
    });
  }

  *#mirrored({ payload, isBroken, ...ends }: MirroredPacket): Iterable<CapturedSip> {
    if (isBroken || looksLikeSip(payload)) yield this.#counted({ ...ends, bytes: Buffer.from(payload) });
  }

  *#exported(data: Buffer): Iterable<CapturedSip> {
    const pdu = readExportedPdu(data);
    if (pdu === null) return;
    const { payload, frame, ...ends } = pdu;
    const message = this.#counted({ atMs: this.#atMs, ...ends, bytes: Buffer.from(payload) });
    yield frame === null ? message : { ...message, frame };
  }

  /** SIP that was in TLS in another file. */
  *#decrypted(data: Buffer, file: number): Iterable<CapturedSip> {
    const pdu = readExportedPdu(data);
    if (pdu === null || pdu.transport !== 'tcp') return;
    const { payload, frame, ...ends } = pdu;
    const packet = { source: bytesOf(ends.source.address), destination: bytesOf(ends.destination.address) };
    const key = keyOf(packet, ends.source.port, ends.destination.port, 'tcp');
    this.#unread.markRead(`TLS${key}`);
    this.#flows.decrypted(key);
    yield { ...this.#counted({ atMs: this.#atMs, ...ends, bytes: Buffer.from(payload) }), file, frame: frame ?? 0 };
  }

  *#segment(packet: IpPacket): Iterable<CapturedSip> {
    const segment = readTcp(packet.payload);
    if (segment === null) return;
    const key = keyOf(packet, segment.sourcePort, segment.destinationPort, 'tcp');
    const { items, unreadable } = this.#flows.add(key, segment, this.#now());
    const [answer] = items;
    if (answer !== undefined && !Buffer.isBuffer(answer) && 'at' in answer)
      yield* this.#answered(packet, segment, items);
    if (unreadable !== null && segment.payload.length > 0) this.#encrypted(unreadable, key, segment);
    if (items.length > 0) yield* this.#streamed(key, items);
  }

  /** Requests of the other direction that these answer come before them. */
  *#answered(
    { source, destination }: IpPacket,
    { sourcePort, destinationPort }: { readonly sourcePort: number; readonly destinationPort: number },
    items: readonly StreamItem[],
  ): Iterable<CapturedSip> {
    const key = keyOf({ source: destination, destination: source }, destinationPort, sourcePort, 'tcp');
    for (const item of items) {
      if (Buffer.isBuffer(item) || !('at' in item)) continue;
      const isResponse = /^SIP/i.test(item.bytes.toString('latin1', 0, 3));
      if (isResponse) yield* this.#streamed(key, this.#flows.answered(key, item.bytes));
    }
  }

  #now(): Moment {
    const { file, frame } = this.#packets;
    return { atMs: this.#atMs, file, frame };
  }

  /** Suspect on a port of SIP; elsewhere it depends on who the ends are. */
  #encrypted(
    what: string,
    key: string,
    segment: { readonly sourcePort: number; readonly destinationPort: number; readonly payload: Buffer },
  ): void {
    const isSuspect = isSipPort(segment.sourcePort) || isSipPort(segment.destinationPort);
    if (isHello(segment.payload)) this.#unread.begins(`${what}${key}`);
    this.#unread.add(`${what}${key}`, what, segment.payload.length, isSuspect, () => {
      const { source, destination } = endsOf(key);
      return [source, destination];
    });
  }

  *#streamed(key: string, items: readonly StreamItem[]): Iterable<CapturedSip> {
    for (const item of items) {
      if (Buffer.isBuffer(item)) yield this.#counted({ atMs: this.#atMs, ...this.#endsOf(key), bytes: item });
      else if ('at' in item) {
        const { bytes, at } = item;
        yield { ...this.#counted({ ...this.#endsOf(key), bytes, atMs: at.atMs }), ...at, isFramed: true };
      } else yield* this.#mirrored(item);
    }
  }

  #counted({
    atMs,
    source,
    destination,
    transport,
    bytes,
  }: Omit<CapturedSip, 'file' | 'frame' | 'isFramed'>): CapturedSip {
    this.reading.messages++;
    // A REGISTER goes to a server: what else that host receives may be SIP as well.
    if (bytes[0] === 0x52 && bytes[1] === 0x45 && bytes[2] === 0x47) this.#unread.serves(destination);
    const { file, frame } = this.#packets;
    return { atMs, source, destination, transport, bytes, file, frame, isFramed: false };
  }

  /** The same ends come again with each message, so their texts are made once. */
  #endsOf(key: string): Ends {
    const known = this.#ends.get(key);
    if (known !== undefined) return known;
    const ends = endsOf(key);
    if (this.#ends.size >= mostEnds) this.#ends.clear();
    this.#ends.set(key, ends);
    return ends;
  }
}

const bytesOf = (address: string): Buffer => Buffer.from(addressBytes(address) ?? []);

type Ends = Pick<CapturedSip, 'source' | 'destination' | 'transport'>;

/** Ends of which the texts are kept. */
const mostEnds = 2_000;

/** Whether there is a Via in what is not SIP by its first line, or by what it is for. */
const hasSipWithin = (bytes: Buffer): boolean => bytes.indexOf('SIP/2.0/', 0, 'latin1') >= 0;

/** No message of SIP is shorter, not even one of SigComp (RFC 3320) that leaves out what both ends know. */
const shortestMessage = 32;
const stunCookie = 0x2112a442;

/** What keeps the hole in a NAT open: empty lines, a few bytes of a maker's own, STUN (RFC 5626 3.5). */
const isKeepAlive = (bytes: Buffer): boolean =>
  bytes.length < shortestMessage || (bytes.readUInt8(0) < 4 && bytes.readUInt32BE(4) === stunCookie);

const isIcmp = ({ protocol }: IpPacket): boolean => protocol === protocols.icmp || protocol === protocols.icmpv6;

/** The first message of an end of TLS (RFC 8446 4): ClientHello or ServerHello. */
const isHello = (bytes: Buffer): boolean => bytes[0] === 0x16 && (bytes[5] === 1 || bytes[5] === 2);

/** A record of DTLS (RFC 9147 4): type and version 1.0 or 1.2. */
const isDtls = ([type = 0, major, minor]: Buffer): boolean =>
  type >= 0x14 && type <= 0x17 && major === 0xfe && (minor === 0xff || minor === 0xfd);

/** Addresses and ports as Latin-1: cheap to make for each packet, and enough to name the ends where a message comes. */
function keyOf(
  { source, destination }: Pick<IpPacket, 'source' | 'destination'>,
  sourcePort: number,
  destinationPort: number,
  transport: Transport,
) {
  return `${source.toString('latin1')}${destination.toString('latin1')}${transport}${sourcePort}>${destinationPort}`;
}

function endsOf(key: string): Ends {
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
