import type { PartyName } from '../../../machines/messages.ts';
import { dateAt, heightOf, type LadderLayout, type PlacedRow } from '../../model/ladderLayout.ts';
import { drop, freedom } from '../changes.ts';
import { shownLanes } from '../parties.ts';
import { draggedMs } from '../store.ts';
import type { Geometry } from './ladderGeometry.ts';
import { draggedText } from './When.tsx';

/** A window is drawn at least so long, that a millisecond of it can be told from the next. */
const leastLength = 90;

const laneOf = ({ row }: PlacedRow): PartyName =>
  row.kind === 'message' ? row.to : row.kind === 'note' ? row.party : (shownLanes.value[0] ?? 'caller');

interface HandleProps {
  readonly placed: PlacedRow;
  readonly layout: LadderLayout;
  readonly geometry: Geometry;
}

/**
 * The window of the selected step as a bar on the lane where it happens, with a handle that drags the step along it.
 * It is for the pointer; `When` does the same for the keyboard.
 */
export const Handle = ({ placed, layout, geometry }: HandleProps) => {
  const free = freedom.value;
  const { row } = placed;
  if (free === null || (row.kind !== 'message' && row.kind !== 'note')) return null;
  const { earliestMs, latestMs, atMs } = free;
  const dueMs = draggedMs.value ?? atMs;
  const [fromY, toY] = [heightOf(layout, earliestMs), heightOf(layout, latestMs)];
  // A window that the ladder shows too small has a scale of its own, through the place where the step is.
  const isOnLadder = toY - fromY >= leastLength;
  const length = isOnLadder ? toY - fromY : leastLength;
  // Several rows may be of one date: the step is where its own row is.
  const yOf = (ms: number) => (ms === atMs ? placed.y : heightOf(layout, ms));
  const share = (ms: number) => (isOnLadder ? (yOf(ms) - fromY) / length : (ms - earliestMs) / (latestMs - earliestMs));
  const top = isOnLadder ? fromY : Math.max(2, placed.y - share(atMs) * length);
  const drag = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const bar = event.currentTarget.parentElement?.getBoundingClientRect();
    if (bar === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const place = Math.min(1, Math.max(0, (event.clientY - bar.top) / bar.height));
    draggedMs.value = isOnLadder
      ? dateAt(layout, fromY + place * length, [earliestMs, latestMs])
      : Math.round(earliestMs + place * (latestMs - earliestMs));
  };
  return (
    <div
      class="window"
      aria-hidden="true"
      style={{ left: `${geometry.x(laneOf(placed))}px`, top: `${top}px`, height: `${length}px` }}
    >
      <div
        class="handle"
        title="drag: when it happens, within its window"
        style={{ top: `${share(dueMs) * 100}%` }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onPointerUp={drop}
        onPointerCancel={() => {
          draggedMs.value = null;
        }}
      >
        {draggedMs.value !== null && <span>{draggedText(dueMs, atMs)}</span>}
      </div>
    </div>
  );
};
