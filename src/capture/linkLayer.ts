/** LINKTYPE_ values that are read. Those of NULL and RAW differ from system to system in old files. */
export const linkTypes = {
  null: 0,
  ethernet: 1,
  rawOnSomeSystems: 12,
  rawOnOpenBsd: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

const etherTypes = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** IEEE 802.1Q, 802.1ad and what was in use before it. */
const vlanTags: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);

/** Past any number of VLAN tags. */
function afterTags(data: Buffer, typeAt: number): Buffer | null {
  let at = typeAt;
  while (at + 2 <= data.length && vlanTags.has(data.readUInt16BE(at))) at += 4;
  if (at + 2 > data.length) return null;
  const type = data.readUInt16BE(at);
  return type === etherTypes.ipv4 || type === etherTypes.ipv6 ? data.subarray(at + 2) : null;
}

/** The type is at the end of SLL's header and at the start of SLL2's; a VLAN tag then stands before the payload. */
function afterCooked(data: Buffer, typeAt: number, headerLength: number): Buffer | null {
  if (data.length < headerLength) return null;
  const type = data.readUInt16BE(typeAt);
  if (vlanTags.has(type)) return afterTags(data, headerLength + 2);
  return type === etherTypes.ipv4 || type === etherTypes.ipv6 ? data.subarray(headerLength) : null;
}

/** The IP packet in a frame; null where there is none; undefined where the link type is not one that is read. */
export function ipPacketIn(linkType: number, data: Buffer): Buffer | null | undefined {
  switch (linkType) {
    case linkTypes.ethernet:
      return afterTags(data, 12);
    case linkTypes.linuxCooked:
      return afterCooked(data, 14, 16);
    case linkTypes.linuxCooked2:
      return afterCooked(data, 0, 20);
    // The address family differs between systems and byte orders; the version in the IP header does not.
    case linkTypes.null:
    case linkTypes.loop:
      return data.length > 4 ? data.subarray(4) : null;
    case linkTypes.raw:
    case linkTypes.rawOnSomeSystems:
    case linkTypes.rawOnOpenBsd:
    case linkTypes.ipv4:
    case linkTypes.ipv6:
      return data;
    default:
      return undefined;
  }
}
