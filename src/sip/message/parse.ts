import { type Head, readHead } from './head.ts';
import { contentLengthOf, topVia } from './headers.ts';
import { type Problem, problemAt } from './malformed.ts';
import { type Malformed, noBody, type SipMessage, type SipRequest } from './message.ts';
import { readStartLine, type StartLine } from './startLine.ts';
import { headProblem } from './validate.ts';

/** What a parser takes at most. */
export interface MessageLimits {
  /** Bytes of a whole message. */
  readonly maxBytes: number;
  readonly maxHeaders: number;
}

/** A UDP datagram cannot be greater; no message of the field has more than a few dozen headers. */
export const datagramLimits: MessageLimits = { maxBytes: 65_535, maxHeaders: 256 };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const endOfHead = Buffer.from('\r\n\r\n');

/** The text of the head, which is UTF-8 (RFC 3261 7); what is not is read as Latin-1, to say where it stands. */
function headText(bytes: Uint8Array): { text: string; problem?: Problem } {
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    const text = Buffer.from(bytes).toString('latin1');
    const isWrong = (line: string) => line.includes('\ufffd');
    const line = Buffer.from(bytes).toString().split('\r\n').findIndex(isWrong) + 1;
    return { text, problem: problemAt(line, 'bytes that are no UTF-8', 'UTF-8') };
  }
}

/** Where the head ends and the body begins; empty lines in front of the start line do not count (RFC 3261 7.5). */
function headEnd(bytes: Uint8Array): number {
  let start = 0;
  while (bytes[start] === 0x0d && bytes[start + 1] === 0x0a) start += 2;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(endOfHead, start);
}

/** Start line and headers, read and judged. */
export interface JudgedHead {
  readonly start: StartLine;
  readonly head: Head;
  readonly problem?: Problem;
}

/** Reads and judges everything before the empty line. */
export function judgeHead(bytes: Uint8Array, limits: MessageLimits): JudgedHead {
  const decoded = headText(bytes);
  const head = readHead(decoded.text, limits);
  const start = readStartLine(head.startLine, head.line);
  const problem = decoded.problem ?? headProblem(start, head);
  return { start, head, ...(problem && { problem }) };
}

/** The request as far as it is readable, where its topmost Via says where an answer goes; an ACK has none (17.1.1.3). */
function answerableRequest({ start, head }: JudgedHead): SipRequest | undefined {
  if (start.kind !== 'request' || start.method === 'ACK' || topVia(head) === undefined) return undefined;
  const { kind, method, uri } = start;
  return { kind, method, uri, headers: withoutLines(head), body: noBody };
}

const withoutLines = ({ headers }: Head) => headers.map(({ name, value }) => ({ name, value }));

/** The message that cannot be used, for that reason. */
export function malformed(judged: JudgedHead, { status, ...where }: Problem): Malformed {
  const request = answerableRequest(judged);
  return { kind: 'malformed', ...where, ...(request && { answerable: { status, request } }) };
}

/** The message made of a judged head and its body. */
export function assembled(judged: JudgedHead, body: Uint8Array): SipMessage | Malformed {
  const { start, head, problem } = judged;
  if (problem !== undefined) return malformed(judged, problem);
  if (start.kind === 'neither') return malformed(judged, start.problem);
  const headers = withoutLines(head);
  if (start.kind === 'response') return { kind: start.kind, status: start.status, reason: start.reason, headers, body };
  return { kind: start.kind, method: start.method, uri: start.uri, headers, body };
}

/**
 * Reads a datagram (RFC 3261 18.3): bytes beyond the Content-Length are ignored, too few of them are an error, and
 * without that header the body is the rest. Judges what every element needs (start line, Via, From, To, Call-ID, CSeq,
 * Contact, routes, Max-Forwards, Expires, Content-Length). Never throws; takes time linear in the bytes.
 */
export function parseMessage(bytes: Uint8Array, limits: MessageLimits = datagramLimits): SipMessage | Malformed {
  const isTooLong = bytes.length > limits.maxBytes;
  const readable = isTooLong ? bytes.subarray(0, limits.maxBytes) : bytes;
  const end = headEnd(readable);
  const judged = judgeHead(end === -1 ? readable : readable.subarray(0, end), limits);
  const { line } = judged.head;
  if (isTooLong) {
    return malformed(judged, {
      ...problemAt(line, `${bytes.length} bytes`, `at most ${limits.maxBytes}`),
      status: 513,
    });
  }
  if (end === -1) {
    const noEnd = problemAt(line, 'no end of the headers', 'an empty line after them');
    return malformed(judged, judged.start.kind === 'neither' ? judged.start.problem : noEnd);
  }
  const available = readable.length - end - endOfHead.length;
  const length = contentLengthOf(judged.head) ?? available;
  if (judged.problem === undefined && length > available) {
    const header = judged.head.headers.find(({ name }) => name === 'Content-Length');
    return malformed(judged, problemAt(header?.line ?? line, `Content-Length ${length}`, `at most ${available}`));
  }
  const body = new Uint8Array(readable.subarray(end + endOfHead.length, end + endOfHead.length + length));
  return assembled(judged, body);
}
