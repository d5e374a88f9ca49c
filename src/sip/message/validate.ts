import type { Head, PlacedHeader } from './head.ts';
import { greatestNumber, parseCSeq } from './headers.ts';
import { type Problem, problemAt } from './malformed.ts';
import { parseNameAddress } from './nameAddress.ts';
import type { StartLine } from './startLine.ts';
import { shown, splitOutside, wholeNumber } from './text.ts';
import { parseVia } from './via.ts';

/** Headers without which no message can be matched or answered (RFC 3261 8.1.1, 20); Max-Forwards is newer than RFC 2543. */
const mandatory = ['Via', 'From', 'To', 'Call-ID', 'CSeq'];

/** Headers of which there must be exactly one value (RFC 3261 7.3.1, 20). */
export const single: ReadonlySet<string> = new Set(['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Length']);

const isAddress = (value: string): boolean => parseNameAddress(value) !== undefined;

const every = (isValid: (value: string) => boolean) => (value: string) =>
  splitOutside(value, ',')?.every(isValid) ?? false;

const isNumberTo = (greatest: number) => (value: string) => wholeNumber(value, greatest) !== undefined;

type Rule = readonly [isValid: (value: string) => boolean, expected: string];

/** What is read by any element that handles a message; all other headers are judged by whoever uses them. */
const rules: Readonly<Record<string, Rule>> = {
  Via: [every((value) => parseVia(value) !== undefined), 'SIP/2.0/TRANSPORT host[:port][;parameters]'],
  From: [isAddress, 'an address, with a name in quotes and a URI in angle brackets where needed'],
  To: [isAddress, 'an address, with a name in quotes and a URI in angle brackets where needed'],
  Contact: [(value) => value === '*' || every(isAddress)(value), '* or addresses'],
  Route: [every(isAddress), 'addresses'],
  'Record-Route': [every(isAddress), 'addresses'],
  'Call-ID': [(value) => /^[^\s,;]+$/.test(value), 'one word'],
  CSeq: [(value) => parseCSeq(value) !== undefined, 'a number up to 4294967295 and a method'],
  'Max-Forwards': [isNumberTo(255), 'a number up to 255'],
  Expires: [isNumberTo(greatestNumber), 'seconds up to 4294967295'],
  'Content-Length': [isNumberTo(Number.MAX_SAFE_INTEGER), 'a number of bytes'],
};

function headerProblem({ line, name, value }: PlacedHeader): Problem | undefined {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  return rule === undefined || rule[0](value) ? undefined : problemAt(line, `${name}: ${shown(value)}`, rule[1]);
}

function repeatedProblem(headers: readonly PlacedHeader[]): Problem | undefined {
  const seen = new Set<string>();
  for (const { name, line } of headers) {
    if (single.has(name) && seen.has(name)) return problemAt(line, `a second ${name}`, 'one only');
    seen.add(name);
  }
  return undefined;
}

function missingProblem({ headers }: Head, line: number): Problem | undefined {
  const names = new Set(headers.map(({ name }) => name));
  const missing = mandatory.find((name) => !names.has(name));
  return missing === undefined ? undefined : problemAt(line, `no ${missing}`, `headers ${mandatory.join(', ')}`);
}

/** The method of the start line must be that of the CSeq (RFC 3261 8.1.1.5). */
function methodProblem(start: StartLine, { headers }: Head): Problem | undefined {
  const header = headers.find(({ name }) => name === 'CSeq');
  const method = parseCSeq(header?.value ?? '')?.method;
  if (start.kind !== 'request' || header === undefined || method === start.method) return undefined;
  return problemAt(header.line, `CSeq of ${method}`, start.method);
}

/** The first thing that is wrong with start line and headers, or undefined. */
export function headProblem(start: StartLine, head: Head): Problem | undefined {
  return (
    (start.kind === 'response' ? undefined : start.problem) ??
    head.problem ??
    repeatedProblem(head.headers) ??
    head.headers.map(headerProblem).find((problem) => problem !== undefined) ??
    missingProblem(head, head.line) ??
    methodProblem(start, head)
  );
}
