/** RFC 1918, RFC 6598, loopback and link-local. */
function isPrivateIpv4(first: number, second: number): boolean {
  if (first === 10 || first === 127) return true;
  if (first === 172) return second >= 16 && second <= 31;
  if (first === 100) return second >= 64 && second <= 127;
  return (first === 192 && second === 168) || (first === 169 && second === 254);
}

/** RFC 4193 (fc00::/7), link-local (fe80::/10), loopback, and an IPv4 address within (::ffff:0:0/96). */
function isPrivateIpv6(address: string): boolean {
  const [, mapped] = /^::ffff:([0-9a-f]{1,4}):[0-9a-f]{1,4}$/.exec(address) ?? [];
  if (mapped !== undefined) return isPrivateIpv4(Number.parseInt(mapped, 16) >> 8, Number.parseInt(mapped, 16) & 255);
  return /^(::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/.test(address);
}

/** A host as URLs write it: lower case, IPv6 shortened and in brackets, no dot at the end. */
function normalised(host: string): string {
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const url = `http://${bracketed}/`;
  return (URL.canParse(url) ? new URL(url).hostname : host.toLowerCase()).replace(/\.$/, '');
}

/**
 * Whether a host can only be reached from within a private network: private addresses, names without a dot and names
 * under domains that are never public (RFC 6761, 6762, 8375).
 */
export function isPrivateHost(host: string): boolean {
  const name = normalised(host);
  if (name.startsWith('[')) return isPrivateIpv6(name.slice(1, -1));
  const [, first, second] = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(name) ?? [];
  if (first !== undefined) return isPrivateIpv4(Number(first), Number(second));
  return !name.includes('.') || /\.(local|lan|internal|home\.arpa|localhost)$/.test(name);
}
