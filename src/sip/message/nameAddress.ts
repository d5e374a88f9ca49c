import { noParams, type Params, paramsText, parseParams } from './params.ts';
import { recalling } from './recalling.ts';
import { endOfQuoted, quoted, trimBlanks, unquoted } from './text.ts';
import { parseUri, type Uri, uriText } from './uri.ts';

/** The value of From, To, Contact, Route and their like: a URI, perhaps with a name for people, and parameters. */
export interface NameAddress {
  /** Quotes and escapes resolved. */
  readonly displayName?: string;
  readonly uri: Uri;
  /** Parameters of the header, not of the URI: tag, expires, q, +sip.instance. */
  readonly params: Params;
}

/**
 * A display name in front of an angle bracket. Without quotes the grammar allows tokens only; here it is anything that
 * cannot be mistaken for something else, because real user agents write dots, parentheses and umlauts there.
 */
function parseDisplayName(text: string): string | undefined {
  if (text.startsWith('"')) return unquoted(text);
  return /[",;:<>\\]/.test(text) ? undefined : text.replace(/[ \t]+/g, ' ');
}

function named(name: string, addressed: string, rest: string): NameAddress | undefined {
  const displayName = parseDisplayName(trimBlanks(name));
  const uri = parseUri(addressed);
  const params = parseParams(trimBlanks(rest));
  if (displayName === undefined || uri === undefined || params === undefined) return undefined;
  return displayName === '' && name === '' ? { uri, params } : { displayName, uri, params };
}

/** Without brackets, parameters belong to the header, and the URI has no comma, question mark, semicolon (20.10). */
function bare(text: string): NameAddress | undefined {
  const semicolon = text.indexOf(';');
  const address = trimBlanks(semicolon === -1 ? text : text.slice(0, semicolon));
  const uri = /[,?]/.test(address) ? undefined : parseUri(address);
  const params = semicolon === -1 ? noParams : parseParams(text.slice(semicolon));
  return uri === undefined || params === undefined ? undefined : { uri, params };
}

/** Reads one `name-addr` or `addr-spec` with its parameters (RFC 3261 20.10, 25.1); undefined where it is malformed. */
export const parseNameAddress = recalling((text: string): NameAddress | undefined => {
  const afterName = text.startsWith('"') ? endOfQuoted(text, 0) : 0;
  if (afterName === -1) return undefined;
  const open = text.indexOf('<', afterName);
  if (open === -1) return bare(text);
  const close = text.indexOf('>', open);
  return close === -1 ? undefined : named(text.slice(0, open), text.slice(open + 1, close), text.slice(close + 1));
});

/** The value as it stands in a header; always with angle brackets, so that no parameter changes sides. */
export function nameAddressText({ displayName, uri, params }: NameAddress): string {
  const name = displayName === undefined || displayName === '' ? '' : `${quoted(displayName)} `;
  return `${name}<${uriText(uri)}>${paramsText(params)}`;
}

/** The tag of a From or To (RFC 3261 19.3). */
export const tagOf = (address: NameAddress | undefined): string | undefined => address?.params.get('tag') ?? undefined;
