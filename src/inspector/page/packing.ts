import { bytesIn, formatOf, textOf } from '../model/fragment.ts';

const through = (part: BlobPart, stream: ReadableWritablePair<Uint8Array<ArrayBuffer>, BufferSource>): Response =>
  new Response(new Blob([part]).stream().pipeThrough(stream));

/** A text, smaller. */
export const deflated = async (text: string): Promise<Uint8Array> =>
  new Uint8Array(await through(text, new CompressionStream('deflate')).arrayBuffer());

/** A value as the part of an address. */
const packed = async (value: unknown): Promise<string> => textOf(await deflated(JSON.stringify(value)));

/** The value of a part of an address. Rejects where a piece of it is missing or another one. */
export const unpacked = async (text: string): Promise<unknown> =>
  through(bytesIn(text), new DecompressionStream(formatOf(text))).json();

/** Packs values, each of them once as long as none other comes in between: an address changes with every step. */
export function packer() {
  let last = { of: null as unknown, text: Promise.resolve('') };
  return (of: unknown, value: () => Promise<unknown>): Promise<string> => {
    const text = last.of === of ? last.text : value().then(packed);
    last = { of, text };
    return text;
  };
}
