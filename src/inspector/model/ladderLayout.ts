import type { PartyName, Side } from '../../machines/messages.ts';
import { phoneOf, roleOf } from '../../machines/phones.ts';
import { type Lifecycle, lanesOf, type Registered, standingAtStart } from '../../sim/report/lanes.ts';
import type { MessageRow, Row } from '../../sim/report/rows.ts';
import type { TraceBody } from '../../sim/trace/trace.ts';

/** A row with the place that it has on the ladder: its line is at `y`, in a box from `top` to `bottom`. */
export interface PlacedRow {
  readonly row: Row;
  readonly y: number;
  readonly top: number;
  readonly bottom: number;
  /** Of a message: where it left its sender. */
  readonly sentY: number;
  /** Whether there is no room for its words: time is drawn to scale, and the row before is too near. */
  readonly isCrowded: boolean;
}

/** How time is drawn: long pauses folded, to scale, or not at all but for the order of events. */
export const timeModes = ['folded', 'scale', 'order'] as const;
export type TimeMode = (typeof timeModes)[number];

/** A stretch of a lifeline that looks the same all along. */
export interface Segment<Value> {
  readonly value: Value;
  readonly fromY: number;
  readonly toY: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where dates are on a ladder whose time is to scale. */
export interface TimeScale {
  readonly startMs: number;
  readonly startY: number;
  readonly pixelsPerMs: number;
}

/** Everything about a ladder but the widths. */
export interface LadderLayout {
  /** Null where time is not to scale. */
  readonly scale: TimeScale | null;
  readonly rows: readonly PlacedRow[];
  readonly height: number;
  readonly registered: readonly Segment<Registered>[];
  readonly lifecycle: readonly Segment<Lifecycle>[];
  /** Where a side, of whichever phone, believes that its own contact is registered. */
  readonly beliefs: Readonly<Partial<Record<Side, readonly Segment<boolean>[]>>>;
  /** What has become of the apps of phones beside the first one. */
  readonly lifecycles: Readonly<Partial<Record<PartyName, readonly Segment<Lifecycle>[]>>>;
}

const firstY = 12;
const rowHeight = 28;
const foldHeight = 30;
/** A pause makes a row as much taller as its logarithm says, up to this. */
const tallestPause = 26;

const pauseHeight = (ms: number): number => Math.min(tallestPause, 6 * Math.log1p(ms / 40));

/** Only these speak of no moment of their own. */
const isFold = (row: Row): boolean => row.kind === 'idle' || row.kind === 'repeats';

/** Where a date is between rows that are already placed. */
function yAt(placed: readonly PlacedRow[], ms: number): number {
  const after = placed.findIndex(({ row }) => row.atMs > ms);
  const next = placed[after];
  const previous = placed[after < 0 ? placed.length - 1 : after - 1];
  if (previous === undefined) return firstY;
  if (next === undefined || next.row.atMs === previous.row.atMs) return previous.y;
  const share = (ms - previous.row.atMs) / (next.row.atMs - previous.row.atMs);
  return previous.y + share * (next.y - previous.y);
}

/** Rows that lie further back than this show a flight only as long. */
const rowsLookedBack = 60;

/** A message slopes at least so much, that one sees where it goes. */
const leastSlope = 5;

function sentYOf(row: MessageRow, y: number, placed: readonly PlacedRow[]): number {
  const recent = placed.slice(-rowsLookedBack);
  return Math.min(y - leastSlope, yAt(recent, row.sentAtMs));
}

/** Where the rows are, and how high their ladder is. */
interface Placed {
  readonly scale: TimeScale | null;
  readonly placed: PlacedRow[];
  readonly height: number;
}

function placeFolded(rows: readonly Row[], hasPauses: boolean): Placed {
  const placed: PlacedRow[] = [];
  let top = firstY;
  let lastMs = rows[0]?.atMs ?? 0;
  for (const row of rows) {
    const isPlain = isFold(row) || !hasPauses;
    const pause = isPlain ? 0 : pauseHeight(placed.at(-1)?.row.kind === 'idle' ? 0 : row.atMs - lastMs);
    const height = isFold(row) ? foldHeight : rowHeight + pause;
    const y = isFold(row) ? top + height / 2 : top + height - 7;
    const sentY = row.kind === 'message' ? sentYOf(row, y, placed) : y;
    placed.push({ row, y, top, bottom: top + height, sentY, isCrowded: false });
    top += height;
    lastMs = row.kind === 'idle' ? row.atMs + row.forMs : row.atMs;
  }
  return { scale: null, placed, height: top + 16 };
}

/** Along more pixels than this no browser scrolls well. */
export const mostPixels = 2_000_000;

/** What a ladder to scale has below its last row. */
const belowEnd = 24;

/** With how many pixels for a second a whole run is as high as its room. */
export const pixelsToFit = (rows: readonly Row[], height: number): number =>
  ((height - firstY - rowHeight - belowEnd) * 1000) / Math.max(1, (rows.at(-1)?.atMs ?? 0) - (rows[0]?.atMs ?? 0));

/** Rows nearer to each other than this have no room for words. */
export const leastDistance = 13;

/** Every row exactly at its date. */
function placeToScale(rows: readonly Row[], pixelsPerSecond: number): Placed {
  const [startMs, endMs] = [rows[0]?.atMs ?? 0, rows.at(-1)?.atMs ?? 0];
  const pixelsPerMs = Math.min(pixelsPerSecond / 1000, mostPixels / Math.max(1, endMs - startMs));
  const scale = { startMs, startY: firstY + rowHeight, pixelsPerMs };
  const yOf = (ms: number) => scale.startY + (ms - startMs) * pixelsPerMs;
  const placed: PlacedRow[] = [];
  let lastWordsY = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const y = yOf(row.atMs);
    const isCrowded = y - lastWordsY < leastDistance;
    if (!isCrowded) lastWordsY = y;
    const bottom = y + 7;
    const top = Math.min(bottom - 1, Math.max(placed.at(-1)?.bottom ?? 0, bottom - rowHeight));
    placed.push({ row, y, top, bottom, sentY: row.kind === 'message' ? yOf(row.sentAtMs) : y, isCrowded });
  }
  return { scale, placed, height: yOf(endMs) + belowEnd };
}

function placeRows(rows: readonly Row[], time: TimeMode, pixelsPerSecond: number): Placed {
  if (time === 'folded') return placeFolded(rows, true);
  const moments = rows.filter(({ kind }) => kind !== 'idle');
  return time === 'order' ? placeFolded(moments, false) : placeToScale(moments, pixelsPerSecond);
}

interface Change<Value> {
  readonly atMs: number;
  readonly y: number;
  readonly value: Value;
}

/** The stretches between changes, the last one to the end of the ladder. */
function segments<Value>(changes: readonly Change<Value>[], endMs: number, height: number): Segment<Value>[] {
  const different = changes.filter((one, index) => one.value !== changes[index - 1]?.value);
  return different.map(({ value, y, atMs }, index) => {
    const next = different[index + 1];
    return { value, fromY: y, toY: next?.y ?? height, fromMs: atMs, toMs: next?.atMs ?? endMs };
  });
}

/** What both sides believe, from the records that say so. A record without a row of its own counts where its date is. */
function beliefChanges({ records }: TraceBody, placed: readonly PlacedRow[], owner: Side): Change<boolean>[] {
  const yOfStep = new Map(placed.flatMap(({ row, y }) => (row.step === null ? [] : [[row.step, y] as const])));
  return records.flatMap(({ step, atMs, observations }) =>
    observations.flatMap((one) =>
      one.type === 'believes' && one.owner === owner
        ? [{ atMs, y: yOfStep.get(step) ?? yAt(placed, atMs), value: one.contact !== null }]
        : [],
    ),
  );
}

/**
 * Places the rows of a run. `pixelsPerSecond` counts where time is drawn to scale. Where only some rows are shown,
 * `everyRow` has those in between as well: the lifelines are those of the run, whatever is shown of it.
 */
export function layOutLadder(
  trace: TraceBody,
  rows: readonly Row[],
  time: TimeMode = 'folded',
  pixelsPerSecond = 200,
  everyRow: readonly Row[] = rows,
): LadderLayout {
  const { scale, placed, height } = placeRows(rows, time, pixelsPerSecond);
  const yOfRow = new Map(placed.map(({ row, y }) => [row, y]));
  const standing = <Value>(read: (row: Row) => readonly [before: Value, after: Value]) => {
    const [first] = everyRow;
    const start = first === undefined ? [] : [{ atMs: first.atMs, y: 0, value: read(first)[0] }];
    const changes = everyRow.map((row) => {
      const y =
        yOfRow.get(row) ?? (placed[0] !== undefined && row.atMs < placed[0].row.atMs ? 0 : yAt(placed, row.atMs));
      return { atMs: row.atMs, y, value: read(row)[1] };
    });
    return segments([...start, ...changes], trace.endMs, height);
  };
  const others = lanesOf(trace.scenario).filter((lane) => (phoneOf(lane) ?? 1) !== 1);
  const apps = others.filter((lane) => roleOf(lane) === 'app');
  const sides = [
    ...(['app', 'pushServer'] as const),
    ...(others.filter((lane) => roleOf(lane) !== 'notificationService') as Side[]),
  ];
  const believed = (owner: Side) => segments(beliefChanges(trace, placed, owner), trace.endMs, height);
  return {
    scale,
    rows: placed,
    height,
    registered: standing(({ before, after }) => [before.registered, after.registered]),
    lifecycle: standing(({ before, after }) => [before.lifecycle, after.lifecycle]),
    beliefs: Object.fromEntries(sides.map((side) => [side, believed(side)])),
    lifecycles: Object.fromEntries(
      apps.map((app) => [
        app,
        standing(({ before, after }): [Lifecycle, Lifecycle] => [
          before.lifecycles?.[app] ?? standingAtStart.lifecycle,
          after.lifecycles?.[app] ?? standingAtStart.lifecycle,
        ]),
      ]),
    ),
  };
}

/** Where a date of the run is on its ladder. */
export const heightOf = ({ rows }: LadderLayout, ms: number): number => yAt(rows, ms);

/** Which date of the run is at a height of its ladder, between two dates. */
export function dateAt(layout: LadderLayout, y: number, [low, high]: readonly [number, number]): number {
  let [from, to] = [low, high];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (heightOf(layout, middle) < y) from = middle;
    else to = middle;
  }
  return Math.abs(heightOf(layout, from) - y) <= Math.abs(heightOf(layout, to) - y) ? from : to;
}

/** The first of the sorted rows that reaches below a height. */
export function firstRowBelow(rows: readonly PlacedRow[], y: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.bottom ?? 0) < y) low = middle + 1;
    else high = middle;
  }
  return low;
}
