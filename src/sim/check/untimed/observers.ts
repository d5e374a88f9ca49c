import type { PropertyTable, Violation } from '../../properties/property.ts';
import { PairTable } from './pairTable.ts';

/** All properties' observers together as one number. An observer that has found a violation stays where it is. */
export class Observers {
  /** Per state, the properties that are violated in it, as bits. */
  readonly violated: number[] = [];
  /** Per state, the properties that would be violated if nothing happened any more, as bits. */
  readonly unfinished: number[] = [];
  readonly #tables: readonly PropertyTable[];
  readonly #vectors: (readonly number[])[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #next = new PairTable();
  readonly #sightings: (readonly number[])[] = [[]];
  readonly #sightingNumbers = new Map<string, number>([['', 0]]);

  constructor(tables: readonly PropertyTable[]) {
    this.#tables = tables;
  }

  get count(): number {
    return this.#vectors.length;
  }

  get bytes(): number {
    return this.#next.bytes;
  }

  /** The state before anything was seen. */
  get initial(): number {
    return this.#numberOf(this.#tables.map(({ initial }) => initial));
  }

  /** What is seen in one step as a number, 0 for nothing. */
  sightingsOf(sightings: readonly number[]): number {
    const key = sightings.join();
    const known = this.#sightingNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.#sightings.push(sightings) - 1;
    this.#sightingNumbers.set(key, number);
    return number;
  }

  /** The state after a state in which those sightings, by number, are seen. */
  next(state: number, sightings: number): number {
    const known = this.#next.get(state, sightings);
    if (known >= 0) return known;
    const seen = this.#sightings[sightings] ?? [];
    const vector = this.#tables.map((table, property) => {
      const watch = (at: number, sighting: number) => (table.violation(at) ? at : table.next(at, sighting));
      return seen.reduce(watch, this.#vectors[state]?.[property] ?? table.initial);
    });
    const next = this.#numberOf(vector);
    this.#next.add(state, sightings, next);
    return next;
  }

  /** How many numbers `sightingsOf` has given out. */
  get sightingsCount(): number {
    return this.#sightings.length;
  }

  /** What `next` has already found out, else 0. */
  known(state: number, sightings: number): number {
    return Math.max(0, this.#next.get(state, sightings));
  }

  /** What is wrong for a property in a state, if only because nothing happens any more. */
  violation(state: number, property: number): Violation | null {
    return this.#tables[property]?.unfinished(this.#vectors[state]?.[property] ?? 0) ?? null;
  }

  #numberOf(vector: readonly number[]): number {
    const key = vector.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const bits = (isWrong: (table: PropertyTable, state: number) => boolean) =>
      this.#tables.reduce((so, table, property) => so | (isWrong(table, vector[property] ?? 0) ? 1 << property : 0), 0);
    this.violated.push(bits((table, state) => table.violation(state) !== null));
    this.unfinished.push(bits((table, state) => table.unfinished(state) !== null));
    const number = this.#vectors.push(vector) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}
