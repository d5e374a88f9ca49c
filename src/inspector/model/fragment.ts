/** A link is its fragment: what follows the `#`, wherever the page is that it was copied from. */

/** The fragment in a text that somebody copied: an address, what follows its `#`, or with `#`; null where there is none. */
export function fragmentIn(text: string): string | null {
  const [, fragment = text] = /#(.*)$/s.exec(text.trim()) ?? [];
  const found = fragment.trim();
  return /(^|&)(run|server)=/.test(found) && !/\s/.test(found) ? found : null;
}

/** The bytes of base64 as it stands in an address. Throws where it is none. */
export function bytesIn(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (one) => one.charCodeAt(0));
}

/** Bytes as the part of an address. */
export function textOf(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
