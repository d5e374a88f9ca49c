/** One packet as a capture file holds it. */
export interface CapturedPacket {
  /** Milliseconds since 1970, with as much of a fraction as the file has; null where the file does not say. */
  readonly atMs: number | null;
  /** LINKTYPE_ value, https://www.tcpdump.org/linktypes.html. */
  readonly linkType: number;
  /** Valid only until the next packet is asked for. */
  readonly data: Buffer;
  /** Bytes that the packet had on the wire; more than `data` where the snap length cut it. */
  readonly wireLength: number;
}

/** Where and why a capture file cannot be read any further. */
export interface CaptureDamage {
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
}

/** What a reader of one file format does with the bytes that have come so far. */
export interface PacketParser {
  /** Takes as many whole packets as there are. Throws a `DamagedCapture` where the bytes make no sense. */
  packets(bytes: ByteQueue): Iterable<CapturedPacket>;
}

/** Thrown by a parser; the reader turns it into the capture's damage. */
export class DamagedCapture extends Error {
  readonly damage: CaptureDamage;

  constructor(damage: CaptureDamage) {
    super(`at byte ${damage.offset}: found ${damage.found}; expected ${damage.expected}`);
    this.damage = damage;
  }
}

/** No packet of a capture is larger: libpcap refuses more than 256 KiB but for USB and D-Bus. */
export const largestPacket = 1 << 20;

/** The bytes that have come and are not yet taken, in one piece. */
export class ByteQueue {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #offset = 0;

  /** Bytes from the start of the file to the first one that is not yet taken. */
  get offset(): number {
    return this.#offset;
  }

  get length(): number {
    return this.#bytes.length - this.#start;
  }

  append(chunk: Uint8Array): void {
    const more = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#bytes = this.length === 0 ? more : Buffer.concat([this.#bytes.subarray(this.#start), more]);
    this.#start = 0;
  }

  /** The next bytes without taking them; fewer where there are fewer. */
  peek(count: number): Buffer {
    return this.#bytes.subarray(this.#start, this.#start + count);
  }

  /** Takes bytes that are there. The view is valid until the next `append`. */
  take(count: number): Buffer {
    const taken = this.peek(count);
    this.#start += taken.length;
    this.#offset += taken.length;
    return taken;
  }
}
