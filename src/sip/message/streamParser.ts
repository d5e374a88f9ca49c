import { contentLengthOf } from './headers.ts';
import { problemAt } from './malformed.ts';
import type { Malformed, SipMessage } from './message.ts';
import { assembled, type JudgedHead, judgeHead, type MessageLimits, malformed } from './parse.ts';

/** What comes out of a stream: messages, and the keep-alives of RFC 5626 4.4.1. */
export type StreamItem = SipMessage | Malformed | { readonly kind: 'ping' } | { readonly kind: 'pong' };

/** How a stream is read. */
export interface StreamOptions extends MessageLimits {
  /** Who opened the connection: its opener sends pings (CRLF CRLF) and gets pongs (CRLF), the other way round for the peer. */
  readonly openedBy: 'us' | 'peer';
}

/** Reads SIP from a connection. */
export interface StreamParser {
  /** Takes the next bytes, however they are cut, and returns what they complete. */
  push(bytes: Uint8Array): StreamItem[];
  /** Whether it is no longer known where messages begin; the connection has to be closed, nothing more comes out. */
  readonly isLost: boolean;
}

const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Bytes received and not yet used; takes amortised constant time per byte however they are cut. */
class ByteQueue {
  #bytes = Buffer.alloc(4096);
  #start = 0;
  #end = 0;

  get view(): Buffer {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) {
      const pending = this.view;
      const roomy = Buffer.alloc(Math.max(4096, 2 * (pending.length + bytes.length)));
      pending.copy(roomy);
      this.#bytes = roomy;
      this.#end = pending.length;
      this.#start = 0;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  drop(count: number): void {
    this.#start += count;
  }
}

/** A head whose body is not yet complete. */
interface AwaitedBody {
  readonly judged: JudgedHead;
  /** Length of the head with its empty line. */
  readonly bytes: number;
  readonly bodyBytes: number;
}

class ContentLengthFraming implements StreamParser {
  readonly #options: StreamOptions;
  readonly #queue = new ByteQueue();
  /** Where the search for the end of the head goes on. */
  #searched = 0;
  #head: AwaitedBody | undefined;
  #isLost = false;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  push(bytes: Uint8Array): StreamItem[] {
    const items: StreamItem[] = [];
    if (this.#isLost) return items;
    this.#queue.append(bytes);
    for (let item = this.#next(); item !== undefined; item = this.#isLost ? undefined : this.#next()) items.push(item);
    return items;
  }

  #next(): StreamItem | undefined {
    if (this.#head === undefined) return this.#keepAlive() ?? this.#readHead();
    return this.#readBody(this.#head);
  }

  /** Empty lines between messages; a lone one is a pong to who opened the connection, else it means nothing. */
  #keepAlive(): StreamItem | undefined {
    const isEmptyLine = ({ view }: ByteQueue, at: number) => view[at] === carriageReturn && view[at + 1] === lineFeed;
    if (!isEmptyLine(this.#queue, 0)) return undefined;
    if (this.#options.openedBy === 'us') {
      this.#queue.drop(2);
      return { kind: 'pong' };
    }
    if (isEmptyLine(this.#queue, 2)) {
      this.#queue.drop(4);
      return { kind: 'ping' };
    }
    // RFC 3261 7.5: a line break in front of a start line is ignored; here the next bytes decide which it is.
    const next = this.#queue.view[2];
    if (next === undefined || (next === carriageReturn && this.#queue.view.length === 3)) return undefined;
    this.#queue.drop(2);
    return this.#next();
  }

  #readHead(): StreamItem | undefined {
    const { view } = this.#queue;
    if (view[0] === carriageReturn && (view.length === 1 || view[1] === lineFeed)) return undefined;
    const end = view.indexOf('\r\n\r\n', this.#searched);
    const headBytes = end === -1 ? view.length : end + 4;
    if (headBytes > this.#options.maxBytes) return this.#lose(view, `more than ${this.#options.maxBytes} bytes`);
    this.#searched = Math.max(0, view.length - 3);
    if (end === -1) return undefined;
    return this.#awaitBody(judgeHead(view.subarray(0, end), this.#options), headBytes);
  }

  /** Without a readable Content-Length nobody knows where the next message begins (RFC 3261 18.3). */
  #awaitBody(judged: JudgedHead, headBytes: number): StreamItem | undefined {
    const lengths = new Set(
      judged.head.headers.filter(({ name }) => name === 'Content-Length').map(({ value }) => value),
    );
    const bodyBytes = lengths.size === 1 ? contentLengthOf(judged.head) : undefined;
    const isFramed = judged.start.kind !== 'neither' && bodyBytes !== undefined;
    if (!isFramed || headBytes + bodyBytes > this.#options.maxBytes) {
      this.#isLost = true;
      const { line } = judged.head;
      const missing = problemAt(line, 'no usable Content-Length', 'one Content-Length, because this is a stream');
      const tooLong = problemAt(line, `${bodyBytes} bytes of body`, `at most ${this.#options.maxBytes} in all`);
      return malformed(judged, judged.problem ?? (isFramed ? { ...tooLong, status: 513 } : missing));
    }
    this.#head = { judged, bytes: headBytes, bodyBytes };
    return this.#readBody(this.#head);
  }

  #readBody({ judged, bytes, bodyBytes }: AwaitedBody): StreamItem | undefined {
    const { view } = this.#queue;
    if (view.length < bytes + bodyBytes) return undefined;
    const body = new Uint8Array(view.subarray(bytes, bytes + bodyBytes));
    this.#queue.drop(bytes + bodyBytes);
    this.#head = undefined;
    this.#searched = 0;
    return assembled(judged, body);
  }

  #lose(view: Uint8Array, found: string): Malformed {
    this.#isLost = true;
    const judged = judgeHead(view.subarray(0, this.#options.maxBytes), this.#options);
    return malformed(judged, { ...problemAt(1, found, 'an empty line after the headers'), status: 513 });
  }
}

/** A parser for one TCP or TLS connection: framing by Content-Length (RFC 3261 18.3), keep-alives by RFC 5626 4.4.1. */
export const streamParser = (options: StreamOptions): StreamParser => new ContentLengthFraming(options);
