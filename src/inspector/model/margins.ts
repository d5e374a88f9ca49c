import { properties } from '../../sim/properties/properties.ts';
import { type AnyProperty, PropertyTable } from '../../sim/properties/property.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import type { Trace, TraceRecord } from '../../sim/trace/trace.ts';
import { type Sighting, sightingTable } from '../../sim/world/eventTable.ts';

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

/** What must be over in time while a property is in some state, as it goes on. */
interface Obliged {
  readonly key: string;
  readonly limitMs: number;
  readonly sinceMs: number;
}

type Seen = readonly { readonly record: TraceRecord; readonly sightings: readonly number[] }[];

function marginOf(property: AnyProperty, scenario: Scenario, seen: Seen, endMs: number): Margin | null {
  const table = new PropertyTable(property, scenario);
  let state = table.initial;
  let obliged: Obliged | null = null;
  let worst: Margin | null = null;
  const judge = (atMs: number, step: number) => {
    if (obliged === null) return;
    const { sinceMs, limitMs } = obliged;
    const tookMs = atMs - sinceMs;
    if (worst === null || tookMs / limitMs > worst.tookMs / worst.limitMs) worst = { tookMs, limitMs, step };
  };
  for (const { record, sightings } of seen) {
    for (const sighting of sightings) {
      state = table.next(state, sighting);
      const due = table.obligation(state);
      if (due?.key === (obliged as Obliged | null)?.key) continue;
      judge(record.atMs, record.step);
      obliged = due && { ...due, sinceMs: record.atMs };
    }
  }
  judge(endMs, seen.length - 1);
  return worst;
}

/** The margins of the properties that hold in a run and were put to the test of a bound, by their names. */
export function marginsOf({ scenario, records, endMs, verdicts }: Trace): Margins {
  const seen = records.map((record) => ({ record, sightings: sightingsOf(record) }));
  const holding = verdicts.flatMap(({ property, verdict }) => (verdict === 'holds' ? [property] : []));
  const found = properties.flatMap((property) => {
    const isBounded = property.obligation !== undefined && holding.includes(property.name);
    const margin = isBounded ? marginOf(property, scenario, seen, endMs) : null;
    return margin === null ? [] : [[property.name, margin] as const];
  });
  return Object.fromEntries(found);
}
