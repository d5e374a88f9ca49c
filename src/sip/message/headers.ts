import { isList } from './headerNames.ts';
import type { Header, SipMessage } from './message.ts';
import { type NameAddress, parseNameAddress } from './nameAddress.ts';
import { splitOutside, trimBlanks, wholeNumber } from './text.ts';
import { parseVia, type Via } from './via.ts';

/** Anything with headers: a message, or one that is being built. */
type Headed = Pick<SipMessage, 'headers'>;

/** CSeq: the number that orders requests, and the method (RFC 3261 20.16). */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

/** Sequence numbers, ages and expirations are 32 bits wide (RFC 3261 8.1.1.5, 20.19). */
export const greatestNumber = 2 ** 32 - 1;

/**
 * All values of a header, in order. Where the header is a comma-separated list (RFC 3261 7.3.1), each element is a value
 * of its own; a list with an open quote or bracket stays whole. Takes a canonical name.
 */
export function headerValues({ headers }: Headed, name: string): string[] {
  const lines = headers.filter((header) => header.name === name).map(({ value }) => value);
  return isList(name) ? lines.flatMap((line) => splitOutside(line, ',') ?? [line]) : lines;
}

/** The first value of a header, or undefined where there is none. Takes a canonical name. */
export const headerValue = (message: Headed, name: string): string | undefined => headerValues(message, name)[0];

/** The headers with those of that name replaced by the given values, in the place of the first, or at the end. */
export function withHeader(headers: readonly Header[], name: string, ...values: readonly string[]): Header[] {
  const at = headers.findIndex((header) => header.name === name);
  const others = headers.filter((header) => header.name !== name);
  return others.toSpliced(at === -1 ? others.length : at, 0, ...values.map((value) => ({ name, value })));
}

/** All hops, the latest first; a malformed one is left out, which cannot be in a message that `parseMessage` returned. */
export const viasOf = (message: Headed): Via[] =>
  headerValues(message, 'Via')
    .map(parseVia)
    .filter((via) => via !== undefined);

/** The hop that the message came from (of a request) or that is answered (of a response). */
export function topVia(message: Headed): Via | undefined {
  const value = headerValue(message, 'Via');
  return value === undefined ? undefined : parseVia(value);
}

function addressIn(message: Headed, name: string): NameAddress | undefined {
  const value = headerValue(message, name);
  return value === undefined ? undefined : parseNameAddress(value);
}

export const fromOf = (message: Headed): NameAddress | undefined => addressIn(message, 'From');
export const toOf = (message: Headed): NameAddress | undefined => addressIn(message, 'To');

/** The addresses of a list such as Route or Record-Route, in order. */
export const addressesOf = (message: Headed, name: string): NameAddress[] =>
  headerValues(message, name)
    .map(parseNameAddress)
    .filter((address) => address !== undefined);

/** All contacts, or `*` for all bindings (RFC 3261 10.2.2). */
export const contactsOf = (message: Headed): '*' | NameAddress[] =>
  headerValue(message, 'Contact') === '*' ? '*' : addressesOf(message, 'Contact');

export const callIdOf = (message: Headed): string | undefined => headerValue(message, 'Call-ID');

/** Reads the value of a CSeq header; undefined where it is malformed or the number exceeds 32 bits. */
export function parseCSeq(value: string): CSeq | undefined {
  const [, digits, method] = /^(\d+)[ \t]+([\w\-.!%*+`'~]+)$/.exec(value) ?? [];
  const number = wholeNumber(digits, greatestNumber);
  return number === undefined || method === undefined ? undefined : { number, method };
}

export function cseqOf(message: Headed): CSeq | undefined {
  const value = headerValue(message, 'CSeq');
  return value === undefined ? undefined : parseCSeq(value);
}

const numberIn = (message: Headed, name: string, greatest: number): number | undefined =>
  wholeNumber(headerValue(message, name), greatest);

/** Seconds (RFC 3261 20.19); undefined where absent or unreadable. */
export const expiresOf = (message: Headed): number | undefined => numberIn(message, 'Expires', greatestNumber);

/** Seconds that a binding lasts: of the contact itself, else of the message (RFC 3261 10.2.1.1). */
export const contactExpires = (message: Headed, { params }: NameAddress): number | undefined =>
  wholeNumber(params.get('expires') ?? undefined, greatestNumber) ?? expiresOf(message);

/** Seconds (RFC 3261 20.23), in a 423. */
export const minExpiresOf = (message: Headed): number | undefined => numberIn(message, 'Min-Expires', greatestNumber);

export const maxForwardsOf = (message: Headed): number | undefined => numberIn(message, 'Max-Forwards', 255);

/** Bytes of the body, as the message says. */
export const contentLengthOf = (message: Headed): number | undefined =>
  numberIn(message, 'Content-Length', Number.MAX_SAFE_INTEGER);

/** Seconds of a Retry-After, without its comment and parameters (RFC 3261 20.33). */
export function retryAfterOf(message: Headed): number | undefined {
  const value = headerValue(message, 'Retry-After') ?? '';
  return wholeNumber(trimBlanks(/^[^(;]*/.exec(value)?.[0] ?? ''), greatestNumber);
}
