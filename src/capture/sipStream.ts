import { lineFeed, longestLine, startLine } from './startLine.ts';
import type { FramedMessage, Moment, StreamReader } from './streamReader.ts';

/** Where a body without a line break at its end is followed by a message: the methods that are in use. */
const startWithin =
  /(?:ACK|BYE|CANCEL|INFO|INVITE|MESSAGE|NOTIFY|OPTIONS|PRACK|PUBLISH|REFER|REGISTER|SUBSCRIBE|UPDATE) \S+ SIP\/2\.0$|SIP\/2\.0 [1-6]\d\d [^:]*$/;
const contentLength = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*$/im;
/** A body of which the type allows that a SIP message stands in it: no type at all and SDP (RFC 8866) do not. */
const mayCarrySip = /^(?:content-type|c)[ \t]*:[ \t]*(?!application\/sdp)\S/im;
/** The beginning of a start line of which the rest has not come. */
const partOfStart = /^(?:[A-Za-z][\w.!%*+'~-]*|SIP\/[\d.]*)(?: .*)?$/;
const longestHead = 65_536;
const longestBody = 1 << 20;

/** Which bodies are waited for: all whose bytes may still come, the last one, or none. */
type Awaited = 'bodies' | 'lastBody' | 'nothing';

/** To which transaction a message belongs, by Call-ID and CSeq; each message without them stands alone. */
function transactionIn(text: string): string | symbol {
  const callId = /^(?:call-id|i)[ \t]*:[ \t]*(\S+)/im.exec(text)?.[1];
  const cseq = /^cseq[ \t]*:[ \t]*(\d+[ \t]+\S+)/im.exec(text)?.[1];
  return callId === undefined || cseq === undefined ? Symbol('none') : `${cseq} ${callId}`;
}

/** After the first empty line, which some end with LF alone; null where it has not come. */
function bodyStartIn(bytes: Buffer, from: number): number | null {
  const [usual, short] = [bytes.indexOf('\n\r\n', from, 'latin1'), bytes.indexOf('\n\n', from, 'latin1')];
  if (usual < 0 && short < 0) return null;
  return usual >= 0 && (short < 0 || usual < short) ? usual + 3 : short + 2;
}

/**
 * Cuts one direction of a TCP connection into SIP messages by their Content-Length (RFC 3261 18.3). One that reaches into
 * the next message, or ends before it, gives way to where that begins. Whatever does not begin with a start line is
 * skipped line by line, so that a stream whose head is missing is picked up at its next message.
 */
export class SipStream implements StreamReader {
  readonly unreadable = null;
  #bytes: Buffer = Buffer.alloc(0);
  /** Whether the next byte follows on a message: if not, a message may begin within a line. */
  #isInStep = false;
  /** Bytes that belonged to no message. */
  skipped = 0;
  /** Bytes of them that came where a message had to begin: it may have been one. */
  strayed = 0;

  /** Of the bytes that came last, and how many had come before them. */
  #at: Moment = { atMs: 0, file: 0, frame: 0 };
  #before = 0;
  #atBefore = this.#at;

  /** Bytes that wait for the rest of their message. */
  get waiting(): number {
    return this.#bytes.length;
  }

  /** Drops what waits: the bytes that come next do not follow on it. */
  cut(): void {
    this.skipped += this.#bytes.length;
    this.#bytes = Buffer.alloc(0);
    this.#isInStep = false;
  }

  /** The messages that these bytes complete. */
  add(bytes: Buffer, at: Moment): FramedMessage[] {
    this.#atBefore = this.#at;
    this.#at = at;
    this.#before = this.#bytes.length;
    this.#bytes = this.#bytes.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#bytes, bytes]);
    return this.#messages('bodies');
  }

  /** What waits for the rest of a body that its receiver, which has answered, did not wait for. */
  release(): FramedMessage[] {
    this.#before = 0;
    return this.#messages('nothing');
  }

  /** What waits where no more bytes come, without the last one whose body is not all there. */
  flush(): FramedMessage[] {
    this.#before = 0;
    return this.#messages('lastBody');
  }

  /** Whether that is the answer to the request that waits, so that its receiver took it for complete. */
  isAnsweredBy(response: string): boolean {
    const bodyStart = bodyStartIn(this.#bytes, 0);
    if (bodyStart === null) return false;
    const head = this.#bytes.toString('latin1', 0, bodyStart);
    return transactionIn(head) === transactionIn(response);
  }

  #messages(awaited: Awaited): FramedMessage[] {
    const messages: FramedMessage[] = [];
    let at = 0;
    for (;;) {
      const lineEnd = this.#bytes.indexOf(lineFeed, at);
      if (lineEnd < 0) break;
      const start = this.#startIn(at, lineEnd);
      const end = start === null ? 'never' : this.#endOfMessage(start, awaited);
      if (end === 'unknown') break;
      this.#skip((end === 'never' ? lineEnd + 1 : (start ?? at)) - at);
      if (end !== 'never' && start !== null) messages.push(this.#messageOf(start, end));
      this.#isInStep ||= end !== 'never';
      at = end === 'never' ? lineEnd + 1 : end;
    }
    this.#keepFrom(at);
    return messages;
  }

  /** Where it ended was perhaps seen only when the next bytes came. */
  #messageOf(from: number, end: number): FramedMessage {
    return { bytes: this.#bytes.subarray(from, end), at: end <= this.#before ? this.#atBefore : this.#at };
  }

  /** Where in the line a message begins, or null. */
  #startIn(from: number, lineEnd: number): number | null {
    if (lineEnd - from >= longestLine) return null;
    const line = this.#bytes.toString('latin1', from, lineEnd).trimEnd();
    const within = this.#isInStep ? -1 : line.search(startWithin);
    if (within >= 0) return from + within;
    return startLine.test(line) ? from : null;
  }

  /** Keep-alives (RFC 5626 3.5.1) are no loss. */
  #skip(count: number): void {
    if (count <= 2) return;
    this.skipped += count;
    if (this.#isInStep) this.strayed += count;
    this.#isInStep = false;
  }

  #endOfMessage(from: number, awaited: Awaited): number | 'unknown' | 'never' {
    const bodyStart = bodyStartIn(this.#bytes, from);
    if (bodyStart === null) return this.#bytes.length - from > longestHead ? 'never' : 'unknown';
    const head = this.#bytes.toString('latin1', from, bodyStart);
    if (head.length > longestHead) return 'never';
    const said = Number(contentLength.exec(head)?.[1] ?? 0);
    const end = bodyStart + (said > longestBody ? 0 : said);
    const hasAll = end <= this.#bytes.length;
    const next = this.#nextStart(bodyStart);
    const isSwallowed = next !== null && next < end;
    if (isSwallowed && (awaited !== 'bodies' || !mayCarrySip.test(head) || (hasAll && !this.#mayBeginAt(end))))
      return next;
    if (!hasAll) return awaited === 'nothing' ? this.#bytes.length : 'unknown';
    return this.#mayBeginAt(end) ? end : (next ?? this.#lastLineFrom(end));
  }

  /** Where the next message begins, also behind a body without a line break; null where none can be seen. */
  #nextStart(from: number): number | null {
    for (let at = this.#bytes.indexOf('SIP/2.0', from, 'latin1'); at >= 0; ) {
      const lineEnd = this.#bytes.indexOf(lineFeed, at);
      if (lineEnd < 0) return null;
      const lineStart = Math.max(from, this.#bytes.lastIndexOf(lineFeed, at) + 1);
      const within = this.#line(lineStart, lineEnd).search(startWithin);
      if (within >= 0) return lineStart + within;
      at = this.#bytes.indexOf('SIP/2.0', lineEnd, 'latin1');
    }
    return null;
  }

  /** Whether nothing that is there speaks against a message, or an empty line, that begins there. */
  #mayBeginAt(at: number): boolean {
    const first = this.#bytes[at];
    if (first === undefined || first === 0x0d || first === lineFeed) return true;
    const lineEnd = this.#bytes.indexOf(lineFeed, at);
    if (lineEnd < 0) return partOfStart.test(this.#line(at, this.#bytes.length));
    const line = this.#line(at, lineEnd);
    return startLine.test(line) && line.search(startWithin) <= 0;
  }

  #line(from: number, end: number): string {
    return end - from >= longestLine ? '' : this.#bytes.toString('latin1', from, end).trimEnd();
  }

  /** The line that is not complete may be the start of the next message. */
  #lastLineFrom(end: number): number {
    return Math.max(end, this.#bytes.lastIndexOf(lineFeed) + 1);
  }

  #keepFrom(at: number): void {
    const rest = this.#bytes.subarray(at);
    const isEndless = rest.length > longestLine && rest.indexOf(lineFeed) < 0;
    if (isEndless) this.skipped += rest.length;
    // A copy, so that a few bytes that wait do not keep a large buffer alive.
    this.#bytes = isEndless || rest.length === 0 ? Buffer.alloc(0) : Buffer.from(rest);
  }
}
