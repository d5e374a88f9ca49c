import type { IpPacket } from './ip.ts';

interface Assembly {
  readonly pieces: { readonly offset: number; readonly bytes: Buffer }[];
  readonly sinceMs: number;
  /** Of the whole payload; null until its last fragment has come. */
  length: number | null;
  bytes: number;
}

/** RFC 791 and RFC 8200: fragments are waited for this long. */
const timeoutMs = 60_000;
const longestPayload = 65_535;

/** Puts fragmented IP packets together. What never gets complete goes after a minute, or the oldest where too much waits. */
export class FragmentAssembler {
  readonly #maxBytes: number;
  readonly #assemblies = new Map<string, Assembly>();
  #bytes = 0;
  /** Packets that were given up, those that still wait not counted. */
  givenUp = 0;

  /** @param maxBytes how much may wait in all */
  constructor(maxBytes = 16 << 20) {
    this.#maxBytes = maxBytes;
  }

  /** Packets of which some fragments have come and some have not. */
  get waiting(): number {
    return this.#assemblies.size;
  }

  /** The whole packet once its last missing fragment comes, else null. */
  add(packet: IpPacket, atMs: number): IpPacket | null {
    const { fragment } = packet;
    if (fragment === null) return packet;
    if (packet.missing > 0 || fragment.offset + packet.payload.length > longestPayload) return null;
    this.#forgetOld(atMs);
    const key = keyOf(packet, fragment.id);
    const assembly = this.#assemblies.get(key) ?? { pieces: [], sinceMs: atMs, length: null, bytes: 0 };
    this.#assemblies.set(key, assembly);
    if (fragment.isLast) assembly.length = fragment.offset + packet.payload.length;
    if (
      !assembly.pieces.some(({ offset, bytes }) => offset === fragment.offset && bytes.length >= packet.payload.length)
    ) {
      assembly.pieces.push({ offset: fragment.offset, bytes: Buffer.from(packet.payload) });
      assembly.bytes += packet.payload.length;
      this.#bytes += packet.payload.length;
    }
    const payload = assembled(assembly);
    if (payload === null) return null;
    this.#remove(key, assembly);
    return { ...packet, payload, fragment: null };
  }

  #forgetOld(nowMs: number): void {
    for (const [key, assembly] of this.#assemblies) {
      if (assembly.sinceMs + timeoutMs >= nowMs && this.#bytes <= this.#maxBytes) return;
      this.#remove(key, assembly);
      this.givenUp++;
    }
  }

  #remove(key: string, assembly: Assembly): void {
    this.#assemblies.delete(key);
    this.#bytes -= assembly.bytes;
  }
}

const keyOf = ({ source, destination, protocol }: IpPacket, id: number): string =>
  `${source.toString('latin1')}${destination.toString('latin1')}${protocol}.${id}`;

/** The payload if it is whole. Where pieces overlap, the one that begins earlier counts. */
function assembled({ pieces, length, bytes: come }: Assembly): Buffer | null {
  if (length === null || come < length) return null;
  const whole = Buffer.alloc(length);
  let end = 0;
  for (const { offset, bytes } of pieces.toSorted((one, other) => one.offset - other.offset)) {
    if (offset > end) return null;
    if (offset + bytes.length <= end) continue;
    bytes.copy(whole, end, end - offset);
    end = offset + bytes.length;
  }
  return end >= length ? whole : null;
}
