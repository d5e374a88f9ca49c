import type { MirroredPacket } from './mirroredPacket.ts';

/** Which packet it is in, and when that passed. */
export interface Moment {
  readonly atMs: number;
  /** Index of the file. */
  readonly file: number;
  /** Number of the packet, from 1, as Wireshark counts in that file. */
  readonly frame: number;
}

/** A message of which Content-Length alone says where it ends, with the packet that brought its last byte. */
export interface FramedMessage {
  readonly bytes: Buffer;
  readonly at: Moment;
}

/** What a stream carries: the bytes of a SIP message, or a packet that a capture agent mirrored. */
export type StreamItem = Buffer | FramedMessage | MirroredPacket;

/** Takes the bytes of one direction of a connection in their order. */
export interface StreamReader {
  /** Bytes that wait for the rest of their message. */
  readonly waiting: number;
  /** What it is, where nothing of it can be read. */
  readonly unreadable: string | null;
  add(bytes: Buffer, at: Moment): StreamItem[];
  /** The bytes that come next do not follow on those before. */
  cut(): void;
}
