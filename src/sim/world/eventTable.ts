import type { MachineEvent, Observation, PartyName, RegisterRequest } from '../../machines/messages.ts';
import { canonical, deepFreeze } from '../data/canonical.ts';
import type { Connection } from './transport.ts';

/** Numbers for values: equal values, equal numbers, in the order of their first appearance. */
export class Interned<T> {
  readonly values: T[] = [];
  readonly #ids = new Map<string, number>();

  idOf(value: T): number {
    const key = canonical(value);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.values.push(deepFreeze(value)) - 1;
    this.#ids.set(key, id);
    return id;
  }

  /** The value of a number that this table gave out. */
  of(id: number): T {
    const value = this.values[id];
    if (value === undefined) throw new RangeError(`no value has the number ${id}`);
    return value;
  }
}

/** Something that an onlooker can see: what a machine shows, a REGISTER that is sent, a step of the environment. */
export type Sighting =
  | Observation
  | { readonly type: 'sent'; readonly from: PartyName; readonly message: RegisterRequest }
  | { readonly type: 'environment' };

/** The events and sightings of every world in this process. */
export const eventTable = new Interned<MachineEvent & { readonly over?: Connection }>();
export const sightingTable = new Interned<Sighting>();
