import { type Endpoint, endpointText } from '../capture/endpoint.ts';
import { isSipUri, parseUri, type SipUri, type Uri, unescaped } from '../sip/message/uri.ts';

/**
 * What tells an address of record from others: user and host. Scheme, port and parameters are left out, because a caller
 * and a REGISTER often spell them differently. Null where the URI has no user.
 */
function aorOf(uri: Uri | undefined): string | null {
  if (uri === undefined || !isSipUri(uri) || uri.user === undefined) return null;
  return `${unescaped(uri.user)}@${uri.host}`;
}

/** The address of record in the text of a URI, or null. */
export const aorIn = (text: string): string | null => aorOf(parseUri(text));

/** Whom a URI calls: an address of record, the host alone where it has no user, a number where it is tel. */
export function calledBy(uri: Uri | undefined): string | null {
  if (uri === undefined) return null;
  return aorOf(uri) ?? (isSipUri(uri) ? uri.host : uri.scheme === 'tel' ? numberIn(uri.opaque) : null);
}

/** User and host of an address; the user is empty where it is a host alone or a number without one. */
export function partsOf(address: string): { readonly user: string; readonly host: string } {
  const at = address.lastIndexOf('@');
  if (at >= 0) return { user: address.slice(0, at), host: address.slice(at + 1) };
  return numberIn(address) === null ? { user: '', host: address } : { user: address, host: '' };
}

/** A telephone number without visual separators (RFC 3966 3) and parameters; null where the text is none. */
export function numberIn(text: string): string | null {
  const number = (text.split(';', 1)[0] ?? '').replace(/[-.()\s]/g, '');
  return /^\+?\d{2,}$/.test(number) ? number : null;
}

/** The same number with + and with 00 (ITU-T E.164) is one. */
export const sameNumberAs = (number: string): string => number.replace(/^(?:\+|00)/, '');

const defaultPorts: Readonly<Record<SipUri['scheme'], number>> = { sip: 5060, sips: 5061 };

/**
 * What tells a contact from others, and names it to people: user, host and port. Registrars add parameters and leave some
 * out, also transport, so they do not count; neither does a password.
 */
export function contactName(uri: Uri): string {
  if (!isSipUri(uri)) return `${uri.scheme}:${uri.opaque}`;
  const user = uri.user === undefined ? '' : `${unescaped(uri.user)}@`;
  const port = uri.port === undefined || uri.port === defaultPorts[uri.scheme] ? '' : `:${uri.port}`;
  return `${user}${uri.host}${port}`;
}

/** Where the URI of a contact points to, if it names an address. */
export function endpointOf(uri: Uri): Endpoint | null {
  if (!isSipUri(uri)) return null;
  return { address: withoutBrackets(uri.host), port: uri.port ?? defaultPorts[uri.scheme] };
}

export const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, '');

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

/** Addresses that many have at once: RFC 1918, RFC 6598, RFC 3927, RFC 4193. */
export const isPrivate = (address: string): boolean =>
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|169\.254\.|f[cd][\da-f]{2}:)/.test(
    address,
  );
