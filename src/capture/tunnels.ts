import { type Carried, carriedBy, ethernetIn, etherTypes, ip, mplsIn, pppIn, unread } from './carried.ts';
import { protocols } from './ip.ts';

/** What GRE carries: RFC 2784 and 2890, the version of PPTP (RFC 2637 4.1), and mirrors of switches (ERSPAN). */
function greIn(data: Buffer): Carried | null {
  if (data.length < 8) return null;
  const [flags, type] = [data.readUInt16BE(0), data.readUInt16BE(2)];
  const [hasChecksum, hasKey, hasSequence] = [(flags & 0xc000) !== 0, (flags & 0x2000) !== 0, (flags & 0x1000) !== 0];
  if ((flags & 7) === 1) {
    const hasAcknowledged = (flags & 0x80) !== 0;
    return pppIn(data.subarray(8 + (hasSequence ? 4 : 0) + (hasAcknowledged ? 4 : 0)));
  }
  const inner = data.subarray(4 + [hasChecksum, hasKey, hasSequence].filter(Boolean).length * 4);
  // Type II has a header of 8 bytes, type I none, and no sequence number (draft-foschiano-erspan-03 4.1, 4.2).
  if (type === etherTypes.erspan2) return ethernetIn(hasSequence ? inner.subarray(8) : inner);
  if (type === etherTypes.erspan3) return erspan3In(inner);
  return carriedBy(type, inner);
}

/** 12 bytes, and 8 more where the last bit says so (draft-foschiano-erspan-03 4.3). */
const erspan3In = (data: Buffer): Carried | null => ethernetIn(data.subarray(((data[11] ?? 0) & 1) === 1 ? 20 : 12));

/** What a packet of IP carries instead of a transport; null where it is none of these. */
export function tunnelledIn(protocol: number, payload: Buffer): Carried | null {
  switch (protocol) {
    case protocols.ipInIp:
    case protocols.ipv6InIp:
      return ip(payload);
    case protocols.gre:
      return greIn(payload);
    case protocols.mplsInIp:
      return mplsIn(payload);
    case protocols.etherIp:
      return ethernetIn(payload.subarray(2));
    case protocols.esp:
      return unread('IPsec ESP');
    case protocols.ipComp:
      return unread('IPComp');
    case protocols.sctp:
      return unread('SCTP');
    case protocols.l2tpv3:
      return unread('L2TPv3');
    default:
      return null;
  }
}

type Reader = (payload: Buffer) => Carried | null;

/** The VNI is valid where its flag is (RFC 7348 5). */
const vxlanIn: Reader = (payload) => ((payload[0] ?? 0) & 0x08 ? ethernetIn(payload.subarray(8)) : null);

/** Next protocol: 1 IPv4, 2 IPv6, 3 Ethernet (draft-ietf-nvo3-vxlan-gpe). */
const vxlanGpeIn: Reader = (payload) => {
  const next = payload[3] ?? 0;
  if (next === 1 || next === 2) return ip(payload.subarray(8));
  return next === 3 ? ethernetIn(payload.subarray(8)) : null;
};

/** RFC 8926 3.4: options of up to 63 words before what it carries. */
const geneveIn: Reader = (payload) => {
  const options = ((payload[0] ?? 0) & 0x3f) * 4;
  return payload.length < 8 + options ? null : carriedBy(payload.readUInt16BE(2), payload.subarray(8 + options));
};

/** 3GPP TS 29.281 5.1: a G-PDU, with four more bytes where any flag is set, and then a chain of extension headers (5.2). */
const gtpIn: Reader = (payload) => {
  const [flags = 0, type] = payload;
  if (flags >> 5 !== 1 || type !== 0xff || payload.length < 12) return null;
  if ((flags & 7) === 0) return ip(payload.subarray(8));
  let [at, next] = [12, flags & 4 ? (payload[11] ?? 0) : 0];
  while (next !== 0 && at < payload.length) {
    const length = (payload[at] ?? 0) * 4;
    if (length === 0) return null;
    next = payload[at + length - 1] ?? 0;
    at += length;
  }
  return ip(payload.subarray(at));
};

/** Version 2 data messages carry PPP (RFC 2661 3.1). */
const l2tpIn: Reader = (payload) => {
  if (payload.length < 8) return null;
  const flags = payload.readUInt16BE(0);
  if ((flags & 0x8000) !== 0) return null;
  if ((flags & 0xf) !== 2) return unread('L2TPv3');
  const before = 6 + (flags & 0x4000 ? 2 : 0) + (flags & 0x0800 ? 4 : 0);
  const offset = flags & 0x0200 ? 2 + payload.readUInt16BE(Math.min(before, payload.length - 2)) : 0;
  return pppIn(payload.subarray(before + offset));
};

/** Tagged fields before a frame, as RouterOS sends them: 0 pads, 1 ends. */
const tzspIn: Reader = (payload) => {
  let at = 4;
  while (at < payload.length && payload[at] !== 1) at += payload[at] === 0 ? 1 : 2 + (payload[at + 1] ?? 0);
  return payload.readUInt16BE(2) === 1 ? ethernetIn(payload.subarray(at + 1)) : null;
};

/** RFC 3948 2.2: where four bytes are zero it is IKE. */
const espInUdp: Reader = (payload) =>
  payload.length > 8 && payload.readUInt32BE(0) !== 0 ? unread('IPsec ESP') : null;

/** Message 4 carries data. */
const wireGuardIn: Reader = (payload) =>
  payload.length >= 32 && payload.readUInt32LE(0) === 4 ? unread('WireGuard') : null;

/** The first five bits of what carries data, in both its versions. */
const openVpnData: readonly number[] = [6, 9];
const openVpnIn: Reader = ([first = 0]) => (openVpnData.includes(first >> 3) ? unread('OpenVPN') : null);

/** Teredo (RFC 4380 5.1.1): IPv6, of which an indication of the origin may come first. */
const teredoIn: Reader = (payload) => ip(payload[0] === 0 && payload[1] === 0 ? payload.subarray(8) : payload);

const byPort: ReadonlyMap<number, Reader> = new Map([
  [4789, vxlanIn],
  [8472, vxlanIn],
  [4790, vxlanGpeIn],
  [6081, geneveIn],
  [2152, gtpIn],
  [1701, l2tpIn],
  [3544, teredoIn],
  [4500, espInUdp],
  [1194, openVpnIn],
  [6635, (payload) => mplsIn(payload)],
  [37_008, tzspIn],
  [51_820, wireGuardIn],
]);

/** What a datagram to or from the port of a tunnel carries; null where it is none. */
export function tunnelledInUdp(sourcePort: number, destinationPort: number, payload: Buffer): Carried | null {
  const reader = byPort.get(destinationPort) ?? byPort.get(sourcePort);
  return reader === undefined || payload.length < 8 ? null : reader(payload);
}
