import { computed, effect, signal } from '@preact/signals';
import type { PartyName } from '../../../machines/messages.ts';
import type { Chart, ChartArrow, ChartLine } from '../../charts/chart.ts';
import { type PackedCharts, unpacked } from '../../charts/packed.ts';
import { activePaths } from '../../model/stateWords.ts';
import type { Emphasis, Mood } from '../chart/ChartArt.tsx';
import { shownLanes, titleOf } from '../parties.ts';
import { partOf } from '../parts.ts';
import { experiment, options, regions, toldRecord, toldStep, trace } from '../store.ts';
import { snapshotAt } from './heads.ts';
import { isParty } from './words.ts';

/** Every statechart with its coordinates; null until they have been had. */
export const everyChart = signal<readonly Chart[] | null>(null);
export const chartByKey = computed(() => new Map(everyChart.value?.map((one) => [one.key, one])));

/** Adds the picture of a region of a machine that is not ours. */
export function addChart(chart: Chart): void {
  everyChart.value = [...(everyChart.value ?? []), chart];
}

/** The keys of the regions whose picture is being made. */
export const drawnNow = signal<ReadonlySet<string>>(new Set());

/** Whether a party may yet have a picture that it has not got. */
export const isBeingDrawn = (party: PartyName): boolean =>
  everyChart.value === null || (regions.value?.[party]?.some(({ key }) => drawnNow.value.has(key)) ?? true);

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

/** The states that each party was in at some time of the run. */
const visited = computed(() => {
  const paths = new Map<string, Set<string>>(shownLanes.value.map((one) => [one, new Set()]));
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

/** The states in which a machine is: the innermost ones, and those together with whatever holds them. */
interface Active {
  readonly innermost: readonly string[];
  readonly all: ReadonlySet<string>;
}

/** By the value of a snapshot: a long run comes back to few of them. */
const activeByValue = new WeakMap<object, Active>();

function activeOf(value: unknown): Active {
  const key = typeof value === 'object' && value !== null ? value : null;
  const known = key && activeByValue.get(key);
  if (known) return known;
  const paths = activePaths(value);
  const all = new Set(paths.flatMap((path) => path.map((_, index) => path.slice(0, index + 1).join('.'))));
  const found = { innermost: paths.map((path) => path.join('.')), all };
  if (key !== null) activeByValue.set(key, found);
  return found;
}

/** The machine of a party at the selected step. */
export interface MachineView {
  readonly party: PartyName;
  /** Its regions. */
  readonly charts: readonly Chart[];
  /** The region that the reader chose, or the one in which most happens now. */
  readonly shown: Chart | undefined;
  readonly mood: Mood;
  /** Whether the active states of a region are others than before. */
  readonly hasMoved: (chart: Chart) => boolean;
}

/** The regions that the reader chose to look at; of other parties the step decides. */
export const chosenRegions = signal<Readonly<Partial<Record<PartyName, string>>>>({});

/** How it stands with a party at a step. */
interface Moment {
  readonly before: Active;
  readonly now: Active;
  /** The type of the event that it got in that step; null if it got none. */
  readonly event: string | null;
  /** The types of those that are under way to it. */
  readonly pending: ReadonlySet<string>;
}

function emphasisOf({ from, to, lines }: ChartArrow, { before, now, event: happened, pending }: Moment): Emphasis {
  if (from === null) return '';
  const isEntered = now.all.has(to) && !before.all.has(to);
  if (happened !== null && before.all.has(from) && isEntered) {
    // One region raises events for another; only a timer cannot have been raised.
    const fits = ({ event }: ChartLine) => event === happened || !event.startsWith('xstate.after.');
    if (lines.some(fits)) return 'taken';
  }
  return now.all.has(from) && lines.some(({ event }) => pending.has(event)) ? 'ready' : '';
}

/** How a chart looks at a step. It stays that of the step: a chart that is not seen goes on to no other one. */
function moodAt(at: Moment, isVisited: Mood['isVisited']): Mood {
  const ofOwnLine = ({ event }: ChartLine) => (at.pending.has(event) ? 'can' : '');
  return {
    isActive: (path) => at.now.all.has(path),
    isVisited,
    ofArrow: (arrow) => emphasisOf(arrow, at),
    ofLine: (line, arrow) => (line.event === at.event && emphasisOf(arrow, at) === 'taken' ? 'fired' : ofOwnLine(line)),
    ofOwnLine,
  };
}

function viewOf(party: PartyName): () => MachineView {
  /** A mode of somebody's own may have regions that no picture was made of: another one of the same place will do. */
  const similar = (path: string) =>
    experiment.value?.module === undefined
      ? everyChart.value?.find((one) => one.party === party && one.path === path)
      : undefined;
  const charts = computed<readonly Chart[]>(() =>
    (regions.value?.[party] ?? []).flatMap(({ key, path }) => chartByKey.value.get(key) ?? similar(path) ?? []),
  );
  const activeAt = (at: number): Active => activeOf(snapshotAt(party, at)?.value);
  const before = computed(() => activeAt(toldStep.value - 1));
  const now = computed(() => activeAt(toldStep.value));

  /** The types of the events that are pending for the party. */
  const pending = computed(
    () =>
      new Set<string>(
        (options.value?.pending ?? []).flatMap(({ to, event }) => (to === party && event ? [event.type] : [])),
      ),
  );
  const moment = computed<Moment>(() => ({
    before: before.value,
    now: now.value,
    event: toldRecord.value?.targetRef === party ? toldRecord.value.event.type : null,
    pending: pending.value,
  }));

  const hasMoved = ({ path }: Chart): boolean => {
    const own = ({ innermost }: Active) => innermost.filter((one) => path === '' || one.startsWith(`${path}.`)).join();
    return own(before.value) !== own(now.value);
  };

  /** Whether the event itself took a transition in a region; other regions may have moved along with it. */
  const tookTheEvent = ({ arrows }: Chart): boolean =>
    arrows.some(
      (arrow) =>
        emphasisOf(arrow, moment.value) === 'taken' && arrow.lines.some(({ event }) => event === moment.value.event),
    );

  /** The innermost region that took the event, or else one that moved, or else the first that is active. */
  const shown = computed<Chart | undefined>(() => {
    const wanted = charts.value.find(({ path }) => path === chosenRegions.value[party]);
    const active = charts.value.filter(({ path }) => path === '' || now.value.all.has(path));
    return wanted ?? active.findLast(tookTheEvent) ?? active.findLast(hasMoved) ?? active.at(0) ?? charts.value.at(0);
  });

  const isVisited = computed(() => {
    const own = visited.value.get(party);
    return (path: string) => own?.has(path) ?? false;
  });
  const mood = computed(() => moodAt(moment.value, isVisited.value));
  return () => ({ party, charts: charts.value, shown: shown.value, mood: mood.value, hasMoved });
}

const views = new Map<PartyName, () => MachineView>();

/** The machine of a party at the selected step. */
export function machineOf(party: PartyName): MachineView {
  const view = views.get(party) ?? viewOf(party);
  views.set(party, view);
  return view();
}

/** The party that the reader chose to look at; null follows the selected step. */
export const chosenParty = signal<PartyName | null>(null);

export const shownParty = computed<PartyName>(() => {
  const target = toldRecord.value?.targetRef ?? '';
  const chosen = shownLanes.value.find((one) => one === chosenParty.value);
  return chosen ?? (isParty(target) ? target : (shownLanes.value.at(-1) ?? 'app'));
});

/** What a region is called among those of its party. */
export const regionName = ({ path }: Chart): string => (path === '' ? 'life' : (path.split('.').at(-1) ?? path));

/** In which state a party is, for those who do not see its chart. */
export const describeMachine = (party: PartyName, active: string | undefined): string =>
  `${titleOf(party)} is in ${active ?? 'none of these states'}`;
