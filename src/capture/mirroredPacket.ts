import type { Endpoint, Transport } from './endpoint.ts';

/** A packet that a SIP server or capture agent mirrored: who sent it to whom, and when. */
export interface MirroredPacket {
  readonly atMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly transport: Transport;
  readonly payload: Buffer;
  /** Compressed, and cannot be unpacked: it was a message all the same. */
  readonly isBroken: boolean;
}
