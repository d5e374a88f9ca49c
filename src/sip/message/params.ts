import { isToken, quoted, splitOutside, trimBlanks, unquoted } from './text.ts';

/** Parameters in their order; names in lower case, quotes and escapes resolved, null for a parameter without value. */
export type Params = ReadonlyMap<string, string | null>;

/** No parameters. */
export const noParams: Params = new Map();

/** Parameters from a plain object; undefined leaves one out. */
export const paramsOf = (values: Readonly<Record<string, string | null | undefined>>): Params =>
  new Map(Object.entries(values).filter((entry): entry is [string, string | null] => entry[1] !== undefined));

/** A value that needs no quotes: a token, or a host, which may be an IPv6 address (`gen-value` in RFC 3261 25.1). */
const isPlain = (value: string): boolean => isToken(value) || /^\[?[\da-fA-F:.]+\]?$/.test(value);

/** One `name[=value]`, in which the white space of folded headers may stand around the `=`. */
function parseParam(text: string): readonly [string, string | null] | undefined {
  const equals = text.indexOf('=');
  const name = trimBlanks(equals === -1 ? text : text.slice(0, equals));
  if (!isToken(name)) return undefined;
  if (equals === -1) return [name.toLowerCase(), null];
  const value = trimBlanks(text.slice(equals + 1));
  const content = value[0] === '"' ? unquoted(value) : value;
  // Deliberately wider than `gen-value`: real messages have unquoted URIs and slashes here, and nothing is ambiguous.
  const isReadable = content !== undefined && content !== '' && (value[0] === '"' || /^[^\s"<>,;]+$/.test(value));
  return isReadable || value === '""' ? [name.toLowerCase(), content ?? ''] : undefined;
}

/**
 * Header parameters, from the first semicolon on: `;a=b;c`. Undefined where they are malformed or one occurs twice
 * (RFC 3261 7.3.1: a parameter name must not appear more than once).
 */
export function parseParams(text: string): Params | undefined {
  if (text === '') return noParams;
  const parts = splitOutside(text, ';');
  if (parts === undefined || parts[0] !== '') return undefined;
  const params = new Map<string, string | null>();
  for (const part of parts.slice(1)) {
    const param = parseParam(part);
    if (param === undefined || params.has(param[0])) return undefined;
    params.set(...param);
  }
  return params;
}

/** The parameters as they stand in a header, with a semicolon before each. */
export const paramsText = (params: Params): string =>
  [...params]
    .map(([name, value]) => (value === null ? `;${name}` : `;${name}=${isPlain(value) ? value : quoted(value)}`))
    .join('');
