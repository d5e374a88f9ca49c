import { addressText, type Endpoint, type Transport } from './endpoint.ts';

/** A packet that a SIP server or capture agent mirrored: who sent it to whom, and when. */
export interface MirroredPacket {
  readonly atMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly transport: Transport;
  readonly payload: Buffer;
}

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
} as const;
const sipKind = 1;

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

/** The SIP packet in a HEPv3 datagram; null where there is none. TLS counts as TCP: the mirror has it in the clear. */
export function readHep(bytes: Buffer): MirroredPacket | null {
  const found = chunksIn(bytes);
  if (found === null || found.get(chunks.payloadKind)?.[0] !== sipKind) return null;
  const source = found.get(chunks.source4) ?? found.get(chunks.source6);
  const destination = found.get(chunks.destination4) ?? found.get(chunks.destination6);
  const payload = found.get(chunks.payload);
  if (source === undefined || destination === undefined || payload === undefined) return null;
  const number = (type: number) => {
    const value = found.get(type);
    return value === undefined || value.length === 0 || value.length > 4 ? 0 : value.readUIntBE(0, value.length);
  };
  return {
    atMs: number(chunks.seconds) * 1000 + number(chunks.microseconds) / 1000,
    source: { address: addressText(source), port: number(chunks.sourcePort) },
    destination: { address: addressText(destination), port: number(chunks.destinationPort) },
    transport: number(chunks.protocol) === 17 ? 'udp' : 'tcp',
    payload,
  };
}
