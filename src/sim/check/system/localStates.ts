const none: readonly number[] = [];

/**
 * The local states of one party as far as they have been seen, and which events are inert in them: ignored there and
 * in every local state that can follow.
 */
export class LocalStates {
  readonly #isIgnored: (local: number, event: number) => boolean;
  /** Per local state, those seen to follow it at once. */
  readonly #following: number[][] = [];
  /** Per event, the local states from which on it is taken to be inert: with each, all that follow. */
  readonly #inert = new Map<number, Set<number>>();
  /** Per event, the local states in which it is known not to be inert. */
  readonly #alive = new Map<number, Set<number>>();

  constructor(isIgnored: (local: number, event: number) => boolean) {
    this.#isIgnored = isIgnored;
  }

  /** Takes note of a step. Returns the events that were called inert and turn out not to be. */
  see(from: number, to: number): readonly number[] {
    if (from === to) return none;
    this.#following[from] ??= [];
    const following = this.#following[from] as number[];
    if (following.includes(to)) return none;
    following.push(to);
    const refuted: number[] = [];
    for (const [event, inert] of this.#inert) {
      if (!inert.has(from) || inert.has(to)) continue;
      const more = this.#closure(to, event);
      if (more === null) {
        this.#inert.delete(event);
        refuted.push(event);
      } else for (const local of more) inert.add(local);
    }
    return refuted;
  }

  /** Whether an event is inert in a local state, by all that has been seen. */
  isInert(local: number, event: number): boolean {
    const inert = entryOf(this.#inert, event);
    if (inert.has(local)) return true;
    const alive = entryOf(this.#alive, event);
    if (alive.has(local)) return false;
    const closure = this.#closure(local, event);
    if (closure === null) {
      alive.add(local);
      return false;
    }
    for (const one of closure) inert.add(one);
    return true;
  }

  /** Per event, the local states from which on it is taken to be inert. */
  get inert(): ReadonlyMap<number, ReadonlySet<number>> {
    return this.#inert;
  }

  /** All local states from one on, if the event is ignored in each of them, else null. */
  #closure(local: number, event: number): Set<number> | null {
    const closure = new Set([local]);
    // A set can grow while it is gone through.
    for (const one of closure) {
      if (!this.#isIgnored(one, event)) return null;
      for (const next of this.#following[one] ?? []) closure.add(next);
    }
    return closure;
  }
}

const entryOf = (map: Map<number, Set<number>>, key: number): Set<number> => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = new Set<number>();
  map.set(key, created);
  return created;
};
