/** A browser unpacks nothing at once: what is packed within a capture cannot be read there, which is said of it. */
export function unzipSync(): never {
  throw new Error('a browser cannot unpack this');
}
