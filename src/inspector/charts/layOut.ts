import Elk from 'elkjs/lib/elk.bundled.js';
import type { AnyStateMachine } from 'xstate';
import type { PartyName } from '../../machines/messages.ts';
import type { PartyMachines } from '../../machines/parties.ts';
import type { Chart } from './chart.ts';
import { drawingOf, graphOf } from './graph.ts';
import { pathOf, type Region } from './picture.ts';
import { firstKeyOf, keyOf, regionsOf } from './region.ts';

/** The package says of its types that the class is the default of a default, and it is the default. */
const Layouter = Elk as unknown as typeof Elk.default;

interface Wanted {
  readonly party: PartyName;
  readonly region: Region;
}

/** The regions of the machines in all configurations, by their keys: those that are the same in several are there once. */
function wantedIn(configured: readonly PartyMachines[]): Map<string, Wanted> {
  const all = configured.flatMap((machines) => Object.entries(machines) as [PartyName, AnyStateMachine][]);
  // Many configurations share machines.
  const distinct = new Map(all.map(([party, machine]) => [machine, party]));
  const regions = [...distinct].flatMap(([machine, party]) => regionsOf(machine).map((region) => ({ party, region })));
  return new Map(regions.map((wanted) => [keyOf(wanted.region), wanted]));
}

async function chartOf(key: string, { party, region }: Wanted): Promise<Chart> {
  const laid = await new Layouter().layout(graphOf(region));
  return { key, party, path: pathOf(region.node), ...drawingOf(region, laid) };
}

/** The picture of the first slot, as that of the second one. */
function ofSecondSlot(chart: Chart, key: string, { region }: Wanted): Chart {
  const path = pathOf(region.node);
  const moved = (one: string): string => (one === chart.path ? path : one.replace(`${chart.path}.`, `${path}.`));
  const states = chart.states.map((state) => ({ ...state, path: moved(state.path) }));
  const arrows = chart.arrows.map((arrow) => ({
    ...arrow,
    from: arrow.from && moved(arrow.from),
    to: moved(arrow.to),
  }));
  return { ...chart, key, path, states, arrows };
}

/** Lays out every region of every machine as it is configured. Takes seconds, so it is done when the page is built. */
export async function layOutCharts(configured: readonly PartyMachines[]): Promise<Chart[]> {
  const wanted = wantedIn(configured);
  const first = [...wanted].filter(
    ([key, { region }]) => firstKeyOf(region) === key || !wanted.has(firstKeyOf(region)),
  );
  const charts = new Map(await Promise.all(first.map(async ([key, one]) => [key, await chartOf(key, one)] as const)));
  return [...wanted].flatMap(([key, one]) => {
    const own = charts.get(key);
    const twin = charts.get(firstKeyOf(one.region));
    return own ?? (twin ? ofSecondSlot(twin, key, one) : []);
  });
}
