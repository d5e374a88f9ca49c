import { BlockList, isIP, isIPv6 } from 'node:net';

/** Hosts, as names or IP addresses, to which the user has allowed to send; loopback always is. */
export type AllowedHosts = readonly string[];

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether a host is this machine itself, whatever the network does. */
export function isLoopback(host: string): boolean {
  const address = asAddress(host);
  return isIP(address) !== 0 && loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Names that are loopback whatever the resolver says. */
const asAddress = (host: string): string => (host.toLowerCase() === 'localhost' ? '127.0.0.1' : host);

/**
 * The host to send to, or why nothing may be sent to it. It is asked before anything leaves, a query for its name
 * included.
 */
export function permittedHost(host: string, allowed: AllowedHosts): string | { readonly reason: string } {
  const address = asAddress(host);
  if (isLoopback(address)) return address;
  if (allowed.some((one) => one.toLowerCase() === address.toLowerCase())) return address;
  const list = allowed.length === 0 ? 'none was named' : allowed.join(', ');
  return { reason: `found host ${host}; expected loopback or a host that you have allowed (${list})` };
}
