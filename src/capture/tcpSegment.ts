/** A TCP segment without its header. */
export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly isSyn: boolean;
  /** FIN or RST. */
  readonly isEnd: boolean;
  readonly payload: Buffer;
}

/** Reads a TCP header (RFC 9293 3.1); null where it is cut. */
export function readTcp(data: Buffer): TcpSegment | null {
  if (data.length < 20) return null;
  const headerLength = ((data[12] ?? 0) >> 4) * 4;
  if (headerLength < 20 || headerLength > data.length) return null;
  const flags = data[13] ?? 0;
  return {
    sourcePort: data.readUInt16BE(0),
    destinationPort: data.readUInt16BE(2),
    sequence: data.readUInt32BE(4),
    isSyn: (flags & 0x02) !== 0,
    isEnd: (flags & 0x05) !== 0,
    payload: data.subarray(headerLength),
  };
}
