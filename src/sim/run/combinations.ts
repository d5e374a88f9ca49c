import type { PropertyTable } from '../system/property.ts';

/** The states of all properties of a run, taken together. */
export interface Combination {
  /** In the order of the tables. */
  readonly states: readonly number[];
  /** By the number of a list of sightings, what that changes; null where no more is kept. */
  readonly changes: (Change | null | undefined)[];
}

/** What a list of sightings does to a combination. */
export interface Change {
  readonly to: Combination;
  /** Which property comes into which state, one after the other; one may be in several for an instant. */
  readonly entered: readonly { readonly property: number; readonly state: number }[];
}

/** So many combinations are kept of one scenario: a few, where a run does not go astray. */
const mostCombinations = 50_000;

/**
 * The combinations of the states of all properties, so that what is seen of an event costs one look-up; all runs share what was computed.
 * Beyond some number of combinations nothing more is kept.
 */
export class Combinations {
  readonly #tables: readonly PropertyTable[];
  readonly initial: Combination | null;
  readonly #known = new Map<string, Combination>();

  constructor(tables: readonly PropertyTable[]) {
    this.#tables = tables;
    this.initial = this.of(tables.map(({ initial }) => initial));
  }

  /** The combination of those states; null where no more are kept. */
  of(states: readonly number[]): Combination | null {
    const key = states.join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= mostCombinations) return null;
    const combination: Combination = { states, changes: [] };
    this.#known.set(key, combination);
    return combination;
  }

  /** What a list of sightings does to a combination; null where what it leads to is not kept. `list`: its number. */
  change(from: Combination, list: number, sightings: readonly number[]): Change | null {
    const known = from.changes[list];
    if (known !== undefined) return known;
    const entered: { property: number; state: number }[] = [];
    const states = [...from.states];
    for (const sighting of sightings) {
      for (const [property, table] of this.#tables.entries()) {
        const state = table.next(states[property] as number, sighting);
        if (state !== states[property]) entered.push({ property, state });
        states[property] = state;
      }
    }
    const to = this.of(states);
    const change = to && { to, entered };
    from.changes[list] = change;
    return change;
  }
}

const combinationsOf = new WeakMap<readonly PropertyTable[], Combinations>();

/** Those of some tables: the same for all runs that are judged by them. */
export function combinationsIn(tables: readonly PropertyTable[]): Combinations {
  const combinations = combinationsOf.get(tables) ?? new Combinations(tables);
  combinationsOf.set(tables, combinations);
  return combinations;
}
