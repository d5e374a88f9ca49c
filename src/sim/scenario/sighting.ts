import type { PartyName, RegisterRequest } from '../../machines/messages.ts';
import type { Observation } from '../../machines/observations.ts';

/** Something that an onlooker can see: what a machine shows, a REGISTER that is sent, a step of the environment. */
export type Sighting =
  | Observation
  | { readonly type: 'sent'; readonly from: PartyName; readonly message: RegisterRequest; readonly phone?: never }
  | { readonly type: 'environment'; readonly phone?: never };
