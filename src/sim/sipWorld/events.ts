import type { MachineEvent } from '../../machines/events.ts';
import type { Network } from '../../machines/messages.ts';
import { eventTable } from '../system/eventTable.ts';
import type { Connection } from './transport.ts';

/** An event of this world, by its number. */
export const sipEvent = (event: number) => eventTable.of(event) as MachineEvent & { readonly over?: Connection };

/** The network of the phone's end of the connection over which a message goes; undefined where it has no such end. */
export const networkOf = (event: number): Network | undefined => sipEvent(event).over?.network;
