import { addressBytes, type Endpoint, endpointText, type Transport } from './endpoint.ts';
import { protocols } from './ip.ts';
import { linkTypes } from './linkLayer.ts';
import { blockTypes, byteOrderMagic } from './pcapng.ts';

/** What is to be written as if it had been captured. */
export interface WrittenPacket {
  /** Milliseconds since 1970; microseconds are kept. */
  readonly atMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly transport: Transport;
  readonly payload: Uint8Array;
  /** Shown by Wireshark beside the packet; of a stream beside its first segment. */
  readonly comment?: string;
}

const optionCodes = { end: 0, comment: 1, application: 4 } as const;
/** What fits into Ethernet: a longer stream becomes several segments, as on the wire. */
const segmentSize = 1_440;
const longestDatagram = 65_507;
const tcpFlags = { syn: 0x02, push: 0x08, acknowledge: 0x10 } as const;

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

function option(code: number, value: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(value.length, 2);
  return padded(Buffer.concat([head, value]));
}

function block(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const frame = Buffer.alloc(12 + body.length);
  frame.writeUInt32LE(type, 0);
  frame.writeUInt32LE(frame.length, 4);
  body.copy(frame, 8);
  frame.writeUInt32LE(frame.length, frame.length - 4);
  return frame;
}

/** RFC 1071. */
function checksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  // Every part but the last has an even length.
  for (const part of parts) {
    for (let at = 0; at < part.length; at += 2) sum += ((part[at] ?? 0) << 8) | (part[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

interface Ends {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
}

/** What the checksums of UDP and TCP cover besides the segment (RFC 9293 3.1, RFC 8200 8.1). */
function pseudoHeader({ source, destination }: Ends, protocol: number, length: number): Buffer {
  const rest = Buffer.alloc(8);
  rest.writeUInt32BE(length, 0);
  rest.writeUInt32BE(protocol, 4);
  return Buffer.concat([source, destination, rest]);
}

function ipPacket({ source, destination }: Ends, protocol: number, id: number, payload: Buffer): Buffer {
  const isIpv4 = source.length === 4;
  const header = Buffer.alloc(isIpv4 ? 12 : 8);
  if (isIpv4) {
    header[0] = 0x45;
    header.writeUInt16BE(20 + payload.length, 2);
    header.writeUInt16BE(id, 4);
    header[8] = 64;
    header[9] = protocol;
    header.writeUInt16BE(checksum(header, Buffer.concat([source, destination])), 10);
  } else {
    header[0] = 0x60;
    header.writeUInt16BE(payload.length, 4);
    header[6] = protocol;
    header[7] = 64;
  }
  return Buffer.concat([header, source, destination, payload]);
}

function udpDatagram(ends: Ends, sourcePort: number, destinationPort: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  const datagram = Buffer.concat([header, payload]);
  datagram.writeUInt16BE(datagram.length, 4);
  // Zero means that there is none (RFC 768).
  datagram.writeUInt16BE(checksum(pseudoHeader(ends, protocols.udp, datagram.length), datagram) || 0xffff, 6);
  return datagram;
}

interface Segment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly flags: number;
  readonly payload: Uint8Array;
}

function tcpSegment(ends: Ends, segment: Segment): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(segment.sourcePort, 0);
  header.writeUInt16BE(segment.destinationPort, 2);
  header.writeUInt32BE(segment.sequence >>> 0, 4);
  header.writeUInt32BE(segment.acknowledged >>> 0, 8);
  header[12] = 0x50;
  header[13] = segment.flags;
  header.writeUInt16BE(0xffff, 14);
  const whole = Buffer.concat([header, segment.payload]);
  whole.writeUInt16BE(checksum(pseudoHeader(ends, protocols.tcp, whole.length), whole), 16);
  return whole;
}

function endsOf({ source, destination }: WrittenPacket): Ends {
  const [from, to] = [addressBytes(source.address), addressBytes(destination.address)];
  if (from === null || to === null || from.length !== to.length) {
    throw new RangeError(`no two IP addresses of one version: ${source.address} and ${destination.address}`);
  }
  return { source: from, destination: to };
}

/**
 * Writes SIP as a pcapng file of raw IP packets (LINKTYPE_RAW) with right checksums and a comment where one helps. The same
 * packets give the same bytes. A TCP connection begins with its handshake when its first bytes are written.
 */
export class PcapngWriter {
  /** Next sequence number of each direction of each connection. */
  readonly #sequences = new Map<string, number>();
  #id = 0;

  /** The start of the file, which comes before all packets. */
  start(): Buffer {
    const section = Buffer.alloc(16);
    section.writeUInt32LE(byteOrderMagic, 0);
    section.writeUInt16LE(1, 4);
    // The length of the section is not known.
    section.writeBigInt64LE(-1n, 8);
    const description = Buffer.alloc(8);
    description.writeUInt16LE(linkTypes.raw, 0);
    const application = option(optionCodes.application, Buffer.from('ringproof'));
    return Buffer.concat([
      block(blockTypes.sectionHeader, section, application, option(optionCodes.end, Buffer.alloc(0))),
      block(blockTypes.interfaceDescription, description),
    ]);
  }

  /** The bytes of one packet, or of as many as a stream takes. Throws a RangeError where no such packet can be. */
  packet(packet: WrittenPacket): Buffer {
    const ends = endsOf(packet);
    if (packet.transport === 'tcp') return this.#stream(packet, ends);
    const { source, destination, payload } = packet;
    if (payload.length > longestDatagram) {
      throw new RangeError(`${payload.length} bytes; a datagram takes ${longestDatagram}`);
    }
    return this.#block(packet, ends, protocols.udp, udpDatagram(ends, source.port, destination.port, payload), true);
  }

  #stream(packet: WrittenPacket, ends: Ends): Buffer {
    const { source, destination, payload } = packet;
    const [there, back] = [
      `${endpointText(source)}>${endpointText(destination)}`,
      `${endpointText(destination)}>${endpointText(source)}`,
    ];
    const blocks = this.#sequences.has(there) ? [] : this.#handshake(packet, ends, there, back);
    for (let from = 0; from < payload.length; from += segmentSize) {
      const part = payload.subarray(from, from + segmentSize);
      const sequence = this.#sequences.get(there) ?? 0;
      const segment = tcpSegment(ends, {
        sourcePort: source.port,
        destinationPort: destination.port,
        sequence,
        acknowledged: this.#sequences.get(back) ?? 0,
        flags: tcpFlags.push | tcpFlags.acknowledge,
        payload: part,
      });
      blocks.push(this.#block(packet, ends, protocols.tcp, segment, from === 0));
      this.#sequences.set(there, (sequence + part.length) >>> 0);
    }
    return Buffer.concat(blocks);
  }

  #handshake(packet: WrittenPacket, ends: Ends, there: string, back: string): Buffer[] {
    const reversed = { source: ends.destination, destination: ends.source };
    const ports = { sourcePort: packet.source.port, destinationPort: packet.destination.port };
    const backPorts = { sourcePort: packet.destination.port, destinationPort: packet.source.port };
    const payload = Buffer.alloc(0);
    const { syn, acknowledge } = tcpFlags;
    const write = (way: Ends, segment: Segment) =>
      this.#block(packet, way, protocols.tcp, tcpSegment(way, segment), false);
    this.#sequences.set(there, 1);
    this.#sequences.set(back, 1);
    return [
      write(ends, { ...ports, sequence: 0, acknowledged: 0, flags: syn, payload }),
      write(reversed, { ...backPorts, sequence: 0, acknowledged: 1, flags: syn | acknowledge, payload }),
      write(ends, { ...ports, sequence: 1, acknowledged: 1, flags: acknowledge, payload }),
    ];
  }

  #block({ atMs, comment }: WrittenPacket, ends: Ends, protocol: number, payload: Buffer, isFirst: boolean): Buffer {
    this.#id = (this.#id + 1) & 0xffff;
    const data = ipPacket(ends, protocol, this.#id, payload);
    const head = Buffer.alloc(20);
    // Microseconds, which is what the format assumes where an interface does not say.
    const ticks = BigInt(Math.round(atMs * 1000));
    head.writeUInt32LE(Number(ticks >> 32n), 4);
    head.writeUInt32LE(Number(ticks & 0xffffffffn), 8);
    head.writeUInt32LE(data.length, 12);
    head.writeUInt32LE(data.length, 16);
    const options =
      isFirst && comment !== undefined
        ? [option(optionCodes.comment, Buffer.from(comment)), option(optionCodes.end, Buffer.alloc(0))]
        : [];
    return block(blockTypes.enhancedPacket, head, padded(data), ...options);
  }
}
