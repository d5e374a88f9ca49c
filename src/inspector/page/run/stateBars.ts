import type { PartyName } from '../../../machines/messages.ts';
import { lanesOf } from '../../../sim/report/lanes.ts';
import type { TraceBody } from '../../../sim/trace/trace.ts';
import { activePaths } from '../../model/stateWords.ts';

/** A state for as long as its region is in it. */
export interface StateBar {
  readonly state: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** The step with which it began. */
  readonly step: number;
}

/** A region of a party with the states that it went through. */
export interface StateRow {
  readonly party: PartyName;
  readonly region: string;
  readonly bars: readonly StateBar[];
}

/** The state of a region: what its active path has next; null where the region is not active. */
function stateIn(region: string, active: readonly string[]): string | null {
  const inside = active.find((path) => region === '' || path.startsWith(`${region}.`));
  if (inside === undefined) return null;
  const [state = ''] = inside.slice(region === '' ? 0 : region.length + 1).split('.');
  return state;
}

/** The states of each region over the run; of regions in which nothing ever happens there is no row. */
export function stateRows(
  { scenario, records, endMs }: TraceBody,
  regions: Readonly<Record<string, readonly { path: string }[]>>,
): StateRow[] {
  return lanesOf(scenario).flatMap((party) =>
    (regions[party] ?? []).flatMap(({ path: region }): StateRow[] => {
      const bars: { state: string; fromMs: number; toMs: number; step: number }[] = [];
      let last: string | null = null;
      for (const { targetRef, snapshot, atMs, step } of records) {
        if (targetRef !== party || snapshot === null) continue;
        const state = stateIn(
          region,
          activePaths(snapshot.value).map((path) => path.join('.')),
        );
        if (state === last) continue;
        last = state;
        const before = bars.at(-1);
        if (before !== undefined && before.toMs === endMs) before.toMs = atMs;
        if (state !== null) bars.push({ state, fromMs: atMs, toMs: endMs, step });
      }
      return bars.length < 2 ? [] : [{ party, region, bars }];
    }),
  );
}
