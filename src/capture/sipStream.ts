import { lineFeed, longestLine, startLine } from './startLine.ts';
import type { StreamReader } from './streamReader.ts';

/** Where a body without a line break at its end is followed by a message: the methods that are in use. */
const startWithin =
  /(?:ACK|BYE|CANCEL|INFO|INVITE|MESSAGE|NOTIFY|OPTIONS|PRACK|PUBLISH|REFER|REGISTER|SUBSCRIBE|UPDATE) \S+ SIP\/2\.0$|SIP\/2\.0 [1-6]\d\d [^:]*$/;
const contentLength = /^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*$/im;
const longestHead = 65_536;
const longestBody = 1 << 20;

/** After the first empty line, which some end with LF alone; null where it has not come. */
function bodyStartIn(bytes: Buffer, from: number): number | null {
  const [usual, short] = [bytes.indexOf('\n\r\n', from, 'latin1'), bytes.indexOf('\n\n', from, 'latin1')];
  if (usual < 0 && short < 0) return null;
  return usual >= 0 && (short < 0 || usual < short) ? usual + 3 : short + 2;
}

/**
 * Cuts one direction of a TCP connection into SIP messages by their Content-Length (RFC 3261 18.3). Whatever does not
 * begin with a start line is skipped line by line, so that a stream whose head is missing is picked up at its next message.
 */
export class SipStream implements StreamReader {
  readonly unreadable = null;
  #bytes: Buffer = Buffer.alloc(0);
  /** Whether the next byte follows on a message: if not, a message may begin within a line. */
  #isInStep = false;
  /** Bytes that belonged to no message. */
  skipped = 0;

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
  add(bytes: Buffer): Buffer[] {
    this.#bytes = this.#bytes.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#bytes, bytes]);
    const messages: Buffer[] = [];
    let at = 0;
    for (;;) {
      const lineEnd = this.#bytes.indexOf(lineFeed, at);
      if (lineEnd < 0) break;
      const start = this.#startIn(at, lineEnd);
      const end = start === null ? 'never' : this.#endOfMessage(start);
      if (end === 'unknown') break;
      this.#skip((end === 'never' ? lineEnd + 1 : (start ?? at)) - at);
      if (end !== 'never' && start !== null) messages.push(this.#bytes.subarray(start, end));
      this.#isInStep ||= end !== 'never';
      at = end === 'never' ? lineEnd + 1 : end;
    }
    this.#keepFrom(at);
    return messages;
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
    this.#isInStep = false;
  }

  #endOfMessage(from: number): number | 'unknown' | 'never' {
    const bodyStart = bodyStartIn(this.#bytes, from);
    if (bodyStart === null) return this.#bytes.length - from > longestHead ? 'never' : 'unknown';
    const head = this.#bytes.toString('latin1', from, bodyStart);
    const length = Number(contentLength.exec(head)?.[1] ?? 0);
    if (length > longestBody || head.length > longestHead) return 'never';
    const end = bodyStart + length;
    return end <= this.#bytes.length ? end : 'unknown';
  }

  #keepFrom(at: number): void {
    const rest = this.#bytes.subarray(at);
    const isEndless = rest.length > longestLine && rest.indexOf(lineFeed) < 0;
    if (isEndless) this.skipped += rest.length;
    // A copy, so that a few bytes that wait do not keep a large buffer alive.
    this.#bytes = isEndless || rest.length === 0 ? Buffer.alloc(0) : Buffer.from(rest);
  }
}
