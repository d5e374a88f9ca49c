import { canonical, deepFreeze } from './canonical.ts';

/**
 * Numbers for values: equal values, equal numbers, in the order of their first appearance. Values are plain data and
 * equal where `keyOf` gives the same text for both.
 */
export class Interned<T> {
  readonly values: T[] = [];
  readonly #keyOf: (value: T) => string;
  readonly #ids = new Map<string, number>();

  constructor(keyOf: (value: T) => string = canonical) {
    this.#keyOf = keyOf;
  }

  get count(): number {
    return this.values.length;
  }

  idOf(value: T): number {
    const key = this.#keyOf(value);
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
