import type { CaptureFile } from '../../src/capture/packetFiles.ts';
import { PcapngWriter, type WrittenPacket } from '../../src/capture/pcapngWriter.ts';
import { type CapturedSip, type Reading, SipCapture } from '../../src/capture/sipCapture.ts';

/** A packet of raw IP with its time, as a file of any format may hold it. */
export interface RawPacket {
  readonly atMs: number;
  readonly data: Buffer;
}

export const captureOf = (packets: readonly WrittenPacket[]): Buffer => {
  const writer = new PcapngWriter();
  return Buffer.concat([writer.start(), ...packets.map((packet) => writer.packet(packet))]);
};

/** The raw IP packets in which these are written. */
export function rawPackets(packets: readonly WrittenPacket[]): RawPacket[] {
  const writer = new PcapngWriter();
  return packets.flatMap((packet) => {
    const blocks = writer.packet(packet);
    const found: RawPacket[] = [];
    for (let at = 0; at < blocks.length; at += blocks.readUInt32LE(at + 4)) {
      const length = blocks.readUInt32LE(at + 20);
      found.push({ atMs: packet.atMs, data: Buffer.from(blocks.subarray(at + 28, at + 28 + length)) });
    }
    return found;
  });
}

interface PcapOptions {
  readonly linkType?: number;
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
  /** As the patched libpcap of old Linux wrote it. */
  readonly patched?: boolean;
}

/** The packets as a file of the classic format. */
export function pcapOf(
  packets: readonly RawPacket[],
  { linkType = 101, littleEndian = true, nanoseconds = false, patched = false }: PcapOptions = {},
): Buffer {
  const words = (...values: number[]) => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [index, value] of values.entries()) {
      if (littleEndian) bytes.writeUInt32LE(value, 4 * index);
      else bytes.writeUInt32BE(value, 4 * index);
    }
    return bytes;
  };
  const version = littleEndian ? 0x00040002 : 0x00020004;
  const magic = patched ? 0xa1b2cd34 : nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const header = words(magic, version, 0, 0, 262_144, linkType);
  const perMs = nanoseconds ? 1e6 : 1e3;
  const records = packets.flatMap(({ atMs, data }) => {
    const seconds = Math.floor(atMs / 1000);
    const fraction = Math.round((atMs - seconds * 1000) * perMs);
    return [words(seconds, fraction, data.length, data.length, ...(patched ? [2, 8] : [])), data];
  });
  return Buffer.concat([header, ...records]);
}

/** The file in pieces of that many bytes, as a stream may deliver it. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** The bytes as one file, in pieces of that size. */
export const oneFile = (bytes: Buffer, size: number): CaptureFile[] => [
  { name: 'capture', chunks: inPieces(bytes, size) },
];

/** Everything that the reader makes of a file. */
export async function readAll(
  file: Buffer,
  pieceSize = 65_536,
): Promise<{ messages: CapturedSip[]; texts: string[]; reading: Reading }> {
  const capture = new SipCapture(oneFile(file, pieceSize));
  const messages: CapturedSip[] = [];
  for await (const message of capture.messages()) messages.push(message);
  return { messages, texts: messages.map(({ bytes }) => bytes.toString()), reading: capture.reading };
}
