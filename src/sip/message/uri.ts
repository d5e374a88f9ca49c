import { isIPv6 } from 'node:net';
import { noParams, type Params } from './params.ts';
import { wholeNumber } from './text.ts';

/** A SIP or SIPS URI (RFC 3261 19.1). All parts are as on the wire, escapes included; `unescaped` resolves them. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  readonly user?: string;
  readonly password?: string;
  /** In lower case; an IPv6 address with its brackets. */
  readonly host: string;
  readonly port?: number;
  /** Names in lower case. */
  readonly params: Params;
  /** The headers after the question mark, in their order; a name may occur several times. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A URI of any other scheme, such as tel: it is carried along, not understood. */
export interface OtherUri {
  /** In lower case; neither sip nor sips. */
  readonly scheme: string;
  /** What follows the colon. */
  readonly opaque: string;
}

export type Uri = SipUri | OtherUri;

/** Whether the URI is a SIP or SIPS one. */
export const isSipUri = (uri: Uri): uri is SipUri => 'host' in uri;

const user = /^(?:[\w\-.!~*'()&=+$,;?/]|%[\da-f]{2})+$/i;
const password = /^(?:[\w\-.!~*'()&=+$,]|%[\da-f]{2})*$/i;
const paramPart = /^(?:[\w\-.!~*'()[\]/:&+$]|%[\da-f]{2})+$/i;
const headerName = /^(?:[\w\-.!~*'()[\]/?:+$]|%[\da-f]{2})+$/i;
const headerValue = /^(?:[\w\-.!~*'()[\]/?:+$]|%[\da-f]{2})*$/i;

/** Whether the text is a host name, an IPv4 address or an IPv6 address in brackets. Underscores, though wrong, occur. */
export const isHost = (text: string): boolean =>
  text.startsWith('[')
    ? text.endsWith(']') && isIPv6(text.slice(1, -1))
    : /^[a-z\d_](?:[\w-]|\.(?=[\w-]))*\.?$/i.test(text);

/** Host and optional port as they stand in URIs and Via headers. */
export function parseHostPort(text: string): { host: string; port?: number } | undefined {
  const colon = text.indexOf(':', text.startsWith('[') ? text.indexOf(']') : 0);
  const host = colon === -1 ? text : text.slice(0, colon);
  if (!isHost(host)) return undefined;
  if (colon === -1) return { host: host.toLowerCase() };
  const port = wholeNumber(text.slice(colon + 1), 65_535);
  return port === undefined ? undefined : { host: host.toLowerCase(), port };
}

function parseUserInfo(text: string): Pick<SipUri, 'user' | 'password'> | undefined {
  const colon = text.indexOf(':');
  const name = colon === -1 ? text : text.slice(0, colon);
  if (!user.test(name)) return undefined;
  if (colon === -1) return { user: name };
  const secret = text.slice(colon + 1);
  return password.test(secret) ? { user: name, password: secret } : undefined;
}

/** URI parameters; unlike header parameters they know neither quotes nor white space. */
function parseUriParams(text: string): Params | undefined {
  const params = new Map<string, string | null>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).toLowerCase();
    const value = equals === -1 ? null : part.slice(equals + 1);
    if (!paramPart.test(name) || (value !== null && !paramPart.test(value)) || params.has(name)) return undefined;
    params.set(name, value);
  }
  return params;
}

function parseUriHeaders(text: string): SipUri['headers'] | undefined {
  const headers: [string, string][] = [];
  for (const part of text.split('&')) {
    const equals = part.indexOf('=');
    const [name, value] = [part.slice(0, equals), part.slice(equals + 1)];
    if (equals === -1 || !headerName.test(name) || !headerValue.test(value)) return undefined;
    headers.push([name, value]);
  }
  return headers;
}

function parseSipUri(scheme: 'sip' | 'sips', text: string): SipUri | undefined {
  const at = text.indexOf('@');
  const userInfo = at === -1 ? {} : parseUserInfo(text.slice(0, at));
  const afterUser = text.slice(at + 1);
  const question = afterUser.indexOf('?');
  const beforeHeaders = question === -1 ? afterUser : afterUser.slice(0, question);
  const semicolon = beforeHeaders.indexOf(';');
  const hostPort = parseHostPort(semicolon === -1 ? beforeHeaders : beforeHeaders.slice(0, semicolon));
  const params = semicolon === -1 ? noParams : parseUriParams(beforeHeaders.slice(semicolon + 1));
  const headers = question === -1 ? [] : parseUriHeaders(afterUser.slice(question + 1));
  if (userInfo === undefined || hostPort === undefined || params === undefined || headers === undefined)
    return undefined;
  return { scheme, ...userInfo, ...hostPort, params, headers };
}

/** Reads a URI; undefined where it is none. A scheme other than sip and sips is taken as it is. */
export function parseUri(text: string): Uri | undefined {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (!/^[a-z][a-z\d+.-]*$/.test(scheme)) return undefined;
  const rest = text.slice(colon + 1);
  if (scheme === 'sip' || scheme === 'sips') return parseSipUri(scheme, rest);
  return /^[!#-;=?-~]+$/.test(rest) ? { scheme, opaque: rest } : undefined;
}

/** Host and port as they stand in URIs and Via headers. */
export const hostPortText = ({ host, port }: { readonly host: string; readonly port?: number }): string =>
  port === undefined ? host : `${host}:${port}`;

/** The URI as it stands on the wire. */
export function uriText(uri: Uri): string {
  if (!isSipUri(uri)) return `${uri.scheme}:${uri.opaque}`;
  const secret = uri.password === undefined ? '' : `:${uri.password}`;
  const userInfo = uri.user === undefined ? '' : `${uri.user}${secret}@`;
  const params = [...uri.params].map(([name, value]) => (value === null ? `;${name}` : `;${name}=${value}`)).join('');
  const headers = uri.headers.map(([name, value], index) => `${index === 0 ? '?' : '&'}${name}=${value}`).join('');
  return `${uri.scheme}:${userInfo}${hostPortText(uri)}${params}${headers}`;
}

/** The text with its escapes resolved, read as UTF-8; an escape that is no valid UTF-8 becomes U+FFFD. */
export const unescaped = (text: string): string =>
  text.includes('%')
    ? Buffer.from(
        text.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      ).toString()
    : text;

/** The one spelling of all that are equivalent: only reserved characters stay escaped (RFC 3261 19.1.4, 2396 2.2). */
const normalised = (text: string): string =>
  text.replace(/%([\da-f]{2})/gi, (escaped, hex) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[;/?:@&=+$,%]/.test(character) ? escaped.toUpperCase() : character;
  });

const normalisedLower = (text: string): string => normalised(text).toLowerCase();

/** IPv6 addresses are compared as addresses, not as text (RFC 5954 4.2). */
const normalisedHost = (host: string): string =>
  host.startsWith('[') && URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : host.toLowerCase();

/** Parameters that must be in both URIs or in neither; all others count only where both have them. */
const strictParams = ['user', 'ttl', 'method', 'maddr', 'transport'];

function sameParams(one: Params, other: Params): boolean {
  if (strictParams.some((name) => one.has(name) !== other.has(name))) return false;
  return [...one].every(
    ([name, value]) => !other.has(name) || normalisedLower(value ?? '') === normalisedLower(other.get(name) ?? ''),
  );
}

const sortedHeaders = ({ headers }: SipUri): string =>
  JSON.stringify(headers.map(([name, value]) => [normalisedLower(name), normalised(value)]).sort());

const sameUser = (one: string | undefined, other: string | undefined): boolean =>
  one === undefined || other === undefined ? one === other : normalised(one) === normalised(other);

/**
 * Whether two URIs are equivalent (RFC 3261 19.1.4). The relation is not transitive: a parameter that only one has is
 * mostly ignored. URIs of other schemes are compared as text.
 */
export function sameUri(one: Uri, other: Uri): boolean {
  if (!isSipUri(one) || !isSipUri(other)) return uriText(one) === uriText(other);
  return (
    one.scheme === other.scheme &&
    sameUser(one.user, other.user) &&
    sameUser(one.password, other.password) &&
    normalisedHost(one.host) === normalisedHost(other.host) &&
    one.port === other.port &&
    sameParams(one.params, other.params) &&
    sortedHeaders(one) === sortedHeaders(other)
  );
}
