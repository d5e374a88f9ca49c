/** IANA protocol numbers. */
export const protocols = {
  icmp: 1,
  ipInIp: 4,
  tcp: 6,
  udp: 17,
  ipv6InIp: 41,
  gre: 47,
  esp: 50,
  authentication: 51,
  icmpv6: 58,
  etherIp: 97,
  ipComp: 108,
  l2tpv3: 115,
  sctp: 132,
  mplsInIp: 137,
} as const;

/** An IP packet without its headers. */
export interface IpPacket {
  /** 4 or 16 bytes. */
  readonly source: Buffer;
  readonly destination: Buffer;
  readonly protocol: number;
  readonly payload: Buffer;
  /** Bytes of payload that the snap length cut off. */
  readonly missing: number;
  /** Null where the packet is whole. */
  readonly fragment: IpFragment | null;
}

export interface IpFragment {
  readonly id: number;
  /** Of the payload, in bytes. */
  readonly offset: number;
  readonly isLast: boolean;
}

function ipv4Packet(data: Buffer): IpPacket | null {
  if (data.length < 20) return null;
  const headerLength = ((data[0] ?? 0) & 0x0f) * 4;
  // Zero where the network card was to cut the packet up: then the rest of the frame is the packet.
  const totalLength = data.readUInt16BE(2) || data.length;
  if (headerLength < 20 || totalLength < headerLength || data.length < headerLength) return null;
  const flags = data.readUInt16BE(6);
  const [hasMore, offset] = [(flags & 0x2000) !== 0, (flags & 0x1fff) * 8];
  // Authenticated and not encrypted (RFC 4302 2): the rest is behind one more header.
  const isAuthenticated =
    data[9] === protocols.authentication && !hasMore && offset === 0 && data.length > headerLength + 1;
  const at = isAuthenticated ? headerLength + ((data[headerLength + 1] ?? 0) + 2) * 4 : headerLength;
  return {
    source: data.subarray(12, 16),
    destination: data.subarray(16, 20),
    protocol: (isAuthenticated ? data[headerLength] : data[9]) ?? 0,
    payload: data.subarray(at, totalLength),
    missing: Math.max(0, totalLength - data.length),
    fragment: hasMore || offset > 0 ? { id: data.readUInt16BE(4), offset, isLast: !hasMore } : null,
  };
}

/** IANA numbers of IPv6 extension headers (RFC 8200) that may come before the transport. */
const extensions = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  destination: 60,
  mobility: 135,
} as const;

/** Length of an extension header in bytes; null where the number is none of one. */
function extensionLength(type: number, second: number): number | null {
  switch (type) {
    case extensions.hopByHop:
    case extensions.routing:
    case extensions.destination:
    case extensions.mobility:
      return (second + 1) * 8;
    case extensions.fragment:
      return 8;
    case extensions.authentication:
      return (second + 2) * 4;
    default:
      return null;
  }
}

function ipv6Packet(data: Buffer): IpPacket | null {
  if (data.length < 40) return null;
  // Zero means a jumbogram, or a packet that the network card was to cut up.
  const totalLength = (data.readUInt16BE(4) || data.length - 40) + 40;
  let protocol = data[6] ?? 0;
  let fragment: IpFragment | null = null;
  let at = 40;
  while (at + 8 <= data.length) {
    const length = extensionLength(protocol, data[at + 1] ?? 0);
    if (length === null) break;
    if (protocol === extensions.fragment) {
      const field = data.readUInt16BE(at + 2);
      const [offset, isLast] = [field & 0xfff8, (field & 1) === 0];
      // An atomic fragment (RFC 6946) is whole.
      if (offset > 0 || !isLast) fragment = { id: data.readUInt32BE(at + 4), offset, isLast };
    }
    protocol = data[at] ?? 0;
    at += length;
    // What follows the header of a later fragment is a piece of payload.
    if (fragment !== null && fragment.offset > 0) break;
  }
  if (at > totalLength) return null;
  return {
    source: data.subarray(8, 24),
    destination: data.subarray(24, 40),
    protocol,
    payload: data.subarray(Math.min(at, data.length), totalLength),
    missing: Math.max(0, totalLength - data.length),
    fragment,
  };
}

/** Reads an IPv4 or IPv6 header; null where it is neither or too short. Checksums are not looked at: cards fill them in. */
export function readIp(data: Buffer): IpPacket | null {
  const version = (data[0] ?? 0) >> 4;
  return version === 4 ? ipv4Packet(data) : version === 6 ? ipv6Packet(data) : null;
}
