import { ByteQueue, type CaptureDamage, type CapturedPacket, DamagedCapture, type PacketParser } from './packet.ts';
import { isPcap, PcapParser } from './pcap.ts';
import { blockTypes, PcapngParser } from './pcapng.ts';

/** What was given is no capture file at all. */
export class UnknownFormat extends Error {
  readonly found: string;
  readonly hint: string | undefined;
  readonly file: string;

  constructor(file: string, found: string, hint?: string) {
    super(`${file}: found ${found}; expected a pcap or pcapng file`);
    this.file = file;
    this.found = found;
    this.hint = hint;
  }
}

/** First bytes of what people mistake for a capture, and what helps. */
const mistaken: readonly (readonly [magic: string, name: string, hint?: string])[] = [
  ['1f8b', 'a gzip file', 'gunzip it first'],
  ['28b52ffd', 'a zstd file', 'unzstd it first'],
  ['fd377a585a00', 'an xz file', 'unxz it first'],
  ['425a68', 'a bzip2 file', 'bunzip2 it first'],
  ['04224d18', 'an lz4 file', 'unlz4 it first'],
  ['504b0304', 'a zip file', 'unzip it first'],
  ['736e6f6f70', 'a snoop file', 'convert it: editcap -F pcapng IN OUT'],
];

/** Whether a file that begins with these bytes is one that is read. */
export const isCaptureStart = (bytes: Buffer): boolean =>
  bytes.readUInt32BE(0) === blockTypes.sectionHeader || isPcap(bytes.readUInt32BE(0));

function parserFor(first: Buffer, file: string): PacketParser {
  if (first.length < 4)
    throw new UnknownFormat(file, first.length === 0 ? 'an empty file' : `a file of ${first.length} bytes`);
  const magic = first.readUInt32BE(0);
  if (magic === blockTypes.sectionHeader) return new PcapngParser();
  if (isPcap(magic)) return new PcapParser();
  const [, name, hint] = mistaken.find(([start]) => first.toString('hex').startsWith(start)) ?? [];
  throw new UnknownFormat(file, name ?? `a file that begins with the bytes ${first.toString('hex', 0, 4)}`, hint);
}

/** Reads the packets of a capture as its bytes come; whatever is wrong with them ends the packets and is kept. */
export class PacketReader {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #name: string;
  readonly #bytes = new ByteQueue();
  #parser: PacketParser | null = null;
  #damage: CaptureDamage | null = null;

  /** @param name how errors call it */
  constructor(chunks: AsyncIterable<Uint8Array>, name: string) {
    this.#chunks = chunks;
    this.#name = name;
  }

  /** Why reading stopped before the end, once it has. */
  get damage(): CaptureDamage | null {
    return this.#damage;
  }

  /** The packets that each chunk completes; take them all before the next batch. Throws an `UnknownFormat`. */
  async *batches(): AsyncGenerator<Iterable<CapturedPacket>> {
    for await (const chunk of this.#whole()) {
      this.#bytes.append(chunk);
      if (this.#parser === null && this.#bytes.length < 8) continue;
      this.#parser ??= parserFor(this.#bytes.peek(8), this.#name);
      yield this.#packets(this.#parser);
      if (this.#damage !== null) return;
    }
    if (this.#damage !== null) {
      if (this.#parser === null) throw new UnknownFormat(this.#name, this.#damage.found);
      return;
    }
    if (this.#parser === null) parserFor(this.#bytes.peek(8), this.#name);
    if (this.#bytes.length > 0) {
      this.#damage = {
        offset: this.#bytes.offset,
        found: `the end of the file after ${this.#bytes.length} bytes of a packet or block`,
        expected: 'the rest of it: the capture was cut off',
      };
    }
  }

  /** The chunks up to where they can be had: what was compressed may be cut off or broken. */
  async *#whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#chunks;
    } catch (error) {
      if (!(error instanceof DamagedCapture)) throw error;
      this.#damage = error.damage;
    }
  }

  *#packets(parser: PacketParser): Iterable<CapturedPacket> {
    try {
      yield* parser.packets(this.#bytes);
    } catch (error) {
      if (!(error instanceof DamagedCapture)) throw error;
      this.#damage = error.damage;
    }
  }
}
