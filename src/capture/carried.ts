/** What a layer below IP carries: a packet of IP, or something of which only the name is known. */
export type Carried = { readonly ip: Buffer } | { readonly unreadable: string };

export const ip = (data: Buffer): Carried => ({ ip: data });
export const unread = (what: string): Carried => ({ unreadable: what });

/** IEEE 802 numbers, also used by GRE (RFC 2784), GENEVE (RFC 8926) and Linux cooked captures. */
export const etherTypes = {
  ipv4: 0x0800,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoeSession: 0x8864,
  ppp: 0x880b,
  ethernet: 0x6558,
  erspan2: 0x88be,
  erspan3: 0x22eb,
  providerBackbone: 0x88e7,
  macsec: 0x88e5,
} as const;

/** IEEE 802.1Q, 802.1ad and what was in use before it. */
const vlanTags: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
/** Smaller than any type: the length of an IEEE 802.3 frame with LLC (802.3 3.2.6). */
const longestLlc = 1_500;

/** Layers within layers; nobody builds more, and a loop in a broken packet ends. */
const deepest = 12;

/** What stands behind an EtherType. */
export function carriedBy(type: number, data: Buffer, depth = 0): Carried | null {
  if (depth > deepest) return null;
  const within = depth + 1;
  if (vlanTags.has(type)) return data.length < 4 ? null : carriedBy(data.readUInt16BE(2), data.subarray(4), within);
  if (type <= longestLlc) return llcIn(data, within);
  switch (type) {
    case etherTypes.ipv4:
    case etherTypes.ipv6:
      return ip(data);
    case etherTypes.mpls:
    case etherTypes.mplsMulticast:
      return mplsIn(data, within);
    // Version and type, code, session, length (RFC 2516 4).
    case etherTypes.pppoeSession:
      return data.length < 8 ? null : pppIn(data.subarray(6));
    case etherTypes.ppp:
      return pppIn(data);
    case etherTypes.ethernet:
      return ethernetIn(data, within);
    case etherTypes.providerBackbone:
      return ethernetIn(data.subarray(4), within);
    case etherTypes.macsec:
      return unread('MACsec');
    default:
      return null;
  }
}

export const ethernetIn = (data: Buffer, depth = 0): Carried | null =>
  data.length < 14 ? null : carriedBy(data.readUInt16BE(12), data.subarray(14), depth);

/** IEEE 802.2: SNAP with an EtherType (RFC 1042), or IP by its own number. */
function llcIn(data: Buffer, depth: number): Carried | null {
  if (data.length < 8) return null;
  if (data[0] === 0x06 && data[1] === 0x06) return ip(data.subarray(3));
  const isSnap = data[0] === 0xaa && data[1] === 0xaa && data[2] === 0x03;
  return isSnap ? carriedBy(data.readUInt16BE(6), data.subarray(8), depth) : null;
}

/** Past the label stack (RFC 3032 2.1) nothing says what follows: IP has its version there, a pseudowire (RFC 4385) a 0. */
export function mplsIn(data: Buffer, depth = 0): Carried | null {
  let at = 0;
  while (at + 4 <= data.length && ((data[at + 2] ?? 0) & 1) === 0) at += 4;
  const inner = data.subarray(at + 4);
  const first = (inner[0] ?? 0) >> 4;
  if (inner.length === 0) return null;
  if (first === 4 || first === 6) return ip(inner);
  return ethernetIn(first === 0 && inner.length > 18 ? inner.subarray(4) : inner, depth + 1);
}

const pppProtocols = { ipv4: 0x21, ipv6: 0x57, mpls: 0x281 } as const;

/** RFC 1661 2, with or without the address and control field of RFC 1662; the protocol may be shortened to a byte (6.5). */
export function pppIn(data: Buffer): Carried | null {
  const at = data[0] === 0xff && data[1] === 0x03 ? 2 : 0;
  const isShort = ((data[at] ?? 0) & 1) === 1;
  if (data.length < at + 3) return null;
  const protocol = isShort ? (data[at] ?? 0) : data.readUInt16BE(at);
  const inner = data.subarray(at + (isShort ? 1 : 2));
  if (protocol === pppProtocols.ipv4 || protocol === pppProtocols.ipv6) return ip(inner);
  return protocol === pppProtocols.mpls ? mplsIn(inner) : null;
}
