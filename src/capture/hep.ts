import { unzipSync } from 'node:zlib';
import { addressText, type Transport } from './endpoint.ts';
import type { MirroredPacket } from './mirroredPacket.ts';
import { looksLikeSip } from './startLine.ts';

/** Chunk types of HEPv3 (vendor 0), https://github.com/sipcapture/HEP. */
const chunks = {
  protocol: 2,
  source4: 3,
  destination4: 4,
  source6: 5,
  destination6: 6,
  sourcePort: 7,
  destinationPort: 8,
  seconds: 9,
  microseconds: 10,
  payloadKind: 11,
  payload: 15,
  compressedPayload: 16,
} as const;
const sipKind = 1;
/** What a datagram of it can unpack to, and no bomb. */
const longestPayload = 1 << 20;

export const looksLikeHep = (bytes: Buffer): boolean => bytes.length > 6 && bytes.readUInt32BE(0) === 0x48455033;

/** Type and value of each chunk of vendor 0; null where lengths make no sense. */
function chunksIn(bytes: Buffer): Map<number, Buffer> | null {
  const end = bytes.readUInt16BE(4);
  if (end > bytes.length) return null;
  const found = new Map<number, Buffer>();
  for (let at = 6; at < end; ) {
    if (at + 6 > end) return null;
    const [vendor, type, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2), bytes.readUInt16BE(at + 4)];
    if (length < 6 || at + length > end) return null;
    if (vendor === 0) found.set(type, bytes.subarray(at + 6, at + length));
    at += length;
  }
  return found;
}

/** Whether all of it is there, whatever it mirrors. */
export const isWholeHep = (bytes: Buffer): boolean => chunksIn(bytes) !== null;

/** gzip or zlib; null where it is neither, or broken. */
function unpacked(bytes: Buffer): Buffer | null {
  try {
    return unzipSync(bytes, { maxOutputLength: longestPayload });
  } catch {
    return null;
  }
}

/** The SIP packet in a HEPv3 datagram; null where there is none. TLS counts as TCP: the mirror has it in the clear. */
export function readHep(bytes: Buffer): MirroredPacket | null {
  const found = chunksIn(bytes);
  if (found === null || found.get(chunks.payloadKind)?.[0] !== sipKind) return null;
  const source = found.get(chunks.source4) ?? found.get(chunks.source6);
  const destination = found.get(chunks.destination4) ?? found.get(chunks.destination6);
  const packed = found.get(chunks.compressedPayload);
  const plain = packed === undefined ? found.get(chunks.payload) : unpacked(packed);
  const payload = plain ?? packed;
  if (source === undefined || destination === undefined || payload === undefined) return null;
  const number = (type: number) => {
    const value = found.get(type);
    return value === undefined || value.length === 0 || value.length > 4 ? 0 : value.readUIntBE(0, value.length);
  };
  return {
    atMs: number(chunks.seconds) * 1000 + number(chunks.microseconds) / 1000,
    source: { address: addressText(source), port: number(chunks.sourcePort) },
    destination: { address: addressText(destination), port: number(chunks.destinationPort) },
    transport: transportOf(number(chunks.protocol)),
    payload,
    isBroken: plain === null,
  };
}

/** IANA numbers, and those that servers borrow for TLS (22) and WebSocket (50), as Kamailio and OpenSIPS do. */
const protocols: ReadonlySet<number> = new Set([6, 17, 22, 50, 132]);

const transportOf = (protocol: number): Transport => (protocol === 17 ? 'udp' : 'tcp');

const families: ReadonlyMap<number, number> = new Map([
  [2, 4],
  [10, 16],
]);
/** Seconds, microseconds and the number of the agent, which HEPv2 has after the addresses. */
const timeLength = 12;

/**
 * The SIP packet in a datagram of HEPv1 or HEPv2 (draft-ietf-sipcapture-hep): version, length of the header, address family,
 * protocol, ports, addresses. Agents write the time of version 2 in their own byte order, and some count it to the header.
 */
export function readOldHep(bytes: Buffer, atMs: number): MirroredPacket | null {
  const [version = 0, headerLength = 0, family = 0, protocol = 0] = bytes;
  const addressLength = families.get(family);
  if (version < 1 || version > 2 || addressLength === undefined || !protocols.has(protocol)) return null;
  const timeAt = 8 + 2 * addressLength;
  if (headerLength < timeAt || bytes.length < timeAt + timeLength) return null;
  const payloadAt = [headerLength, timeAt + timeLength].find((at) => looksLikeSip(bytes.subarray(at)));
  if (payloadAt === undefined) return null;
  const seconds = version === 1 ? [] : [bytes.readUInt32LE(timeAt), bytes.readUInt32BE(timeAt)];
  const micros = version === 1 ? [] : [bytes.readUInt32LE(timeAt + 4), bytes.readUInt32BE(timeAt + 4)];
  const times = seconds.map((one, index) => one * 1000 + (micros[index] ?? 0) / 1000);
  const distance = (time: number) => Math.abs(time - atMs);
  const [nearest] = times.sort((one, other) => distance(one) - distance(other));
  return {
    atMs: nearest ?? atMs,
    source: { address: addressText(bytes.subarray(8, 8 + addressLength)), port: bytes.readUInt16BE(4) },
    destination: { address: addressText(bytes.subarray(8 + addressLength, timeAt)), port: bytes.readUInt16BE(6) },
    transport: transportOf(protocol),
    isBroken: false,
    payload: bytes.subarray(payloadAt),
  };
}
