import { computed, signal } from '@preact/signals';
import type { PartyName } from '../../machines/messages.ts';
import { type TimeMode, timeModes } from '../model/ladderLayout.ts';
import { shownLanes } from './parties.ts';
import type { LaneView } from './run/ladderGeometry.ts';

/** The lanes as the reader wants them; the view of a run with other parties means nothing here. */
const wantedLanes = signal<readonly LaneView[]>([]);

/** The lanes from left to right. */
export const laneViews = computed<readonly LaneView[]>(() => {
  const lanes = shownLanes.value;
  const wanted = wantedLanes.value.filter(({ lane }) => lanes.includes(lane));
  const isComplete = new Set(wanted.map(({ lane }) => lane)).size === lanes.length && wanted.length === lanes.length;
  return isComplete ? wanted : lanes.map((lane) => ({ lane, isCollapsed: false }));
});

/** How time is drawn. */
export const timeMode = signal<TimeMode>('folded');

/** What is shown in the middle of the page. */
export const panes = ['ladder', 'machine', 'parties', 'states'] as const;
export type Pane = (typeof panes)[number];
export const pane = signal<Pane>('ladder');

/** Shows something in the place of the ladder, or the ladder again. */
export function togglePane(wanted: Pane): void {
  pane.value = pane.value === wanted ? 'ladder' : wanted;
}

/** Whether the ladder has the room of the panels on its right as well. */
export const isWide = signal(false);

/** Pixels for a second, where time is drawn to scale. */
export const pixelsPerSecond = signal(200);

export const collapsed = computed(
  () => new Set(laneViews.value.flatMap(({ lane, isCollapsed }) => (isCollapsed ? [lane] : []))),
);

export function toggleLane(lane: PartyName): void {
  wantedLanes.value = laneViews.value.map((one) =>
    one.lane === lane ? { ...one, isCollapsed: !one.isCollapsed } : one,
  );
}

/** Opens every lane, where they are. */
export function openLanes(): void {
  wantedLanes.value = laneViews.value.map(({ lane }) => ({ lane, isCollapsed: false }));
}

/** Puts a lane in another place, counted from the left. */
export function moveLane(lane: PartyName, to: number): void {
  const moved = laneViews.value.filter((one) => one.lane === lane);
  const others = laneViews.value.filter((one) => one.lane !== lane);
  const place = Math.min(others.length, Math.max(0, to));
  wantedLanes.value = [...others.slice(0, place), ...moved, ...others.slice(place)];
}

export function nextTimeMode(): void {
  timeMode.value = timeModes[(timeModes.indexOf(timeMode.value) + 1) % timeModes.length] ?? 'folded';
}

const [leastZoom, mostZoom] = [0.001, 5_000];

/** A date, and how far below the top of its view it is to stay. */
export interface Anchor {
  readonly atMs: number;
  readonly belowTop: number;
}

/** What stays where it is when time is drawn larger or smaller; null where the selected step does. */
export const anchor = signal<Anchor | null>(null);

/** Draws time to scale, with so many pixels for a second. */
export function zoomTo(pixels: number): void {
  timeMode.value = 'scale';
  pixelsPerSecond.value = Number(Math.min(mostZoom, Math.max(leastZoom, pixels)).toPrecision(4));
}

/** The view as the part of an address; empty where nothing was changed. */
export function viewText(): string {
  const isUsual = laneViews.value.every(
    ({ lane, isCollapsed }, index) => lane === shownLanes.value[index] && !isCollapsed,
  );
  const names = laneViews.value.map(({ lane, isCollapsed }) => (isCollapsed ? `-${lane}` : lane));
  const time = timeMode.value === 'scale' ? `scale${pixelsPerSecond.value}` : timeMode.value;
  const shown = pane.value === 'ladder' ? '' : `pane=${pane.value}&`;
  return `${shown}${isUsual ? '' : `lanes=${names.join()}&`}${time === 'folded' ? '' : `time=${time}&`}${isWide.value ? 'wide=1&' : ''}`;
}

/** Takes the view from an address. What it says wrong, or not at all, is as usual. */
export function readView(said: URLSearchParams): void {
  wantedLanes.value = (said.get('lanes') ?? '')
    .split(',')
    .map((name) => ({ lane: name.replace(/^-/, '') as PartyName, isCollapsed: name.startsWith('-') }));
  isWide.value = said.get('wide') === '1';
  pane.value = panes.find((one) => one === said.get('pane')) ?? 'ladder';
  const [, mode, pixels] = /^([a-z]+)([\d.]*)$/.exec(said.get('time') ?? '') ?? [];
  timeMode.value = timeModes.find((one) => one === mode) ?? 'folded';
  if (pixels) pixelsPerSecond.value = Math.min(mostZoom, Math.max(leastZoom, Number(pixels) || 200));
}
