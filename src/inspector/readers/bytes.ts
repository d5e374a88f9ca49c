/** Texts that are no UTF-8 have a character for each byte. */
type Encoding = 'utf8' | 'latin1' | 'hex';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** A call with more arguments than this may be too much for the stack. */
const mostArguments = 8_192;

function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += mostArguments) {
    text += String.fromCharCode(...bytes.subarray(at, at + mostArguments));
  }
  return text;
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('');

function bytesOf(text: string, encoding: Encoding): Uint8Array {
  if (encoding !== 'latin1') return new TextEncoder().encode(text);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/**
 * What the reader of captures needs of Node's `Buffer`, for a browser, where there is none: the same results for the same
 * calls, `slice` being a view as there.
 */
export class Bytes extends Uint8Array {
  static alloc = (length: number): Bytes => new Bytes(length);

  static allocUnsafeSlow = (length: number): Bytes => new Bytes(length);

  static isBuffer = (value: unknown): value is Bytes => value instanceof Bytes;

  static byteLength = (text: string): number => bytesOf(text, 'utf8').length;

  // biome-ignore lint/suspicious/noExplicitAny: as Node's has it, and as Uint8Array.from has something else
  static override from(given: any, start?: any, length?: number): Bytes {
    if (typeof given === 'string') return Bytes.from(bytesOf(given, start ?? 'utf8'));
    if (given instanceof ArrayBuffer) return new Bytes(given, start, length);
    const copy = new Bytes(given.length);
    copy.set(given);
    return copy;
  }

  static concat(all: readonly Uint8Array[]): Bytes {
    const whole = new Bytes(all.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const one of all) {
      whole.set(one, at);
      at += one.length;
    }
    return whole;
  }

  override toString(encoding: Encoding = 'utf8', start = 0, end = this.length): string {
    const part = this.subarray(Math.max(0, start), Math.max(0, end));
    return encoding === 'utf8' ? utf8.decode(part) : encoding === 'hex' ? hexOf(part) : latin1Of(part);
  }

  override slice(start?: number, end?: number): Bytes {
    return this.subarray(start, end) as Bytes;
  }

  override indexOf(wanted: number | string | Uint8Array, from = 0, encoding: Encoding = 'utf8'): number {
    if (typeof wanted === 'number') return super.indexOf(wanted, from);
    const bytes = typeof wanted === 'string' ? bytesOf(wanted, encoding) : wanted;
    const [first] = bytes;
    if (first === undefined) return Math.min(from, this.length);
    for (let at = super.indexOf(first, from); at >= 0; at = super.indexOf(first, at + 1)) {
      if (bytes.every((one, index) => this[at + index] === one)) return at;
    }
    return -1;
  }

  override includes(wanted: number | string | Uint8Array, from = 0): boolean {
    return this.indexOf(wanted, from) >= 0;
  }

  copy(target: Uint8Array, targetStart = 0, start = 0, end = this.length): number {
    this.#need(start, 0);
    const part = this.subarray(start, Math.min(end, start + target.length - targetStart));
    target.set(part, targetStart);
    return part.length;
  }

  write(text: string, at = 0): number {
    return new TextEncoder().encodeInto(text, this.subarray(at)).written;
  }

  readUIntBE(at: number, length: number): number {
    this.#need(at, length);
    let value = 0;
    for (let index = 0; index < length; index++) value = value * 256 + (this[at + index] ?? 0);
    return value;
  }

  readUInt16BE(at = 0): number {
    return this.readUIntBE(at, 2);
  }

  readUInt32BE(at = 0): number {
    return this.readUIntBE(at, 4);
  }

  readUInt16LE(at = 0): number {
    return this.#view(at, 2).getUint16(at, true);
  }

  readUInt32LE(at = 0): number {
    return this.#view(at, 4).getUint32(at, true);
  }

  readBigUInt64BE(at = 0): bigint {
    return this.#view(at, 8).getBigUint64(at);
  }

  readDoubleLE(at = 0): number {
    return this.#view(at, 8).getFloat64(at, true);
  }

  writeDoubleLE(value: number, at = 0): number {
    this.#view(at, 8).setFloat64(at, value, true);
    return at + 8;
  }

  #view(at: number, length: number): DataView {
    this.#need(at, length);
    return new DataView(this.buffer, this.byteOffset, this.length);
  }

  #need(at: number, length: number): void {
    if (at < 0 || at + length > this.length) {
      throw new RangeError(`The value of "offset" is out of range. It must be >= 0 and <= ${this.length - length}`);
    }
  }
}
