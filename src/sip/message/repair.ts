import { isIPv6 } from 'node:net';
import { parseNameAddress } from './nameAddress.ts';
import { parseParams } from './params.ts';
import { splitOutside, trimBlanks } from './text.ts';
import { parseUri } from './uri.ts';
import { parseVia } from './via.ts';

/** Header values as an endpoint that is not strict takes them: what it would overlook is left out, and the rest is kept. */

/** An IPv6 address in brackets, as it has to stand before a port (RFC 3261 25.1: IPv6reference). */
function repairedHostPort(text: string): string {
  if (text.startsWith('[') || text.split(':').length < 3) return text;
  if (isIPv6(text)) return `[${text}]`;
  const colon = text.lastIndexOf(':');
  return isIPv6(text.slice(0, colon)) ? `[${text.slice(0, colon)}]${text.slice(colon)}` : text;
}

/** Each parameter once, the first of a name; what is none is left out. */
function repairedParams(text: string, isParam: (param: string) => boolean): string {
  const kept = new Map<string, string>();
  for (const part of splitOutside(text, ';') ?? text.split(';')) {
    const name = trimBlanks(part.split('=', 1)[0] ?? '').toLowerCase();
    if (name !== '' && !kept.has(name) && isParam(part)) kept.set(name, `;${part}`);
  }
  return [...kept.values()].join('');
}

const isHeaderParam = (param: string): boolean => parseParams(`;${param}`) !== undefined;
const isUriParam = (param: string): boolean => parseUri(`sip:host;${param}`) !== undefined;

/** What may not stand in a user part (RFC 3261 25.1) is escaped: `#31#` and blanks are what people dial and type. */
const escapedUser = (user: string): string =>
  [...user]
    .map((one) => (/^[\w\-.!~*'()&=+$,;?/%]$/.test(one) ? one : [...Buffer.from(one)].map(escapedByte).join('')))
    .join('')
    .replace(/%(?![\da-f]{2})/gi, '%25');
const escapedByte = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;

/** A URI that the strict reader takes, of one that it may not take. */
export function repairedUri(given: string): string {
  const text = trimBlanks(given).replace(/^<|>$/g, '');
  if (parseUri(text) !== undefined) return text;
  const [, scheme, rest = ''] = /^(sips?):(.*)$/is.exec(text) ?? [];
  if (scheme === undefined) return text;
  const at = rest.indexOf('@');
  const user = at === -1 ? '' : `${escapedUser(rest.slice(0, at).replace(/:.*$/s, ''))}@`;
  const afterUser = rest.slice(at + 1).replace(/\?.*$/s, '');
  const [hostPort = ''] = afterUser.split(';', 1);
  const params = repairedParams(afterUser.slice(hostPort.length), isUriParam);
  return `${scheme}:${user}${repairedHostPort(trimBlanks(hostPort))}${params}`;
}

function repairedAddress(value: string): string | null {
  if (value === '*' || parseNameAddress(value) !== undefined) return value;
  // A name that holds what it may not is of no concern; the address is what stands in brackets.
  const [, bracketed, after = ''] = /<([^>]*)(?:>(.*))?$/s.exec(value) ?? [];
  const semicolon = value.indexOf(';');
  const bare = semicolon === -1 ? value : value.slice(0, semicolon);
  const params = bracketed !== undefined ? after : semicolon === -1 ? '' : value.slice(semicolon);
  const repaired = `<${repairedUri(bracketed ?? bare)}>${repairedParams(params, isHeaderParam)}`;
  return parseNameAddress(repaired) === undefined ? null : repaired;
}

function repairedVia(value: string): string | null {
  if (parseVia(value) !== undefined) return value;
  const [, transport, sentBy = '', params = ''] =
    /^SIP\s*\/\s*\d+\.\d+\s*\/\s*([^\s/]+)\s+([^;]*)(.*)$/is.exec(value) ?? [];
  const host = repairedHostPort(trimBlanks(sentBy).replace(/\s*:\s*/g, ':'));
  const repaired = `SIP/2.0/${transport} ${host}${repairedParams(params, isHeaderParam)}`;
  return transport === undefined || parseVia(repaired) === undefined ? null : repaired;
}

const everyOf = (repair: (value: string) => string | null) => (value: string) => {
  const kept = (splitOutside(value, ',') ?? [value]).map(repair).filter((one) => one !== null);
  return kept.length === 0 ? null : kept.join(', ');
};

const digitsOf = (value: string): string | null => /\d{1,9}/.exec(value)?.[0] ?? null;

const repairs: Readonly<Record<string, (value: string) => string | null>> = {
  Via: everyOf(repairedVia),
  From: repairedAddress,
  To: repairedAddress,
  Contact: everyOf(repairedAddress),
  Route: everyOf(repairedAddress),
  'Record-Route': everyOf(repairedAddress),
  Expires: digitsOf,
};

/** The value of a header as a lenient endpoint reads it; null where nothing of it can be used. Takes a canonical name. */
export const repairedValue = (name: string, value: string): string | null =>
  Object.hasOwn(repairs, name) ? (repairs[name]?.(value) ?? null) : value;
