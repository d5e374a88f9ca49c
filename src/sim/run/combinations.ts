import { type AnyProperty, PropertyTable } from '../system/property.ts';
import type { Settings } from '../system/settings.ts';
import type { WorldDefinition } from '../world/definition.ts';

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
  readonly tables: readonly PropertyTable[];
  readonly initial: Combination | null;
  readonly #known = new Map<string, Combination>();

  constructor(tables: readonly PropertyTable[]) {
    this.tables = tables;
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
      for (const [property, table] of this.tables.entries()) {
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

/** What is watched of the runs of a scenario. */
interface Watched {
  claims: WorldDefinition['claims'];
  properties: readonly AnyProperty[];
  readonly combinations: Combinations;
}

interface WatchedIn {
  readonly tables: Map<AnyProperty, PropertyTable>;
  readonly each: Watched[];
}

/** By scenario, its properties, computed once and shared by all its runs. Names tell no two limits apart. */
const watchedIn = new WeakMap<Settings, WatchedIn>();

/**
 * The combinations of those properties that a world claims; runs of scenarios that differ in their steps only share them. `properties`:
 * other ones than its own.
 */
export function combinationsOf(
  { claims, properties: own, scenario, judgedLike = scenario }: WorldDefinition,
  properties: readonly AnyProperty[] = own,
): Combinations {
  const known: WatchedIn = watchedIn.get(judgedLike) ?? { tables: new Map(), each: [] };
  watchedIn.set(judgedLike, known);
  const same = known.each.find((one) => one.claims === claims && one.properties === properties);
  if (same !== undefined) return same.combinations;
  const tables = properties.filter(claims).map((property) => {
    const table = known.tables.get(property) ?? new PropertyTable(property, judgedLike);
    known.tables.set(property, table);
    return table;
  });
  const alike = known.each.find(
    ({ combinations: { tables: others } }) =>
      others.length === tables.length && others.every((other, index) => other === tables[index]),
  );
  if (alike !== undefined) {
    // Whoever makes a list of them for each run has the last one looked for.
    Object.assign(alike, { claims, properties });
    return alike.combinations;
  }
  const combinations = new Combinations(tables);
  known.each.push({ claims, properties, combinations });
  return combinations;
}
