import type { MirroredPacket } from './mirroredPacket.ts';

/** What a stream carries: the bytes of a SIP message, or a packet that a capture agent mirrored. */
export type StreamItem = Buffer | MirroredPacket;

/** Takes the bytes of one direction of a connection in their order. */
export interface StreamReader {
  /** Bytes that wait for the rest of their message. */
  readonly waiting: number;
  /** What it is, where nothing of it can be read. */
  readonly unreadable: string | null;
  add(bytes: Buffer): StreamItem[];
  /** The bytes that come next do not follow on those before. */
  cut(): void;
}
