import { Interned } from '../data/interned.ts';
import type { AnyEvent } from './settings.ts';

/** The events and sightings of every world in this process. A sighting is something that an onlooker can see. */
export const eventTable = new Interned<AnyEvent>();
export const sightingTable = new Interned<AnyEvent>();

/** The lists of sightings that single events have given, in order. */
export const sightingLists = new Interned<readonly number[]>();

/** What is seen of a step of the environment, whatever it does. */
export const environmentSighting = sightingTable.idOf({ type: 'environment' });
const sightings = [environmentSighting];
export const environmentSeen = { sightings, list: sightingLists.idOf(sightings) };
