import { SipStream } from './sipStream.ts';
import type { Moment, StreamItem, StreamReader } from './streamReader.ts';
import { readerFor } from './streamReaders.ts';
import type { TcpSegment } from './tcpSegment.ts';

/** What may wait for a missing segment: more than any receive window of a SIP server needs. */
const mostPendingBytes = 256 << 10;
const mostPendingSegments = 256;

/** How far a sequence number is ahead of another, modulo 2^32 (RFC 9293 3.4). */
const ahead = (sequence: number, of: number): number => (sequence - of) | 0;

/**
 * One direction of a TCP connection. Takes segments in any order, repeated and overlapping; bytes that the capture
 * missed are given up once too much waits behind them.
 */
export class TcpFlow {
  #reader: StreamReader = new SipStream();
  #next: number | null = null;
  #pending: { readonly sequence: number; readonly payload: Buffer }[] = [];
  #pendingBytes = 0;
  #at: Moment = { atMs: 0, file: 0, frame: 0 };
  /** Times that bytes were given up. */
  gaps = 0;
  /** Whether any SIP message came; other protocols' streams are of no concern. */
  hasSip = false;
  /** Whether there was anything but line ends, which keep a connection alive (RFC 5626 3.5.1). */
  hasContent = false;
  segments = 0;
  bytes = 0;

  readonly isOnSipPort: boolean;

  constructor(isOnSipPort: boolean) {
    this.isOnSipPort = isOnSipPort;
  }

  /** Bytes that are held. */
  get held(): number {
    return this.#pendingBytes + this.#reader.waiting;
  }

  /** What it is, where nothing of it can be read. */
  get unreadable(): string | null {
    return this.#reader.unreadable;
  }

  /** Messages that could not be read because bytes were missing, or whose end the capture does not have. */
  get isIncomplete(): boolean {
    const strayed = this.#reader instanceof SipStream ? this.#reader.strayed : 0;
    return this.hasSip && (this.gaps > 0 || strayed > 0 || this.#reader.waiting > 0);
  }

  /** @param at the packet that the segment is in */
  add({ sequence, isSyn, payload }: TcpSegment, at: Moment): StreamItem[] {
    this.#at = at;
    if (isSyn) return this.#begin((sequence + 1) >>> 0);
    if (payload.length === 0) return [];
    this.segments++;
    this.bytes += payload.length;
    // Connections older than the capture begin wherever it does.
    this.#next ??= sequence;
    return ahead(sequence, this.#next) > 0 ? this.#wait(sequence, payload) : this.#take(sequence, payload);
  }

  /** The request that waits for a body, where that response answers it: its Content-Length is too long. */
  answered(response: Buffer): StreamItem[] {
    const reader = this.#reader;
    if (reader.waiting === 0 || !(reader instanceof SipStream)) return [];
    const items = reader.isAnsweredBy(response.toString('latin1')) ? reader.release() : [];
    this.hasSip ||= items.length > 0;
    return items;
  }

  /** The messages that can still be read when no more segments come. */
  flush(): StreamItem[] {
    const messages: StreamItem[] = [];
    while (this.#pending.length > 0) messages.push(...this.#giveUpGap());
    if (this.#reader instanceof SipStream) messages.push(...this.#reader.flush());
    this.hasSip ||= messages.length > 0;
    return messages;
  }

  /** A SYN that comes again changes nothing; another one begins a new connection on the same ports. */
  #begin(first: number): StreamItem[] {
    const isRepeated = this.#next !== null && ahead(this.#next, first) >= 0 && ahead(this.#next, first) < 1 << 24;
    if (isRepeated) return [];
    const rest = this.flush();
    if (this.#reader.waiting > 0) this.gaps++;
    this.#reader.cut();
    if (!this.hasSip) this.#reader = new SipStream();
    this.#next = first;
    return rest;
  }

  /** Takes what is new of a segment that begins at or before the next byte, and whatever then follows on it. */
  #take(sequence: number, payload: Buffer): StreamItem[] {
    const messages: StreamItem[] = [];
    let piece: { sequence: number; payload: Buffer } | undefined = { sequence, payload };
    while (piece !== undefined) {
      const known = ahead(this.#next ?? piece.sequence, piece.sequence);
      if (known < piece.payload.length) {
        messages.push(...this.#read(piece.payload.subarray(known)));
        this.#next = (piece.sequence + piece.payload.length) >>> 0;
      }
      piece = this.#pop();
    }
    return messages;
  }

  #read(bytes: Buffer): StreamItem[] {
    if (!this.hasSip && this.#reader.waiting === 0) this.#reader = this.#readerOf(bytes);
    const messages = this.#reader.add(bytes, this.#at);
    this.hasSip ||= messages.length > 0;
    return messages;
  }

  /** As long as nothing was SIP, each segment may show what the stream is: it may have begun before the capture. */
  #readerOf(bytes: Buffer): StreamReader {
    this.hasContent ||= bytes.some((byte) => byte !== 0x0d && byte !== 0x0a);
    return this.#reader.unreadable === null && this.#reader instanceof SipStream ? readerFor(bytes) : this.#reader;
  }

  /** The earliest segment that waits, if no byte before it is missing any more. */
  #pop(): { sequence: number; payload: Buffer } | undefined {
    const [first] = this.#pending;
    if (first === undefined || ahead(first.sequence, this.#next ?? first.sequence) > 0) return undefined;
    this.#pending.shift();
    this.#pendingBytes -= first.payload.length;
    return first;
  }

  #wait(sequence: number, payload: Buffer): StreamItem[] {
    const at = this.#pending.findIndex((one) => ahead(one.sequence, sequence) >= 0);
    const same = this.#pending[at];
    if (same?.sequence === sequence && same.payload.length >= payload.length) return [];
    this.#pending.splice(at < 0 ? this.#pending.length : at, 0, { sequence, payload: Buffer.from(payload) });
    this.#pendingBytes += payload.length;
    const isTooMuch = this.#pendingBytes > mostPendingBytes || this.#pending.length > mostPendingSegments;
    return isTooMuch ? this.#giveUpGap() : [];
  }

  #giveUpGap(): StreamItem[] {
    const first = this.#pending.shift();
    if (first === undefined) return [];
    this.#pendingBytes -= first.payload.length;
    this.gaps++;
    this.#reader.cut();
    this.#next = first.sequence;
    return this.#take(first.sequence, first.payload);
  }
}
