import { bytesIn, textOf } from '../model/fragment.ts';

async function through(bytes: Uint8Array<ArrayBuffer>, stream: ReadableWritablePair<Uint8Array, BufferSource>) {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

/** A text, smaller. */
export const deflated = (text: string): Promise<Uint8Array> =>
  through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));

/** A value as the part of an address. */
const packed = async (value: unknown): Promise<string> => textOf(await deflated(JSON.stringify(value)));

/** The value of a part of an address. Rejects where a piece of it is missing. */
export const unpacked = async (text: string): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode(await through(bytesIn(text), new DecompressionStream('deflate-raw'))));

/** Packs values, each of them once as long as none other comes in between: an address changes with every step. */
export function packer() {
  let last = { of: null as unknown, text: Promise.resolve('') };
  return (of: unknown, value: () => Promise<unknown>): Promise<string> => {
    const text = last.of === of ? last.text : value().then(packed);
    last = { of, text };
    return text;
  };
}
