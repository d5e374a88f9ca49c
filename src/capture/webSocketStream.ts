import { looksLikeSip } from './startLine.ts';
import type { StreamReader } from './streamReader.ts';

/** SIP over WebSocket (RFC 7118): a message is a message of the WebSocket (RFC 6455 5), in one or more frames. */

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8 } as const;
const longestMessage = 1 << 20;

interface Frame {
  readonly isLast: boolean;
  readonly opcode: number;
  /** RSV1: the message is compressed (RFC 7692). */
  readonly isCompressed: boolean;
  readonly payload: Buffer;
  /** With its header. */
  readonly length: number;
}

/** The frame that begins there; null where it has not all come. */
function frameAt(bytes: Buffer, at: number): Frame | null {
  if (bytes.length - at < 2) return null;
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const maskAt = at + 2 + lengthBytes;
  const payloadAt = maskAt + (second & 0x80 ? 4 : 0);
  if (bytes.length < payloadAt) return null;
  const size =
    lengthBytes === 0 ? short : lengthBytes === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
  const payload = Buffer.from(bytes.subarray(payloadAt, payloadAt + size));
  if (second & 0x80) for (let index = 0; index < payload.length; index++) unmask(payload, index, bytes, maskAt);
  return {
    isLast: (first & 0x80) !== 0,
    opcode: first & 0x0f,
    isCompressed: (first & 0x40) !== 0,
    payload,
    length: payloadAt - at + size,
  };
}

function unmask(payload: Buffer, index: number, bytes: Buffer, maskAt: number): void {
  payload[index] = (payload[index] ?? 0) ^ (bytes[maskAt + (index % 4)] ?? 0);
}

/** The handshake of RFC 6455 4: the request of the client, or the answer of the server. */
export function beginsWebSocket(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 2_048);
  return /^(?:GET \S+ HTTP\/1\.1|HTTP\/1\.1 101 )/i.test(head) && /^upgrade:[ \t]*websocket/im.test(head);
}

/** A connection in whose midst the capture begins: a frame of text or data that has the start of a SIP message in it. */
export function looksLikeWebSocket(bytes: Buffer): boolean {
  const opcode = (bytes[0] ?? 0) & 0x7f;
  if (opcode !== opcodes.text && opcode !== opcodes.binary) return false;
  const frame = frameAt(bytes, 0);
  return frame !== null && looksLikeSip(frame.payload);
}

/** Takes SIP messages out of the frames of one direction of a WebSocket. */
export class WebSocketStream implements StreamReader {
  #bytes: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #isCompressed = false;

  get waiting(): number {
    return this.#bytes.length + this.#parts.reduce((sum, { length }) => sum + length, 0);
  }

  get unreadable(): string | null {
    return this.#isCompressed ? 'compressed WebSocket' : null;
  }

  add(bytes: Buffer): Buffer[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    let at = this.#afterHandshake();
    const messages: Buffer[] = [];
    while (at !== null) {
      const frame = frameAt(this.#bytes, at);
      if (frame === null || frame.length > longestMessage || at + frame.length > this.#bytes.length) break;
      at += frame.length;
      messages.push(...this.#take(frame));
    }
    this.#bytes = Buffer.from(this.#bytes.subarray(at ?? 0));
    if (this.#bytes.length > longestMessage) this.cut();
    return messages;
  }

  cut(): void {
    this.#bytes = Buffer.alloc(0);
    this.#parts = [];
  }

  /** Where the frames begin; null where the handshake has not all come. */
  #afterHandshake(): number | null {
    const first = this.#bytes[0] ?? 0;
    if (first !== 0x47 && first !== 0x48) return 0;
    const end = this.#bytes.indexOf('\r\n\r\n', 0, 'latin1');
    return end < 0 ? null : end + 4;
  }

  #take({ isLast, opcode, isCompressed, payload }: Frame): Buffer[] {
    if (opcode >= opcodes.close) return [];
    this.#isCompressed ||= isCompressed;
    if (opcode !== opcodes.continuation) this.#parts = [];
    this.#parts.push(payload);
    if (!isLast || this.#isCompressed) return [];
    const message = Buffer.concat(this.#parts);
    this.#parts = [];
    return looksLikeSip(message) ? [message] : [];
  }
}
