import { type AnyProperty, PropertyTable } from '../system/property.ts';
import type { Settings } from '../system/settings.ts';
import type { WorldDefinition } from '../world/definition.ts';

/** What is watched of the runs of a scenario. */
interface Watched {
  claims: WorldDefinition['claims'];
  properties: readonly AnyProperty[];
  readonly judging: readonly PropertyTable[];
}

interface WatchedIn {
  readonly tables: Map<AnyProperty, PropertyTable>;
  readonly each: Watched[];
}

/** By scenario, its properties, computed once and shared by all its runs. Names tell no two limits apart. */
const watchedIn = new WeakMap<Settings, WatchedIn>();

/**
 * The tables of those properties that a world claims, one list for all runs that are judged by the same; runs of scenarios that differ in
 * their steps only share them. `properties`: other ones than its own.
 */
export function tablesOf(
  { claims, properties: own, scenario, judgedLike = scenario }: WorldDefinition,
  properties: readonly AnyProperty[] = own,
): readonly PropertyTable[] {
  const known: WatchedIn = watchedIn.get(judgedLike) ?? { tables: new Map(), each: [] };
  watchedIn.set(judgedLike, known);
  const same = known.each.find((one) => one.claims === claims && one.properties === properties);
  if (same !== undefined) return same.judging;
  const judging = properties.filter(claims).map((property) => {
    const table = known.tables.get(property) ?? new PropertyTable(property, judgedLike);
    known.tables.set(property, table);
    return table;
  });
  const alike = known.each.find(
    (one) => one.judging.length === judging.length && one.judging.every((other, index) => other === judging[index]),
  );
  if (alike !== undefined) {
    // Whoever makes a list of them for each run has the last one looked for.
    Object.assign(alike, { claims, properties });
    return alike.judging;
  }
  known.each.push({ claims, properties, judging });
  return judging;
}
