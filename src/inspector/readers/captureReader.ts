import './browserBuffer.ts';
import { UnknownFormat } from '../../capture/packetReader.ts';
import { lostCallsOf } from '../model/lostCalls.ts';
import type { CaptureAnswers } from '../model/readers.ts';
import { answering } from '../model/worker.ts';

const isGzip = async (file: Blob): Promise<boolean> => {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
};

async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array> {
  const bytes: ReadableStream<Uint8Array> = file.stream();
  const unpacked = (await isGzip(file)) ? bytes.pipeThrough(new DecompressionStream('gzip')) : bytes;
  const reader = unpacked.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

answering<CaptureAnswers>({
  async lostCalls(file) {
    try {
      return await lostCallsOf(() => [{ name: file.name, chunks: chunksOf(file) }], {});
    } catch (error) {
      if (!(error instanceof UnknownFormat)) throw error;
      const hint = error.hint === undefined ? '' : ` (${error.hint})`;
      throw new Error(`found ${error.found}; expected a pcap or pcapng file${hint}`);
    }
  },
});
