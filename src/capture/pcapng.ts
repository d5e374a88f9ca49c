import { type ByteQueue, type CapturedPacket, DamagedCapture, largestPacket, type PacketParser } from './packet.ts';

/** Block types of draft-ietf-opsawg-pcapng. */
export const blockTypes = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;

export const byteOrderMagic = 0x1a2b3c4d;
const optionCodes = { end: 0, timestampResolution: 9, timestampOffset: 14 } as const;
/** Nothing legitimate is larger; name resolution and decryption secrets come nearest. */
const largestBlock = 16 * largestPacket;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** Ticks per second: 10 or 2 to some power. */
  readonly ticksPerSecond: number;
  readonly offsetMs: number;
}

/** One block: integers in the byte order of its section, and nothing beyond its end. */
class Block {
  readonly type: number;
  readonly body: Buffer;
  readonly offset: number;
  readonly #littleEndian: boolean;

  constructor(type: number, body: Buffer, offset: number, littleEndian: boolean) {
    this.type = type;
    this.body = body;
    this.offset = offset;
    this.#littleEndian = littleEndian;
  }

  word(at: number): number {
    this.#mustHave(at + 4);
    return this.#littleEndian ? this.body.readUInt32LE(at) : this.body.readUInt32BE(at);
  }

  half(at: number): number {
    this.#mustHave(at + 2);
    return this.#littleEndian ? this.body.readUInt16LE(at) : this.body.readUInt16BE(at);
  }

  bytes(at: number, length: number): Buffer {
    this.#mustHave(at + length);
    return this.body.subarray(at, at + length);
  }

  signed64(at: number): bigint {
    const [first, second] = [this.word(at), this.word(at + 4)];
    const [high, low] = this.#littleEndian ? [second, first] : [first, second];
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
  }

  /** Where in the body the values of the options are that begin at `at`; the first of a kind counts. */
  options(at: number): Map<number, { readonly at: number; readonly length: number }> {
    const found = new Map<number, { at: number; length: number }>();
    for (let next = at; next + 4 <= this.body.length; ) {
      const [code, length] = [this.half(next), this.half(next + 2)];
      if (code === optionCodes.end) break;
      this.bytes(next + 4, length);
      if (!found.has(code)) found.set(code, { at: next + 4, length });
      next += 4 + padded(length);
    }
    return found;
  }

  #mustHave(length: number): void {
    if (length <= this.body.length) return;
    throw new DamagedCapture({
      offset: this.offset,
      found: `a block of type ${this.type} with ${this.body.length} bytes in it`,
      expected: `at least ${length}`,
    });
  }
}

const padded = (length: number): number => (length + 3) & ~3;

/** The next generation format: sections of either byte order, several interfaces, options. */
export class PcapngParser implements PacketParser {
  #littleEndian = true;
  #interfaces: Interface[] = [];

  *packets(bytes: ByteQueue): Iterable<CapturedPacket> {
    for (let block = this.#block(bytes); block !== null; block = this.#block(bytes)) {
      if (block.type === blockTypes.sectionHeader) this.#interfaces = [];
      else if (block.type === blockTypes.interfaceDescription) this.#interfaces.push(describeInterface(block));
      else {
        const packet = this.#packet(block);
        if (packet !== null) yield packet;
      }
    }
  }

  /** The next whole block, or null where it is not all there yet. */
  #block(bytes: ByteQueue): Block | null {
    const head = bytes.peek(12);
    if (head.length < 12) return null;
    // The type of a section header reads the same in both byte orders; its magic says which one follows.
    const isSection = head.readUInt32BE(0) === blockTypes.sectionHeader;
    if (isSection) this.#littleEndian = this.#orderOf(head, bytes.offset);
    const word = (from: Buffer, at: number) => (this.#littleEndian ? from.readUInt32LE(at) : from.readUInt32BE(at));
    const [type, length, offset] = [word(head, 0), word(head, 4), bytes.offset];
    if (length < 12 || length > largestBlock || length % 4 !== 0) {
      throw new DamagedCapture({
        offset,
        found: `a block of type ${type} that says it is ${length} bytes long`,
        expected: `a multiple of 4 from 12 to ${largestBlock}`,
      });
    }
    if (bytes.length < length) return null;
    const block = bytes.take(length);
    if (word(block, length - 4) !== length) {
      throw new DamagedCapture({
        offset: offset + length - 4,
        found: `${word(block, length - 4)} as the length at the end of a block`,
        expected: `${length}, as at its start`,
      });
    }
    return new Block(type, block.subarray(8, length - 4), offset, this.#littleEndian);
  }

  #orderOf(head: Buffer, offset: number): boolean {
    if (head.readUInt32LE(8) === byteOrderMagic) return true;
    if (head.readUInt32BE(8) === byteOrderMagic) return false;
    throw new DamagedCapture({
      offset: offset + 8,
      found: `0x${head.toString('hex', 8, 12)} in a section header`,
      expected: 'the byte-order magic 1a2b3c4d',
    });
  }

  #packet(block: Block): CapturedPacket | null {
    switch (block.type) {
      case blockTypes.enhancedPacket:
        return this.#timedPacket(block, block.word(0));
      case blockTypes.obsoletePacket:
        return this.#timedPacket(block, block.half(0));
      case blockTypes.simplePacket:
        return this.#simplePacket(block);
      default:
        return null;
    }
  }

  #timedPacket(block: Block, id: number): CapturedPacket {
    const { linkType, ticksPerSecond, offsetMs } = this.#interface(id, block);
    const [captured, wireLength] = [block.word(12), block.word(16)];
    const atMs = atMsOf(block.word(4), block.word(8), ticksPerSecond) + offsetMs;
    return { atMs, linkType, data: block.bytes(20, captured), wireLength };
  }

  /** Has no time of its own (section 4.4). */
  #simplePacket(block: Block): CapturedPacket {
    const { linkType, snapLength } = this.#interface(0, block);
    const wireLength = block.word(0);
    const captured = Math.min(wireLength, snapLength === 0 ? wireLength : snapLength, block.body.length - 4);
    return { atMs: null, linkType, data: block.bytes(4, captured), wireLength };
  }

  #interface(id: number, { offset }: Block): Interface {
    const found = this.#interfaces[id];
    if (found !== undefined) return found;
    throw new DamagedCapture({
      offset,
      found: `a packet of interface ${id}`,
      expected: `one of the ${this.#interfaces.length} interfaces that the section has described`,
    });
  }
}

function describeInterface(block: Block): Interface {
  const options = block.options(8);
  const resolution = options.get(optionCodes.timestampResolution);
  const offset = options.get(optionCodes.timestampOffset);
  const exponent = resolution?.length === 1 ? (block.body[resolution.at] ?? 6) : 6;
  return {
    linkType: block.half(0),
    snapLength: block.word(4),
    ticksPerSecond: exponent & 0x80 ? 2 ** (exponent & 0x7f) : 10 ** exponent,
    offsetMs: offset?.length === 8 ? Number(block.signed64(offset.at)) * 1000 : 0,
  };
}

/** Nanoseconds since 1970 are more than a double holds: whole seconds and their fraction are reckoned apart. */
function atMsOf(high: number, low: number, ticksPerSecond: number): number {
  const ticks = high * 2 ** 32 + low;
  if (Number.isSafeInteger(ticks)) return (ticks / ticksPerSecond) * 1000;
  const exact = (BigInt(high) << 32n) | BigInt(low);
  const perSecond = BigInt(ticksPerSecond);
  return Number(exact / perSecond) * 1000 + (Number(exact % perSecond) / ticksPerSecond) * 1000;
}
