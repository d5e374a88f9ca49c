import { computed } from '@preact/signals';
import { ladderModel } from '../../sim/report/ladderModel.ts';
import type { Row } from '../../sim/report/rows.ts';
import { fullLabel } from '../../sim/report/wording.ts';
import { layOutLadder, type PlacedRow } from '../model/ladderLayout.ts';
import { lastUpTo } from '../model/lastUpTo.ts';
import { titleOf } from './parties.ts';
import { filter, showsAll, step, trace } from './store.ts';
import { collapsed, openLanes, pixelsPerSecond, timeMode } from './view.ts';

/** What a filter looks for words in; a fold and the end of the run have none. */
export function textOf(row: Row): string {
  switch (row.kind) {
    case 'message':
      return `${fullLabel(row)} ${titleOf(row.from)} ${titleOf(row.to)}`;
    case 'note':
      return `${row.label} ${titleOf(row.party)}`;
    case 'violation':
      return `${row.property} ${row.what}`;
    case 'repeats':
      return row.messages.map(textOf).join(' ');
    default:
      return '';
  }
}

/** The words of a filter; `call 1` is one of them. */
const wordsIn = (text: string): string[] => text.toLowerCase().match(/call \d+|\S+/g) ?? [];

/** The call that a row is about, as somebody types it: what its label leaves out belongs to its dialogue as well. */
function callOf({ step: at }: Row): string {
  const event = at === null ? undefined : trace.value?.records[at]?.event;
  return event !== undefined && 'call' in event ? ` call ${event.call}` : '';
}

function matches(row: Row, words: readonly string[]): boolean {
  const own = textOf(row);
  const text = `${own}${callOf(row)}`.toLowerCase();
  return own !== '' && words.every((word) => text.includes(word));
}

/** Whether a row is of collapsed lanes only. */
function isBetweenCollapsed(row: Row): boolean {
  if (row.kind === 'note') return collapsed.value.has(row.party);
  return row.kind === 'message' && collapsed.value.has(row.from) && collapsed.value.has(row.to);
}

/** The rows of the lanes that are open, before any filter. */
const unfiltered = computed<readonly Row[]>(() => {
  if (trace.value === null) return [];
  const all = ladderModel(trace.value, { all: showsAll.value }).rows;
  return collapsed.value.size === 0 ? all : all.filter((row) => !isBetweenCollapsed(row));
});

/** The rows of the ladder: those that the filter lets through. */
export const rows = computed<readonly Row[]>(() => {
  const words = wordsIn(filter.value);
  return words.length === 0 ? unfiltered.value : unfiltered.value.filter((row) => matches(row, words));
});

/** How many rows the filter lets through, and of how many; null where there is no filter. */
export const found = computed(() =>
  filter.value.trim() === ''
    ? null
    : { shown: rows.value.length, of: unfiltered.value.filter((row) => textOf(row) !== '').length },
);

export const layout = computed(() =>
  trace.value === null
    ? null
    : layOutLadder(trace.value, rows.value, timeMode.value, pixelsPerSecond.value, unfiltered.value),
);

/** The steps that have a row, in their order. */
export const shownSteps = computed(() => [
  ...new Set(rows.value.flatMap((row) => (row.step === null ? [] : [row.step]))),
]);

/** The rows that have a step, with these steps in their order. */
const stepRows = computed(() => {
  const placed = (layout.value?.rows ?? []).filter(({ row }) => row.step !== null);
  return { placed, steps: placed.map(({ row }) => row.step ?? 0) };
});

/** The last row of a step, or of the last one before it that has any. */
export function rowOf(at: number): PlacedRow | undefined {
  const { placed, steps } = stepRows.value;
  return placed[lastUpTo(steps, at)];
}

/** Whether the selected step has a row on the ladder as it is shown. */
export const isSelectedShown = computed(() => rowOf(step.value)?.row.step === step.value);

/** Whether the selected step would have a row if everything were shown. */
export const canShowSelected = computed(
  () => trace.value !== null && ladderModel(trace.value, { all: true }).rows.some((row) => row.step === step.value),
);

/** Has the ladder show the selected step: without a filter, with all lanes, and with all timers where it is one. */
export function showSelected(): void {
  filter.value = '';
  if (!isSelectedShown.value) openLanes();
  if (!isSelectedShown.value) showsAll.value = true;
}
