/** From then on a real map is the smaller burden. */
const most = 16;

/** Shared by all that are empty; nobody may add to it but `grown`. */
export const nothing: never[] = [];

/** The list with one more. A short one gets no room for others, as one that grows by itself would: there are very many. */
export function grown<Item>(items: Item[], item: Item): Item[] {
  if (items.length < most) return items.concat([item]);
  items.push(item);
  return items;
}

/**
 * A map that is small while it has few entries, in the order in which they were set: a capture of a large server has some
 * such maps for each of hundreds of thousands of users.
 */
export class SmallMap<Key, Value> {
  #keys: Key[] = nothing;
  #values: Value[] = nothing;
  #many: Map<Key, Value> | null = null;

  /** Its entries, from which it can be made again. */
  get state(): [Key, Value][] {
    return this.entries();
  }

  static restored<Key, Value>(state: readonly [Key, Value][]): SmallMap<Key, Value> {
    const map = new SmallMap<Key, Value>();
    if (state.length <= most) {
      map.#keys = state.length === 0 ? nothing : state.map(([key]) => key);
      map.#values = state.length === 0 ? nothing : state.map(([, value]) => value);
    } else map.#many = new Map(state);
    return map;
  }

  get size(): number {
    return this.#many?.size ?? this.#keys.length;
  }

  get(key: Key): Value | undefined {
    if (this.#many !== null) return this.#many.get(key);
    const at = this.#keys.indexOf(key);
    return at < 0 ? undefined : this.#values[at];
  }

  has(key: Key): boolean {
    return this.#many?.has(key) ?? this.#keys.includes(key);
  }

  set(key: Key, value: Value): void {
    const at = this.#many === null ? this.#keys.indexOf(key) : -1;
    if (this.#many !== null) this.#many.set(key, value);
    else if (at >= 0) this.#values = this.#values.with(at, value);
    else if (this.#keys.length < most) {
      this.#keys = grown(this.#keys, key);
      this.#values = grown(this.#values, value);
    } else {
      this.#many = new Map(this.entries());
      this.#many.set(key, value);
      this.#keys = nothing;
      this.#values = nothing;
    }
  }

  delete(key: Key): void {
    const at = this.#keys.indexOf(key);
    if (this.#many !== null) this.#many.delete(key);
    else if (at >= 0) {
      this.#keys = this.#keys.toSpliced(at, 1);
      this.#values = this.#values.toSpliced(at, 1);
    }
  }

  /** The entry that was set first; the others are not looked at. */
  get oldest(): readonly [Key, Value] | undefined {
    if (this.#many !== null) return this.#many.entries().next().value;
    return this.#keys.length === 0 ? undefined : [this.#keys[0] as Key, this.#values[0] as Value];
  }

  entries(): [Key, Value][] {
    return this.#many === null
      ? this.#keys.map((key, index) => [key, this.#values[index] as Value])
      : [...this.#many.entries()];
  }

  keys(): readonly Key[] {
    return this.#many === null ? this.#keys : [...this.#many.keys()];
  }

  values(): readonly Value[] {
    return this.#many === null ? this.#values : [...this.#many.values()];
  }
}

/** A set that is small while it has few items: of each of the calls that are under way there are some, most of them empty. */
export class SmallSet<Item> implements Iterable<Item> {
  #items: Item[] = nothing;
  #many: Set<Item> | null = null;

  get size(): number {
    return this.#many?.size ?? this.#items.length;
  }

  has(item: Item): boolean {
    return this.#many?.has(item) ?? this.#items.includes(item);
  }

  add(item: Item): void {
    if (this.has(item)) return;
    if (this.#many !== null) this.#many.add(item);
    else if (this.#items.length < most) this.#items = grown(this.#items, item);
    else {
      this.#many = new Set([...this.#items, item]);
      this.#items = nothing;
    }
  }

  clear(): void {
    this.#items = nothing;
    this.#many = null;
  }

  [Symbol.iterator](): Iterator<Item> {
    return (this.#many ?? this.#items)[Symbol.iterator]();
  }
}

/** Texts without repetition; those that were added long ago go first where there are too many. */
export class RecentSet {
  #items: string[] = nothing;

  /** Its texts, from which it can be made again. */
  get state(): readonly string[] {
    return this.#items;
  }

  static restored(state: string[]): RecentSet {
    const set = new RecentSet();
    set.#items = state;
    return set;
  }

  add(item: string, limit: number): void {
    if (this.#items.includes(item)) return;
    this.#items = grown(this.#items.length < limit ? this.#items : this.#items.slice(1), item);
  }

  has(item: string): boolean {
    return this.#items.includes(item);
  }

  get items(): readonly string[] {
    return this.#items;
  }
}
