import { Interned } from '../../data/interned.ts';
import { PairTable } from '../../data/pairTable.ts';
import type { Observers } from '../../system/observers.ts';

/** What is seen in one event, in order, as a number; 0 for nothing. */
export class SightingLists {
  readonly #observers: Observers;
  readonly #lists = new Interned<readonly number[]>((sightings) => sightings.join());
  readonly #next = new PairTable();

  constructor(observers: Observers) {
    this.#observers = observers;
    this.#lists.idOf([]);
  }

  get count(): number {
    return this.#lists.count;
  }

  get bytes(): number {
    return this.#next.bytes;
  }

  idOf(sightings: readonly number[]): number {
    return this.#lists.idOf(sightings);
  }

  /** The combination of the observers after all of a list has been seen. */
  next(observers: number, list: number): number {
    const known = this.#next.get(observers, list);
    if (known >= 0) return known;
    const next = this.#lists.of(list).reduce((at, sighting) => this.#observers.next(at, sighting), observers);
    this.#next.add(observers, list, next);
    return next;
  }

  /** What `next` has already found out, else 0. */
  known(observers: number, list: number): number {
    return Math.max(0, this.#next.get(observers, list));
  }
}
