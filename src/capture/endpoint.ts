/** One end of a datagram or connection. */
export interface Endpoint {
  /** IPv4 in dotted decimals or IPv6 as RFC 5952 writes it, without brackets. */
  readonly address: string;
  readonly port: number;
}

export type Transport = 'udp' | 'tcp';

/** `192.0.2.1:5060` or `[2001:db8::1]:5060`. */
export const endpointText = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

const ipv4Text = (bytes: Uint8Array): string => bytes.join('.');

/** RFC 5952: lower case, no leading zeros, the longest run of at least two zero groups (the first of equals) as `::`. */
function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
  let [start, length] = [0, 0];
  for (let from = 0; from < 8; from++) {
    let until = from;
    while (until < 8 && groups[until] === 0) until++;
    if (until - from > length) [start, length] = [from, until - from];
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** The text of an address of 4 or 16 bytes. */
export const addressText = (bytes: Uint8Array): string => (bytes.length === 4 ? ipv4Text(bytes) : ipv6Text(bytes));

function ipv4Bytes(text: string): number[] | null {
  const parts = text.split('.');
  const isValid = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
  return isValid ? parts.map(Number) : null;
}

function ipv6Bytes(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  if (groups.flat().some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return null;
  const [head = [], tail = []] = groups;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const all = [...head, ...Array<string>(missing).fill('0'), ...tail];
  return all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]);
}

/** The 4 or 16 bytes of an address, or null where the text is none. */
export function addressBytes(text: string): Uint8Array | null {
  const bytes = text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text);
  return bytes === null ? null : Uint8Array.from(bytes);
}
