import type { Endpoint, Transport } from './endpoint.ts';

/** A packet that a SIP server or capture agent mirrored: who sent it to whom, and when. */
export interface MirroredPacket {
  readonly atMs: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly transport: Transport;
  readonly payload: Buffer;
}
