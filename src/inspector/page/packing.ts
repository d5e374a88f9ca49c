import { bytesIn, textOf } from '../model/fragment.ts';

async function through(bytes: Uint8Array<ArrayBuffer>, stream: ReadableWritablePair<Uint8Array, BufferSource>) {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}

/** A value as the part of an address. */
export async function packed(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return textOf(await through(bytes, new CompressionStream('deflate-raw')));
}

/** The value of a part of an address. Rejects where a piece of it is missing. */
export async function unpacked(text: string): Promise<unknown> {
  const bytes = await through(bytesIn(text), new DecompressionStream('deflate-raw'));
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Packs values, each of them once as long as none other comes in between: an address changes with every step. */
export function packer() {
  let last = { of: null as unknown, text: Promise.resolve('') };
  return (of: unknown, value: unknown = of): Promise<string> => {
    const text = last.of === of ? last.text : packed(value);
    last = { of, text };
    return text;
  };
}
