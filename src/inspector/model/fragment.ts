/** A link is its fragment: what follows the `#`, wherever the page is that it was copied from. */

/** The fragment in a text that somebody copied: an address, what follows its `#`, or with `#`; null where there is none. */
export function fragmentIn(text: string): string | null {
  // The last sign of a sentence, or the quotes of a command, are none of it.
  const [, found = null] = /(?:#|^)([\w.,@*+%=&-]*\b(?:run|server)=[\w.,@*+%=&-]*[\w=%-])/.exec(text.trim()) ?? [];
  return found;
}

/** How what follows `run=` is packed: with a checksum, so that a link of which a sign was changed is none. Links of old have no checksum. */
export const formatOf = (packed: string): 'deflate' | 'deflate-raw' =>
  packed.startsWith(deflateBegins) ? 'deflate' : 'deflate-raw';

/** RFC 1950 2.2: the first byte is 0x78, which no raw stream begins with. */
const deflateBegins = 'e';

/** The bytes of base64 as it stands in an address. Throws where it is none. */
export function bytesIn(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (one) => one.charCodeAt(0));
}

/** Bytes as the part of an address. */
export function textOf(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
