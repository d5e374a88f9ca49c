import type { MachineEvent, Network, Observation, PartyName, RegisterRequest } from '../../machines/messages.ts';
import { Interned } from '../data/interned.ts';
import type { Connection } from './transport.ts';

/** Something that an onlooker can see: what a machine shows, a REGISTER that is sent, a step of the environment. */
export type Sighting =
  | Observation
  | { readonly type: 'sent'; readonly from: PartyName; readonly message: RegisterRequest }
  | { readonly type: 'environment' };

/** The network of the phone's end of the connection over which a message goes; undefined where it has no such end. */
export const networkOf = (event: number): Network | undefined => eventTable.of(event).over?.network;

/** The events and sightings of every world in this process. */
export const eventTable = new Interned<MachineEvent & { readonly over?: Connection }>();
export const sightingTable = new Interned<Sighting>();
