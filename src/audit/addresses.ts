import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import { isSipUri, parseUri, type Uri, unescaped } from '../sip/message/uri.ts';

/**
 * What tells an address of record from others: user and host. Scheme, port and parameters are left out, because a caller
 * and a REGISTER often spell them differently. Null where the URI has no user.
 */
export function aorOf(uri: Uri | undefined): string | null {
  if (uri === undefined || !isSipUri(uri) || uri.user === undefined) return null;
  return `${unescaped(uri.user)}@${uri.host}`;
}

/** The address of record in the text of a URI, or null. */
export const aorIn = (text: string): string | null => aorOf(parseUri(text));

/**
 * What tells a contact from others, and names it to people: user, host, port and transport, as RFC 3261 19.1.4 compares
 * them; a password is left out, and so are parameters that servers add.
 */
export function contactName(uri: Uri): string {
  if (!isSipUri(uri)) return `${uri.scheme}:${uri.opaque}`;
  const transport = uri.params.get('transport');
  const user = uri.user === undefined ? '' : `${unescaped(uri.user)}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  return `${user}${uri.host}${port}${transport ? `;transport=${transport.toLowerCase()}` : ''}`;
}

/** Where the URI of a contact points to, if it names an address. */
export function endpointOf(uri: Uri): Endpoint | null {
  if (!isSipUri(uri)) return null;
  return { address: uri.host.replace(/^\[|\]$/g, ''), port: uri.port ?? 5060 };
}

/** An address that a user names: all its ports, or one. */
export interface AddressPattern {
  readonly address: string;
  readonly port: number | null;
}

export const matches = ({ address, port }: AddressPattern, endpoint: Endpoint): boolean =>
  endpoint.address === address && (port === null || endpoint.port === port);

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** Who is behind an endpoint: its address, for ports change; on loopback everybody has the same, so there it is the port. */
export const hostOf = (endpoint: Endpoint): string =>
  isLoopback(endpoint.address) ? endpointText(endpoint) : endpoint.address;
