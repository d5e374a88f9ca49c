import { type ByteQueue, type CapturedPacket, DamagedCapture, largestPacket, type PacketParser } from './packet.ts';

interface Format {
  readonly littleEndian: boolean;
  /** Unit of the fraction of a second. */
  readonly perMs: number;
  readonly packetHeaderLength: number;
}

const usual = { littleEndian: false, perMs: 1e3, packetHeaderLength: 16 };
const nanoseconds = { ...usual, perMs: 1e6 };
/** Of Kuznetzov's patches of libpcap, which old Linux had: interface, protocol and type of packet follow. */
const patched = { ...usual, packetHeaderLength: 24 };

/** By the first four bytes, read big-endian. */
const magics: ReadonlyMap<number, Format> = new Map([
  [0xa1b2c3d4, usual],
  [0xd4c3b2a1, { ...usual, littleEndian: true }],
  [0xa1b23c4d, nanoseconds],
  [0x4d3cb2a1, { ...nanoseconds, littleEndian: true }],
  [0xa1b2cd34, patched],
  [0x34cdb2a1, { ...patched, littleEndian: true }],
]);

export const isPcap = (magic: number): boolean => magics.has(magic);

const fileHeaderLength = 24;

/** The classic format of libpcap (draft-ietf-opsawg-pcap): one link type, microseconds or nanoseconds. */
export class PcapParser implements PacketParser {
  #header: (Format & { readonly linkType: number }) | null = null;

  *packets(bytes: ByteQueue): Iterable<CapturedPacket> {
    if (this.#header === null && bytes.length < fileHeaderLength) return;
    this.#header ??= this.#fileHeader(bytes.take(fileHeaderLength));
    const { littleEndian, perMs, linkType, packetHeaderLength } = this.#header;
    while (bytes.length >= packetHeaderLength) {
      const header = bytes.peek(packetHeaderLength);
      const word = (at: number) => (littleEndian ? header.readUInt32LE(at) : header.readUInt32BE(at));
      const [seconds, fraction, captured, wireLength] = [word(0), word(4), word(8), word(12)];
      if (captured > largestPacket || fraction >= perMs * 1000) {
        throw new DamagedCapture({
          offset: bytes.offset,
          found: `a packet header that says ${captured} bytes, and ${fraction} as fraction of its second`,
          expected: `at most ${largestPacket} bytes and ${perMs * 1000 - 1}`,
        });
      }
      if (bytes.length < packetHeaderLength + captured) return;
      bytes.take(packetHeaderLength);
      yield { atMs: seconds * 1000 + fraction / perMs, linkType, data: bytes.take(captured), wireLength };
    }
  }

  #fileHeader(header: Buffer): Format & { readonly linkType: number } {
    const format = magics.get(header.readUInt32BE(0));
    if (format === undefined) throw new RangeError('not a pcap file');
    const network = format.littleEndian ? header.readUInt32LE(20) : header.readUInt32BE(20);
    // The upper bits say whether and how long a frame check sequence is.
    return { ...format, linkType: network & 0xffff };
  }
}
