import type { IpPacket } from './ip.ts';

interface Assembly {
  readonly pieces: { readonly offset: number; readonly bytes: Buffer }[];
  readonly sinceMs: number;
  /** Of the whole payload; null until its last fragment has come. */
  length: number | null;
  bytes: number;
  /** Whether a packet with the same name was whole a moment before: a mirror port shows each fragment twice. */
  readonly isCopy: boolean;
}

/** RFC 791 and RFC 8200: fragments are waited for this long. */
const timeoutMs = 60_000;
const longestPayload = 65_535;
/** How long fragments that come after all of a packet are copies. After it the number may be that of another packet. */
const copiesWithinMs = 1_000;

/** Puts fragmented IP packets together. What never gets complete goes after a minute, or the oldest where too much waits. */
export class FragmentAssembler {
  readonly #maxBytes: number;
  readonly #assemblies = new Map<string, Assembly>();
  /** When each packet became whole, of the last moment; in the order of time. */
  readonly #whole = new Map<string, number>();
  #copies = 0;
  #bytes = 0;
  /** Packets that were given up, those that still wait not counted. */
  givenUp = 0;

  /** @param maxBytes how much may wait in all */
  constructor(maxBytes = 16 << 20) {
    this.#maxBytes = maxBytes;
  }

  /** Packets of which some fragments have come and some have not. */
  get waiting(): number {
    return this.#assemblies.size - this.#copies;
  }

  /** The whole packet once its last missing fragment comes, else null. */
  add(packet: IpPacket, atMs: number): IpPacket | null {
    const { fragment } = packet;
    if (fragment === null) return packet;
    if (packet.missing > 0 || fragment.offset + packet.payload.length > longestPayload) return null;
    this.#forgetOld(atMs);
    const key = keyOf(packet, fragment.id);
    const assembly = this.#assemblies.get(key) ?? this.#begin(key, atMs);
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
    this.#whole.set(key, atMs);
    return { ...packet, payload, fragment: null };
  }

  #begin(key: string, sinceMs: number): Assembly {
    const assembly = { pieces: [], sinceMs, length: null, bytes: 0, isCopy: this.#whole.delete(key) };
    if (assembly.isCopy) this.#copies++;
    this.#assemblies.set(key, assembly);
    return assembly;
  }

  #forgetOld(nowMs: number): void {
    for (const [key, atMs] of this.#whole) {
      if (atMs + copiesWithinMs >= nowMs) break;
      this.#whole.delete(key);
    }
    for (const [key, assembly] of this.#assemblies) {
      if (assembly.sinceMs + timeoutMs >= nowMs && this.#bytes <= this.#maxBytes) return;
      this.#remove(key, assembly);
      if (!assembly.isCopy) this.givenUp++;
    }
  }

  #remove(key: string, assembly: Assembly): void {
    this.#assemblies.delete(key);
    if (assembly.isCopy) this.#copies--;
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
