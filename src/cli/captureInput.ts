import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import process from 'node:process';
import type { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { DamagedCapture } from '../capture/packet.ts';
import type { CaptureFile } from '../capture/packetFiles.ts';
import { refuse, refuseUnreadable } from './files.ts';
import { cannotStart, outputOf, ProgramFailed } from './program.ts';

const chunkSize = 1 << 20;
/** What a pipe delivers after Ctrl-C: whoever writes it got the signal too, and is writing its rest. */
const graceMs = 1_000;
/** How often a growing file is looked at. */
const followMs = 250;

interface Compression {
  readonly magic: string;
  readonly name: string;
  readonly program: string;
  /** Null where this version of Node has none. */
  readonly decompressor: (() => NodeJS.ReadWriteStream) | null;
}

const zstd = 'createZstdDecompress' in zlib ? (zlib.createZstdDecompress as () => NodeJS.ReadWriteStream) : null;

/** What captures are compressed with. Node has gzip; zstd from version 22.15 on; for all others there are programs. */
const compressions: readonly Compression[] = [
  { magic: '1f8b', name: 'gzip', program: 'gzip', decompressor: () => zlib.createGunzip() },
  { magic: '28b52ffd', name: 'zstd', program: 'zstd', decompressor: zstd },
  { magic: 'fd377a585a00', name: 'xz', program: 'xz', decompressor: null },
  { magic: '425a68', name: 'bzip2', program: 'bzip2', decompressor: null },
  { magic: '04224d18', name: 'lz4', program: 'lz4', decompressor: null },
];

export interface InputOptions {
  /** Wait for more at the end of a file, as tail -f does. */
  readonly follow: boolean;
  /** Stops reading: what has come is judged. */
  readonly signal: AbortSignal;
}

/** A file, or standard input for `-`. Throws an InputError where it cannot be read at all. */
export function openCapture(file: string, { follow, signal }: InputOptions): CaptureFile {
  const name = file === '-' ? 'standard input' : file;
  if (file !== '-') refuseUnreadable(file, 'a capture file');
  const bytes =
    file === '-' ? untilAborted(process.stdin, signal) : follow ? followed(file, signal) : ofFile(file, signal);
  return { name, chunks: decompressed(bytes, file) };
}

async function* ofFile(file: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file, { highWaterMark: chunkSize })) {
    yield chunk as Buffer;
    if (signal.aborted) return;
  }
}

/** A stream whose writer gets the same Ctrl-C is read to its end, unless that does not come. */
async function* untilAborted(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const late = new Promise<null>((resolve) => {
    const wait = () => setTimeout(resolve, graceMs, null).unref();
    if (signal.aborted) wait();
    else signal.addEventListener('abort', wait, { once: true });
  });
  const chunks = stream[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([chunks.next(), late]);
    if (next === null || next.done === true) break;
    yield next.value as Buffer;
  }
  stream.destroy();
}

async function* followed(file: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const handle = await open(file);
  try {
    while (!signal.aborted) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkSize), 0, chunkSize);
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else await new Promise((resolve) => setTimeout(resolve, followMs));
    }
  } finally {
    await handle.close();
  }
}

const compressionOf = (start: Buffer): Compression | undefined =>
  compressions.find(({ magic }) => start.toString('hex', 0, 6).startsWith(magic));

/** Whether a file that begins with these bytes is compressed. */
export const isCompressed = (start: Buffer): boolean => compressionOf(start) !== undefined;

async function* decompressed(bytes: AsyncGenerator<Buffer>, file: string): AsyncGenerator<Uint8Array> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 6) {
    const next = await bytes.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const compression = compressionOf(head);
  const whole = startingWith(head, bytes);
  if (compression === undefined) return yield* whole;
  if (compression.decompressor === null) return yield* byProgram(whole, file, compression);
  const parts = compression.name === 'gzip' ? trailerLast(whole) : whole;
  let offset = 0;
  try {
    for await (const chunk of unpackedBy(compression.decompressor(), parts)) {
      offset += chunk.length;
      yield chunk;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!/^(?:Z_|ZSTD_)/.test(code ?? '')) throw error;
    throw new DamagedCapture({
      offset,
      found: `broken ${compression.name} data (${message})`,
      expected: 'the rest of it',
    });
  }
}

/** The check sum of a gzip file and its length are its end (RFC 1952 2.3.1). */
const trailerBytes = 8;

/** The end of a gzip file apart from the rest, so that a wrong check sum costs nothing of what comes before. */
async function* trailerLast(whole: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of whole) {
    const known = Buffer.concat([held, chunk]);
    const end = Math.max(0, known.length - trailerBytes);
    if (end > 0) yield known.subarray(0, end);
    held = known.subarray(end);
  }
  yield held;
}

/** Everything that comes out, also what does before an error: of that a piped stream forgets what nobody has read by then. */
async function* unpackedBy(stream: NodeJS.ReadWriteStream, parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacked: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => unpacked.push(chunk));
  const failed = new Promise<Error>((resolve) => stream.once('error', resolve));
  const done = (begin: (end: () => void) => unknown) =>
    Promise.race([failed, new Promise<null>((resolve) => begin(() => resolve(null)))]);
  for await (const part of parts) {
    const failure = await done((end) => stream.write(part, end));
    yield* unpacked.splice(0);
    if (failure !== null) throw failure;
  }
  const failure = await done((end) => stream.once('end', end).end());
  yield* unpacked.splice(0);
  if (failure !== null) throw failure;
}

async function* startingWith(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

/** Unpacked by the program of that format. Ctrl-C ends what it reads, and then it ends by itself. */
async function* byProgram(
  whole: AsyncIterable<Uint8Array>,
  file: string,
  { name, program }: Compression,
): AsyncGenerator<Buffer> {
  let offset = 0;
  const { signal } = new AbortController();
  try {
    for await (const chunk of outputOf({ command: program, args: ['-dc'], input: whole, signal })) {
      offset += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ProgramFailed) {
      const found = `broken ${name} data (${error.said.split('\n')[0]})`;
      throw new DamagedCapture({ offset, found, expected: 'the rest of it' });
    }
    if (!cannotStart(error)) throw error;
    const later = name === 'zstd' ? ', or Node 22.15 and later' : '';
    refuse(
      file === '-' ? 'standard input' : file,
      `${name} data, and no program ${program} to unpack it`,
      `that program (apt-get install ${program === 'xz' ? 'xz-utils' : program})${later}`,
    );
  }
}
