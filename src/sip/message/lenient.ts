import { canonicalName } from './headerNames.ts';
import { parseCSeq } from './headers.ts';
import type { Header, Malformed, SipMessage } from './message.ts';
import { datagramLimits, parseMessage } from './parse.ts';
import { repairedUri, repairedValue } from './repair.ts';
import { isToken, trimBlanks } from './text.ts';
import { single } from './validate.ts';

/** A message as a lenient endpoint takes it, with what is wrong with it; null where there is nothing to act upon. */
export interface LenientReading {
  readonly message: SipMessage | null;
  readonly problem: Malformed | null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What is not UTF-8 was meant as Latin-1: so do the phones that still write it. */
function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/** Start line and headers end at the first empty line, whatever ends a line; of a message without one all is head. */
function partsOf(bytes: Uint8Array): { readonly head: string; readonly body: Uint8Array } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const start = /^[\r\n]*/.exec(text)?.[0].length ?? 0;
  const end = /\r\n\r\n|\n\r?\n|\r\r/.exec(text.slice(start));
  const headEnd = end === null ? bytes.length : start + end.index;
  return {
    head: textOf(bytes.subarray(start, headEnd)),
    body: new Uint8Array(end === null ? [] : bytes.subarray(headEnd + end[0].length)),
  };
}

type Start =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string };

function startOf(line: string): Start | null {
  const [, status, reason = ''] = /^SIP\/2\.0\s+([1-6]\d\d)(?:\s+(.*))?$/i.exec(line) ?? [];
  if (status !== undefined) return { kind: 'response', status: Number(status), reason };
  const [, method, uri] = /^(\S+)\s+(\S.*?)\s+SIP\/2\.0$/i.exec(line) ?? [];
  return method === undefined || uri === undefined || !isToken(method)
    ? null
    : { kind: 'request', method, uri: repairedUri(uri) };
}

function headersOf(lines: readonly string[]): Header[] {
  const unfolded: string[] = [];
  for (const line of lines) {
    const last = unfolded.length - 1;
    if (/^[ \t]/.test(line) && last >= 0) unfolded[last] += ` ${trimBlanks(line)}`;
    else unfolded.push(line);
  }
  const seen = new Set<string>();
  return unfolded.flatMap((line) => {
    const colon = line.indexOf(':');
    const name = canonicalName(trimBlanks(line.slice(0, Math.max(colon, 0))));
    if (!isToken(name) || (single.has(name) && seen.has(name))) return [];
    seen.add(name);
    const value = repairedValue(name, trimBlanks(line.slice(colon + 1)));
    return value === null ? [] : [{ name, value }];
  });
}

/** The number counts; the method is that of the start line where the header is wrong about it. */
function withCSeq(headers: readonly Header[], start: Start): Header[] {
  return headers.map((header) => {
    if (header.name !== 'CSeq') return header;
    const [, digits = '', said] = /^(\d+)\s*(\S*)/.exec(header.value) ?? [];
    return { name: 'CSeq', value: `${digits} ${start.kind === 'request' ? start.method : said}` };
  });
}

function repaired(bytes: Uint8Array): SipMessage | null {
  const { head, body } = partsOf(bytes);
  const [first = '', ...lines] = head.split(/\r\n|\n|\r/);
  const start = startOf(first.trim());
  if (start === null) return null;
  const headers = withCSeq(headersOf(lines), start);
  const value = (name: string) => headers.find((one) => one.name === name)?.value ?? '';
  // Without these two nobody can say to what it belongs (RFC 3261 8.1.1).
  const isMatched = value('Call-ID') !== '' && parseCSeq(value('CSeq')) !== undefined;
  return isMatched ? { ...start, headers, body } : null;
}

/** What is wrong with the Content-Length, which on a stream says where the message ends (RFC 3261 18.3, 20.14). */
function framingProblem({ headers }: SipMessage, bytes: Uint8Array): Malformed | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headEnd = text.indexOf('\r\n\r\n');
  const size = text.length - headEnd - 4;
  const said = headers.find(({ name }) => name === 'Content-Length')?.value;
  if (Number(said) === size) return null;
  const lines = text.toString('latin1', 0, headEnd).split('\r\n');
  const line = Math.max(lines.findIndex((one) => /^(?:content-length|l)[ \t]*:/i.test(one)) + 1, 1);
  const found = said === undefined ? 'no Content-Length' : `Content-Length ${said}`;
  return { kind: 'malformed', line, found, expected: `Content-Length ${size}, because this is a stream` };
}

/**
 * Reads a message as endpoints do that are liberal in what they accept: Latin-1, lines that end with LF, a wrong
 * Content-Length, repeated parameters and headers, IPv6 addresses without brackets. What is malformed is said all the same.
 * @param isFramed whether it comes from a stream, in which the Content-Length has to be there and to be right
 */
export function readLeniently(bytes: Uint8Array, isFramed = false): LenientReading {
  const parsed = parseMessage(bytes, datagramLimits);
  const strict = isFramed && parsed.kind !== 'malformed' ? (framingProblem(parsed, bytes) ?? parsed) : parsed;
  return strict.kind === 'malformed'
    ? { message: repaired(bytes), problem: strict }
    : { message: strict, problem: null };
}
