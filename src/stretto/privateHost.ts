/**
 * Whether a host can only be reached from within a private network: addresses of RFC 1918, 4193, 6598, loopback and
 * link-local ones, names without a dot and names under domains that are never public (RFC 6761, 6762, 8375).
 */
export function isPrivateHost(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (name.includes(':')) return /^(::1$|f[cd]|fe[89ab])/.test(name);
  const octets = name.split('.').map(Number);
  const [first = 0, second = 0] = octets;
  if (octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 255)) {
    if (first === 10 || first === 127) return true;
    if (first === 172) return second >= 16 && second <= 31;
    if (first === 100) return second >= 64 && second <= 127;
    return (first === 192 && second === 168) || (first === 169 && second === 254);
  }
  return !name.includes('.') || /\.(local|lan|internal|home\.arpa|localhost)$/.test(name);
}
