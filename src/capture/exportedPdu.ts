import { addressText, type Endpoint, type Transport } from './endpoint.ts';

/** What Wireshark exports of a capture: the bytes of one protocol, decrypted, with tags that say whose they are. */
export interface ExportedPdu {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly transport: Transport;
  readonly payload: Buffer;
  /** Number of the packet in the capture that it was exported from, or null. */
  readonly frame: number | null;
}

/** Wireshark's epan/exported_pdu.h (LINKTYPE_WIRESHARK_UPPER_PDU). */
const tags = {
  end: 0,
  dissector: 12,
  ipv4Source: 20,
  ipv4Destination: 21,
  ipv6Source: 22,
  ipv6Destination: 23,
  portType: 24,
  sourcePort: 25,
  destinationPort: 26,
  originalFrame: 30,
} as const;
/** `EXP_PDU_PT_UDP`; everything else that carries SIP is a stream. */
const udpPort = 3;

/** The SIP in an exported PDU; null where it is of another protocol or lacks an address. */
export function readExportedPdu(data: Buffer): ExportedPdu | null {
  const found = new Map<number, Buffer>();
  let at = 0;
  for (;;) {
    if (at + 4 > data.length) return null;
    const [tag, length] = [data.readUInt16BE(at), data.readUInt16BE(at + 2)];
    at += 4 + length;
    if (tag === tags.end) break;
    found.set(tag, data.subarray(at - length, at));
  }
  const number = (tag: number) => {
    const value = found.get(tag);
    return value?.length === 4 ? value.readUInt32BE(0) : null;
  };
  const source = found.get(tags.ipv4Source) ?? found.get(tags.ipv6Source);
  const destination = found.get(tags.ipv4Destination) ?? found.get(tags.ipv6Destination);
  const dissector = found.get(tags.dissector)?.toString('latin1').replaceAll('\0', '');
  if (dissector !== 'sip' || source === undefined || destination === undefined) return null;
  return {
    source: { address: addressText(source), port: number(tags.sourcePort) ?? 0 },
    destination: { address: addressText(destination), port: number(tags.destinationPort) ?? 0 },
    transport: number(tags.portType) === udpPort ? 'udp' : 'tcp',
    payload: data.subarray(at),
    frame: number(tags.originalFrame),
  };
}
