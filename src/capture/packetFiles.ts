import type { CaptureDamage, CapturedPacket } from './packet.ts';
import { PacketReader } from './packetReader.ts';

/** A capture file, or a stream that delivers one. */
export interface CaptureFile {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Where it holds, as exported PDUs, what is encrypted in another file: the index of that one. */
  readonly decrypts?: number;
}

/** What is decrypted comes after the packet that it was in, whose time may have been rounded otherwise. */
const afterPacketMs = 0.002;

/** Where and why one of several files cannot be read any further. */
export interface FileDamage extends CaptureDamage {
  readonly file: string;
}

/** The packets of one file, one after the other. */
class Cursor {
  readonly index: number;
  readonly reader: PacketReader;
  readonly #laterMs: number;
  frame = 0;
  current: CapturedPacket | null = null;
  /** Of packets without a time that of the one before. */
  atMs = Number.NEGATIVE_INFINITY;
  readonly #batches: AsyncGenerator<Iterable<CapturedPacket>>;
  #batch: Iterator<CapturedPacket> | null = null;

  constructor(index: number, reader: PacketReader, laterMs: number) {
    this.#laterMs = laterMs;
    this.index = index;
    this.reader = reader;
    this.#batches = reader.batches();
  }

  /** Goes on to the next packet; false where there is none. */
  async advance(): Promise<boolean> {
    for (;;) {
      const next = this.#batch?.next();
      if (next !== undefined && next.done !== true) {
        this.current = next.value;
        if (next.value.atMs !== null) this.atMs = next.value.atMs + this.#laterMs;
        this.frame++;
        return true;
      }
      const batch = await this.#batches.next();
      if (batch.done === true) return false;
      this.#batch = batch.value[Symbol.iterator]();
    }
  }
}

/**
 * The packets of several files in the order of their times: pieces of a ring buffer in whatever order they are given, or
 * captures of two places at once.
 */
export class PacketFiles {
  readonly #files: readonly CaptureFile[];
  readonly #readers: readonly PacketReader[];
  /** Of the packet that is being read: the index of its file, and its number there, from 1. */
  file = 0;
  frame = 0;

  constructor(files: readonly CaptureFile[]) {
    this.#files = files;
    this.#readers = files.map(({ name, chunks }) => new PacketReader(chunks, name));
  }

  /** The index of the file that the one being read decrypts, or null. */
  get decrypts(): number | null {
    return this.#files[this.file]?.decrypts ?? null;
  }

  /** Why reading of a file stopped before its end, once it has. */
  get damages(): FileDamage[] {
    return this.#readers.flatMap(({ damage }, index) =>
      damage === null ? [] : [{ file: this.#files[index]?.name ?? '', ...damage }],
    );
  }

  /** Take all packets of a batch before the next one. Throws an `UnknownFormat` with the name of the file. */
  async *batches(): AsyncGenerator<Iterable<CapturedPacket>> {
    const [only] = this.#readers;
    if (only === undefined || this.#readers.length > 1) return yield* this.#merged();
    for await (const packets of only.batches()) yield this.#numbered(packets);
  }

  *#numbered(packets: Iterable<CapturedPacket>): Iterable<CapturedPacket> {
    for (const packet of packets) {
      this.frame++;
      yield packet;
    }
  }

  async *#merged(): AsyncGenerator<Iterable<CapturedPacket>> {
    let cursors = this.#readers.map(
      (reader, index) => new Cursor(index, reader, this.#files[index]?.decrypts === undefined ? 0 : afterPacketMs),
    );
    for (const cursor of [...cursors]) {
      if (!(await cursor.advance())) cursors = cursors.filter((one) => one !== cursor);
    }
    while (cursors.length > 0) {
      const first = cursors.reduce((one, other) => (other.atMs < one.atMs ? other : one));
      this.file = first.index;
      this.frame = first.frame;
      if (first.current !== null) yield [first.current];
      if (!(await first.advance())) cursors = cursors.filter((one) => one !== first);
    }
  }
}
