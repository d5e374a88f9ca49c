import { looksLikeHep, readHep } from './hep.ts';
import type { MirroredPacket } from './mirroredPacket.ts';
import type { StreamReader } from './streamReader.ts';

/** Cuts a connection of a capture agent into HEPv3 packets by the length that each begins with. */
export class HepStream implements StreamReader {
  readonly unreadable = null;
  #bytes: Buffer = Buffer.alloc(0);

  get waiting(): number {
    return this.#bytes.length;
  }

  add(bytes: Buffer): MirroredPacket[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const found: MirroredPacket[] = [];
    let at = 0;
    while (this.#bytes.length - at > 6) {
      const rest = this.#bytes.subarray(at);
      if (!looksLikeHep(rest)) {
        // Out of step: the next packet begins where its name is.
        const next = this.#bytes.indexOf('HEP3', at + 1, 'latin1');
        at = next < 0 ? this.#bytes.length : next;
        continue;
      }
      const length = rest.readUInt16BE(4);
      if (length > 6 && rest.length < length) break;
      const packet = length > 6 ? readHep(rest.subarray(0, length)) : null;
      if (packet !== null) found.push({ ...packet, payload: Buffer.from(packet.payload) });
      at += Math.max(length, 6);
    }
    this.#bytes = Buffer.from(this.#bytes.subarray(at));
    return found;
  }

  cut(): void {
    this.#bytes = Buffer.alloc(0);
  }
}
