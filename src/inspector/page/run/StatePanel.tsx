import { computed, effect, signal } from '@preact/signals';
import { type PartyName, partyNames } from '../../../machines/messages.ts';
import { lanes, laneTitles } from '../../../sim/report/lanes.ts';
import type { Chart, ChartArrow, ChartLine } from '../../charts/chart.ts';
import { type PackedCharts, unpacked } from '../../charts/packed.ts';
import { activePaths } from '../../model/stateWords.ts';
import type { Emphasis, Mood } from '../chart/ChartArt.tsx';
import { ChartFrame, type Scale } from '../chart/ChartFrame.tsx';
import { partOf } from '../parts.ts';
import { options, record, regions, step, trace } from '../store.ts';
import { snapshotAt } from './heads.ts';

/** What the reader chose to look at; null follows the selected step. */
const chosen = signal<{ readonly party: PartyName; readonly path: string | null } | null>(null);

const isParty = (name: string | undefined): name is PartyName => (partyNames as readonly string[]).includes(name ?? '');

const party = computed<PartyName>(() => {
  const target = record.value?.targetRef;
  return chosen.value?.party ?? (isParty(target) ? target : 'app');
});

/** Every statechart with its coordinates; null until they have been had. */
const everyChart = signal<readonly Chart[] | null>(null);
const chartByKey = computed(() => new Map(everyChart.value?.map((one) => [one.key, one])));

/** Has the charts fetched, as soon as there is a run whose machines can be shown. */
export const keepCharts = (): (() => void) => {
  const stop = effect(() => {
    if (trace.value === null || everyChart.peek() !== null) return;
    // The run comes first.
    setTimeout(async () => {
      everyChart.value = unpacked(JSON.parse(await partOf('charts.json')) as PackedCharts);
      stop();
    });
  });
  return stop;
};

/** A mode of somebody's own may have regions that no picture was made of: another one of the same place will do. */
const similar = (path: string): Chart | undefined =>
  everyChart.value?.find((one) => one.party === party.value && one.path === path);

const charts = computed<readonly Chart[]>(() =>
  (regions.value?.[party.value] ?? []).flatMap(({ key, path }) => chartByKey.value.get(key) ?? similar(path) ?? []),
);

const pathsAt = (at: number): string[] => activePaths(snapshotAt(party.value, at)?.value).map((path) => path.join('.'));

/** The states that each party was in at some time of the run. */
const visited = computed(() => {
  const paths = new Map<string, Set<string>>(partyNames.map((one) => [one, new Set()]));
  const known = new Set<unknown>();
  for (const { targetRef, snapshot } of trace.value?.records ?? []) {
    // A long run comes back to few snapshots.
    if (snapshot === null || known.has(snapshot)) continue;
    known.add(snapshot);
    for (const path of activePaths(snapshot.value)) {
      for (const index of path.keys()) paths.get(targetRef)?.add(path.slice(0, index + 1).join('.'));
    }
  }
  return paths;
});

const before = computed(() => pathsAt(step.value - 1));
const now = computed(() => pathsAt(step.value));

const isIn = (state: string, active: readonly string[]): boolean =>
  active.some((path) => path === state || path.startsWith(`${state}.`));

/** Whether the active states within a region are others than before. */
const hasMoved = ({ path }: Chart): boolean => {
  const own = (paths: readonly string[]) => paths.filter((one) => path === '' || one.startsWith(`${path}.`)).join();
  return own(before.value) !== own(now.value);
};

/** Whether the event itself took a transition in a region; other regions may have moved along with it. */
const tookTheEvent = ({ arrows }: Chart): boolean =>
  arrows.some(
    (arrow) => emphasis(arrow) === 'taken' && arrow.lines.some(({ event }) => event === record.value?.event.type),
  );

/** The innermost region that took the event, or else one that moved, or else the first that is active. */
const shown = computed<Chart | undefined>(() => {
  const wanted = charts.value.find(({ path }) => path === chosen.value?.path);
  const active = charts.value.filter(({ path }) => path === '' || isIn(path, now.value));
  return wanted ?? active.findLast(tookTheEvent) ?? active.findLast(hasMoved) ?? active.at(0) ?? charts.value.at(0);
});

/** The types of the events that are pending for the party. */
const pendingTypes = computed(
  () =>
    new Set<string>(
      (options.value?.pending ?? []).flatMap(({ to, event }) => (to === party.value && event ? [event.type] : [])),
    ),
);

const canHappen = ({ event }: ChartLine): boolean => pendingTypes.value.has(event);

function emphasis({ from, to, lines }: ChartArrow): Emphasis {
  const happened = record.value;
  const concerns = happened?.targetRef === party.value;
  const isEntered = isIn(to, now.value) && !isIn(to, before.value);
  if (concerns && from !== null && isIn(from, before.value) && isEntered) {
    // One region raises events for another; only a timer cannot have been raised.
    const fits = ({ event }: ChartLine) => event === happened?.event.type || !event.startsWith('xstate.after.');
    if (lines.some(fits)) return 'taken';
  }
  return from !== null && isIn(from, now.value) && lines.some(canHappen) ? 'ready' : '';
}

const mood: Mood = {
  isActive: (path) => isIn(path, now.value),
  isVisited: (path) => visited.value.get(party.value)?.has(path) ?? false,
  ofArrow: emphasis,
  ofLine: (line, arrow) =>
    emphasis(arrow) === 'taken' && line.event === record.value?.event.type ? 'fired' : canHappen(line) ? 'can' : '',
  ofOwnLine: (line) => (canHappen(line) ? 'can' : ''),
};

const scale = signal<Scale>(1);

const Picture = ({ chart }: { chart: Chart }) => (
  <ChartFrame
    drawing={chart}
    mood={mood}
    scale={scale}
    name={`${chart.party} ${chart.path}`}
    describe={(active) => `${laneTitles[chart.party]} is in ${active ?? 'none of these states'}`}
  />
);

const regionName = ({ path }: Chart): string => (path === '' ? 'life' : (path.split('.').at(-1) ?? path));

/** The machine of a party: one region at a time, with what is active, was just taken and can be taken now. */
export const StatePanel = () => (
  <section class="panel state-panel" aria-label="State machine" aria-busy={everyChart.value === null}>
    <div class="state-bar">
      <h2>Machine</h2>
      <fieldset class="segments" aria-label="Party">
        {lanes.map((lane) => (
          <button
            key={lane}
            type="button"
            aria-pressed={lane === party.value}
            onClick={() => {
              chosen.value = chosen.value?.party === lane ? null : { party: lane, path: null };
            }}
          >
            {laneTitles[lane].replace(' server', '')}
          </button>
        ))}
      </fieldset>
    </div>
    <fieldset class="regions" aria-label="Region">
      {charts.value.map((one) => (
        <button
          key={one.path}
          type="button"
          aria-pressed={one === shown.value}
          class={hasMoved(one) ? 'moved' : ''}
          onClick={() => {
            chosen.value = { party: party.value, path: one.path };
          }}
        >
          {regionName(one)}
        </button>
      ))}
    </fieldset>
    {shown.value && <Picture chart={shown.value} />}
  </section>
);
