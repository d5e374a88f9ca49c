import type { PartyName } from '../machines/messages.ts';
import type { Told } from './divergence.ts';
import type { SipSocket } from './sipSocket.ts';

/** A message of the model, ready to be put on the wire; or the end of a connection, which has no bytes. */
export interface Outgoing {
  readonly through: SipSocket;
  readonly bytes: Uint8Array | null;
}

/** A message that the wire brought, as the model has it. */
export interface Incoming {
  readonly to: PartyName;
  readonly message: Told;
}
