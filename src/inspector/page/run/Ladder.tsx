import type { ComponentChildren, VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { secondsText } from '../../../sim/report/wording.ts';
import { firstRowBelow, type LadderLayout, type PlacedRow } from '../../model/ladderLayout.ts';
import { scrolling, scrollWhenDrawn } from '../motion.ts';
import { isPlaying } from '../play.ts';
import { layout, rowOf } from '../rows.ts';
import { useSize } from '../size.ts';
import { marked, raceWindow, step, trace } from '../store.ts';
import { laneViews, timeMode } from '../view.ts';
import { Handle } from './Handle.tsx';
import { RowArt, spokenRow } from './LadderRows.tsx';
import { LaneHeads } from './LaneHeads.tsx';
import { Lifelines } from './Lifelines.tsx';
import { covers } from './labelPlaces.ts';
import { Geometry } from './ladderGeometry.ts';
import { RaceMarks } from './RaceMarks.tsx';

/** The ladder is drawn in pieces of which this many fill its window, which are not too low: those in view and one more on each side. */
const piecesInView = 3;
const leastPiece = 120;

/** A ladder of fewer pixels is scrolled sideways. */
const leastWidth = 300;

/** Where in the view a step stands to which the reader comes from afar, counted from the top. */
const middle = 0.45;

/** The rows that are drawn for a position of the scroll bar. */
function rowsIn({ rows }: LadderLayout, fromY: number, toY: number): readonly PlacedRow[] {
  return rows.slice(firstRowBelow(rows, fromY), firstRowBelow(rows, toY) + 1);
}

/** What a row is called: its step and date, and for those who do not see it what happens in it. */
const RowWords = ({ placed }: { placed: PlacedRow }) => (
  <>
    <span class="unseen">Step </span>
    <span class="step">{placed.row.step}</span>
    <span class="unseen">, </span>
    <span class="date">{secondsText(placed.row.atMs)}</span>
    <span class="unseen"> s. {spokenRow(placed)}</span>
  </>
);

interface RowButtonProps {
  readonly placed: PlacedRow;
  readonly when: When;
  readonly isCrowded: boolean;
  readonly children: ComponentChildren;
}

const RowButton = ({ placed, when, isCrowded, children }: RowButtonProps) => {
  const { row, top, bottom } = placed;
  const { step: own } = row;
  const style = { top: `${top}px`, height: `${bottom - top}px` };
  if (own === null) return null;
  const isNow = when === 'now';
  return (
    <li style={style} class={`${when === 'future' ? 'future' : ''}${isCrowded ? ' crowded' : ''}`}>
      <button
        type="button"
        tabIndex={isNow ? 0 : -1}
        aria-current={isNow ? 'step' : undefined}
        onClick={() => {
          step.value = own;
        }}
      >
        {children}
      </button>
    </li>
  );
};

/** Where a row stands to the selected one. */
type When = 'past' | 'now' | 'future';

/** What a row is drawn with; the same elements each time, for those that did not change are not looked at again. */
function drawnRow(placed: PlacedRow, geometry: Geometry) {
  const art = <RowArt placed={placed} geometry={geometry} />;
  const words = <RowWords placed={placed} />;
  const drawn = new Map<string, { readonly art: VNode; readonly button: VNode }>();
  const draw = (when: When, isCrowded: boolean) => ({
    art: (
      <g key={placed.top} class={`row ${when}${isCrowded ? ' crowded' : ''}`}>
        {art}
      </g>
    ),
    button: (
      <RowButton key={placed.top} placed={placed} when={when} isCrowded={isCrowded}>
        {words}
      </RowButton>
    ),
  });
  return (when: When, isCrowded: boolean) => {
    const key = `${when} ${isCrowded}`;
    const found = drawn.get(key) ?? draw(when, isCrowded);
    drawn.set(key, found);
    return found;
  };
}

/** Draws parts of a ladder; rows that were drawn once are kept. */
function drawer(layout: LadderLayout, geometry: Geometry) {
  const kept = new Map<PlacedRow, ReturnType<typeof drawnRow>>();
  return (wanted: number, pieceHeight: number) => {
    // A ladder may have become shorter since it was scrolled.
    const piece = Math.min(wanted, Math.floor(layout.height / pieceHeight));
    const fromY = Math.max(0, (piece - 1) * pieceHeight);
    const toY = Math.min(layout.height, (piece + piecesInView + 2) * pieceHeight);
    const rows = rowsIn(layout, fromY, toY).map((placed) => {
      const as = kept.get(placed) ?? drawnRow(placed, geometry);
      kept.set(placed, as);
      return { placed, as };
    });
    return { fromY, toY, rows, lifelines: <Lifelines layout={layout} geometry={geometry} fromY={fromY} toY={toY} /> };
  };
}

/** The ladder of the run: only the rows near the view are in the document. */
export const Ladder = () => {
  const { ref, width, height } = useSize<HTMLDivElement>();
  const [pieceTop, setPieceTop] = useState(0);
  const pieceHeight = Math.max(leastPiece, Math.ceil(height / piecesInView));
  const piece = Math.floor(pieceTop / pieceHeight);
  const placed = layout.value;
  const selected = step.value;
  const window = raceWindow.value;
  const views = laneViews.value;
  const geometry = useMemo(() => new Geometry(Math.max(width, leastWidth), views), [width, views]);
  const nearestRow = rowOf(selected) ?? placed?.rows[0];
  // A step that is not shown has no row: its neighbour is not it.
  const selectedRow = nearestRow?.row.step === selected ? nearestRow : undefined;
  const markedRow = marked.value === null ? undefined : rowOf(marked.value.step);
  const scrolledTo = useRef(0);
  const showFrom = (top: number) => {
    scrolledTo.current = top;
    setPieceTop(Math.floor(top / pieceHeight) * pieceHeight);
  };

  useLayoutEffect(() => {
    const box = ref.current;
    if (box === null || nearestRow === undefined || height === 0) return;
    const { top, bottom } = nearestRow;
    const now = scrolledTo.current;
    const most = Math.max(0, (placed?.height ?? 0) - height);
    const at = (share: number) => Math.min(most, Math.max(0, top - height * share));
    // A run that is played moves through the middle of the view.
    if (isPlaying.peek() && at(middle) > now) {
      box.scrollTo({ top: at(middle), behavior: scrolling() });
      return;
    }
    // To ask the box itself would have the page laid out at each step.
    const isAbove = top <= now + 48;
    if (!isAbove && bottom < now + height - 48) return;
    // Who steps over the edge will go on: most of the view is for what comes. Who comes from afar stands in the middle.
    const isNear = Math.abs(at(middle) - now) < height;
    const from = at(!isNear ? middle : isAbove ? 0.7 : 0.3);
    if (Math.abs(from - now) < 1) return;
    showFrom(from);
    scrollWhenDrawn(box, { top: from });
  }, [nearestRow?.top, height]);

  // What does not depend on the selected step is made once for each piece: stepping must fit into a frame.
  const draw = useMemo(() => (placed === null ? null : drawer(placed, geometry)), [placed, geometry]);
  const drawn = useMemo(() => draw?.(piece, pieceHeight), [draw, piece, pieceHeight]);
  if (placed === null || drawn === undefined) return <div class="ladder-box" ref={ref} />;
  const { fromY, toY, rows, lifelines } = drawn;
  const isToScale = timeMode.value === 'scale';
  const shown = rows.map(({ placed: one, as }) => {
    if (one === selectedRow) return as('now', false);
    // The selected row has its words, whoever else would have had them.
    const isCovered = isToScale && selectedRow !== undefined && covers(selectedRow, one, geometry);
    return as((one.row.step ?? 0) > selected ? 'future' : 'past', one.isCrowded || isCovered);
  });
  return (
    <>
      <LaneHeads geometry={geometry} />
      <div class="ladder-box" ref={ref} onScroll={({ currentTarget }) => showFrom(currentTarget.scrollTop)}>
        <div class={geometry.isCompact ? 'ladder compact' : 'ladder'} style={{ height: `${placed.height}px` }}>
          <svg
            class="art"
            style={{ top: `${fromY}px` }}
            width={geometry.width}
            height={toY - fromY}
            viewBox={`0 ${fromY} ${geometry.width} ${toY - fromY}`}
            aria-hidden="true"
          >
            {selectedRow && (
              <rect
                class="selected"
                x="0"
                y={selectedRow.top}
                width={geometry.width}
                height={selectedRow.bottom - selectedRow.top}
              />
            )}
            {markedRow && (
              <rect
                class="marked"
                x="3"
                y={markedRow.top + 1}
                width={geometry.width - 6}
                height={Math.max(4, markedRow.bottom - markedRow.top)}
                rx="4"
              />
            )}
            {lifelines}
            {shown.map(({ art }) => art)}
            {window && trace.value && (
              <RaceMarks window={window} trace={trace.value} layout={placed} geometry={geometry} />
            )}
            {nearestRow && (
              <path
                class={selectedRow ? 'playhead' : 'playhead between'}
                d={`M0 ${nearestRow.bottom}H${geometry.width}`}
              />
            )}
          </svg>
          <ol aria-label="Steps of the run">{shown.map(({ button }) => button)}</ol>
          {selectedRow && <Handle placed={selectedRow} layout={placed} geometry={geometry} />}
        </div>
      </div>
    </>
  );
};
