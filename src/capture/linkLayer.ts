import { type Carried, carriedBy, ethernetIn, etherTypes, ip, pppIn } from './carried.ts';

/** LINKTYPE_ values that are read. Those of NULL and RAW differ from system to system in old files. */
export const linkTypes = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  rawOnSomeSystems: 12,
  rawOnOpenBsd: 14,
  pppInHdlc: 50,
  pppoe: 51,
  raw: 101,
  ciscoHdlc: 104,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  exportedPdu: 252,
  linuxCooked2: 276,
} as const;

/** The type is at the end of SLL's header and at the start of SLL2's. */
const afterCooked = (data: Buffer, typeAt: number, headerLength: number): Carried | null =>
  data.length < headerLength ? null : carriedBy(data.readUInt16BE(typeAt), data.subarray(headerLength));

/** What a frame carries; null where it is neither IP nor anything with IP in it; undefined where the link type is not read. */
export function carriedIn(linkType: number, data: Buffer): Carried | null | undefined {
  switch (linkType) {
    case linkTypes.ethernet:
      return ethernetIn(data);
    case linkTypes.linuxCooked:
      return afterCooked(data, 14, 16);
    case linkTypes.linuxCooked2:
      return afterCooked(data, 0, 20);
    case linkTypes.ppp:
    case linkTypes.pppInHdlc:
      return pppIn(data);
    case linkTypes.pppoe:
      return carriedBy(etherTypes.pppoeSession, data);
    case linkTypes.ciscoHdlc:
      return data.length < 4 ? null : carriedBy(data.readUInt16BE(2), data.subarray(4));
    // The address family differs between systems and byte orders; the version in the IP header does not.
    case linkTypes.null:
    case linkTypes.loop:
      return data.length > 4 ? ip(data.subarray(4)) : null;
    case linkTypes.raw:
    case linkTypes.rawOnSomeSystems:
    case linkTypes.rawOnOpenBsd:
    case linkTypes.ipv4:
    case linkTypes.ipv6:
      return ip(data);
    default:
      return undefined;
  }
}
