import { properties as bundledProperties } from '../../sim/properties/properties.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import type { Sighting } from '../../sim/scenario/sighting.ts';
import { sightingTable } from '../../sim/system/eventTable.ts';
import { type AnyProperty, type Obligation, PropertyTable } from '../../sim/system/property.ts';
import type { TraceBody, TraceRecord } from '../../sim/trace/trace.ts';

/** How near a property with a bound on time came to it: the longest that anything took that had to be over by then. */
export interface Margin {
  readonly tookMs: number;
  readonly limitMs: number;
  /** The step with which it was over; the last one of the run where it was not. */
  readonly step: number;
}

export type Margins = Readonly<Record<string, Margin>>;

const environmentSighting = sightingTable.idOf({ type: 'environment' });

const sightingsOf = ({ kind, observations }: TraceRecord): number[] => [
  ...(kind === 'step' ? [environmentSighting] : []),
  ...observations.map((one: Sighting) => sightingTable.idOf(one)),
];

/** An obligation whose time is running. */
interface Obliged extends Obligation {
  readonly sinceMs: number;
}

type Seen = readonly { readonly record: TraceRecord; readonly sightings: readonly number[] }[];

function marginOf(property: AnyProperty, scenario: Scenario, seen: Seen, endMs: number): Margin | null {
  const table = new PropertyTable(property, scenario);
  let state = table.initial;
  let obliged: readonly Obliged[] = [];
  let worst: Margin | null = null;
  const judge = ({ sinceMs, limitMs }: Obliged, atMs: number, step: number) => {
    const tookMs = atMs - sinceMs;
    if (worst === null || tookMs / limitMs > worst.tookMs / worst.limitMs) worst = { tookMs, limitMs, step };
  };
  for (const { record, sightings } of seen) {
    for (const sighting of sightings) {
      state = table.next(state, sighting);
      const due = table.obligations(state);
      for (const one of obliged) if (!due.some(({ key }) => key === one.key)) judge(one, record.atMs, record.step);
      const before = obliged;
      obliged = due.map((one) => before.find(({ key }) => key === one.key) ?? { ...one, sinceMs: record.atMs });
    }
  }
  for (const one of obliged) judge(one, endMs, seen.length - 1);
  return worst;
}

/** The margins of the properties that hold in a run and were put to the test of a bound, by their names. */
export function marginsOf(
  { scenario, records, endMs, verdicts }: TraceBody,
  properties: readonly AnyProperty[] = bundledProperties,
): Margins {
  const seen = records.map((record) => ({ record, sightings: sightingsOf(record) }));
  const holding = verdicts.flatMap(({ property, verdict }) => (verdict === 'holds' ? [property] : []));
  const found = properties.flatMap((property) => {
    const isBounded = property.obligations !== undefined && holding.includes(property.name);
    const margin = isBounded ? marginOf(property, scenario, seen, endMs) : null;
    return margin === null ? [] : [[property.name, margin] as const];
  });
  return Object.fromEntries(found);
}
