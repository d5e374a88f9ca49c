import { Interned } from '../data/interned.ts';
import { PairTable } from '../data/pairTable.ts';
import { type AnyProperty, PropertyTable } from '../system/property.ts';
import type { Settings } from '../system/settings.ts';
import type { WorldDefinition } from '../world/definition.ts';

/** Stands for a combination of which nothing is kept. */
export const unknown = -1;

/** So many combinations are kept of one scenario: a few, where a run does not go astray. */
const mostCombinations = 50_000;

/**
 * The states of all properties of a run as one number, so that a sighting that none of them minds costs one look-up; all runs share
 * what was computed. Beyond some number of combinations nothing more is kept.
 */
export class Combinations {
  readonly tables: readonly PropertyTable[];
  readonly initial: number;
  readonly #states = new Interned<readonly number[]>((states) => states.join());
  readonly #next = new PairTable();

  constructor(tables: readonly PropertyTable[]) {
    this.tables = tables;
    this.initial = this.idOf(tables.map(({ initial }) => initial));
  }

  /** The states of a combination, in the order of the tables. */
  of(id: number): readonly number[] {
    return this.#states.of(id);
  }

  idOf(states: readonly number[]): number {
    return this.#states.count < mostCombinations ? this.#states.idOf(states) : unknown;
  }

  /** The combination after a sighting. */
  next(id: number, sighting: number): number {
    const known = this.#next.get(id, sighting);
    if (known !== unknown) return known;
    const states = this.of(id).map((state, index) => (this.tables[index] as PropertyTable).next(state, sighting));
    const next = this.idOf(states);
    if (next !== unknown) this.#next.add(id, sighting, next);
    return next;
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
