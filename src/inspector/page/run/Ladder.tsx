import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { secondsText } from '../../../sim/report/wording.ts';
import {
  dateAt,
  firstRowBelow,
  heightOf,
  type LadderLayout,
  leastDistance,
  type PlacedRow,
} from '../../model/ladderLayout.ts';
import { scrolling, scrollWhenDrawn } from '../motion.ts';
import { onZoom, panning } from '../pan.ts';
import { isSystem } from '../parties.ts';
import { isPlaying } from '../play.ts';
import { layout, rowOf } from '../rows.ts';
import { Still } from '../Still.tsx';
import { useSize } from '../size.ts';
import { marked, raceWindow, step, trace } from '../store.ts';
import { zoomTime } from '../timeZoom.ts';
import { anchor, laneViews, timeMode } from '../view.ts';
import { Handle } from './Handle.tsx';
import { RowArt, RowWords, spokenRow } from './LadderRows.tsx';
import { LaneHeads } from './LaneHeads.tsx';
import { Lifelines } from './Lifelines.tsx';
import { covers, type LabelPlace, type LabelPlaces, placeLabels } from './labelPlaces.ts';
import { Geometry } from './ladderGeometry.ts';
import { RaceMarks } from './RaceMarks.tsx';
import { Ruler } from './Ruler.tsx';
import { ZoomButtons } from './ZoomButtons.tsx';

/** The ladder is drawn in pieces of which this many fill its window, which are not too low: those in view and one more on each side. */
const piecesInView = 3;
const leastPiece = 120;

/** A ladder of fewer pixels is scrolled sideways. */
const leastWidth = 300;

/** More lanes than a hand-over has would be too near to each other: the ladder scrolls. */
const leastWidthOf = (lanes: number): number => (lanes <= 5 ? leastWidth : 150 + lanes * 76);

/** Where in the view a step stands to which the reader comes from afar, counted from the top. */
const middle = 0.45;

/** The rows that are drawn for a position of the scroll bar. */
function rowsIn({ rows }: LadderLayout, fromY: number, toY: number): readonly PlacedRow[] {
  return rows.slice(firstRowBelow(rows, fromY), firstRowBelow(rows, toY) + 1);
}

/** What a row is called: its step and date, and for those who do not see it what happens in it. */
const RowName = ({ placed }: { placed: PlacedRow }) => (
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

/** What of a row finds no room: its words, its date. */
interface Crowded {
  readonly label: boolean;
  readonly date: boolean;
}

/** What a row is drawn with; the same elements each time, for those that did not change are not looked at again. */
function drawnRow(placed: PlacedRow, geometry: Geometry, label: LabelPlace | null | undefined) {
  const art = <RowArt placed={placed} geometry={geometry} />;
  const [inPlace, natural] = [label, undefined].map((at) => (
    <RowWords key={placed.top} placed={placed} geometry={geometry} {...(at !== undefined && { label: at })} />
  ));
  const name = <RowName placed={placed} />;
  const drawn = new Map<string, { readonly art: VNode; readonly words: VNode; readonly button: VNode }>();
  const draw = (when: When, crowded: Crowded) => ({
    art: (
      <Still key={placed.top}>
        <g class={`row ${when}${crowded.label ? ' crowded' : ''}`}>{art}</g>
      </Still>
    ),
    words: (
      <Still key={placed.top}>
        <g class={`row ${when}`}>
          {/* The selected row has its words where it would like to have them. */}
          {crowded.label ? null : when === 'now' ? natural : inPlace}
        </g>
      </Still>
    ),
    button: (
      <RowButton key={placed.top} placed={placed} when={when} isCrowded={crowded.date}>
        {name}
      </RowButton>
    ),
  });
  return (when: When, crowded: Crowded) => {
    const key = `${when} ${crowded.label} ${crowded.date}`;
    const found = drawn.get(key) ?? draw(when, crowded);
    drawn.set(key, found);
    return found;
  };
}

/** Draws parts of a ladder; rows that were drawn once are kept. */
function drawer(layout: LadderLayout, geometry: Geometry, labels: LabelPlaces | null) {
  const kept = new Map<PlacedRow, ReturnType<typeof drawnRow>>();
  return (wanted: number, pieceHeight: number) => {
    // A ladder may have become shorter since it was scrolled.
    const piece = Math.min(wanted, Math.floor(layout.height / pieceHeight));
    const fromY = Math.max(0, (piece - 1) * pieceHeight);
    const toY = Math.min(layout.height, (piece + piecesInView + 2) * pieceHeight);
    const rows = rowsIn(layout, fromY, toY).map((placed) => {
      const label = labels?.get(placed);
      const as = kept.get(placed) ?? drawnRow(placed, geometry, label);
      kept.set(placed, as);
      return { placed, as, label };
    });
    const ground = (
      <Still>
        {layout.scale && <Ruler scale={layout.scale} geometry={geometry} fromY={fromY} toY={toY} />}
        <Lifelines layout={layout} geometry={geometry} fromY={fromY} toY={toY} />
      </Still>
    );
    return { fromY, toY, rows, ground };
  };
}

/** The ladder of the run: only the rows near the view are in the document. */
export const Ladder = () => {
  const { ref, width, height } = useSize<HTMLDivElement>();
  const [pieceTop, setPieceTop] = useState(0);
  const [fromLeft, setFromLeft] = useState(0);
  const pieceHeight = Math.max(leastPiece, Math.ceil(height / piecesInView));
  const piece = Math.floor(pieceTop / pieceHeight);
  const placed = layout.value;
  const selected = step.value;
  const window = raceWindow.value;
  const views = laneViews.value;
  const hasRuler = timeMode.value === 'scale';
  const isPlain = isSystem.value;
  const geometry = useMemo(
    () => new Geometry(Math.max(width, leastWidthOf(views.length)), views, hasRuler, isPlain),
    [width, views, hasRuler, isPlain],
  );
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
    const kept = anchor.peek();
    anchor.value = null;
    if (kept !== null && placed !== null) {
      const from = heightOf(placed, kept.atMs) - kept.belowTop;
      showFrom(from);
      scrollWhenDrawn(box, { top: from });
      return;
    }
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
  }, [nearestRow?.top, height, placed?.scale]);

  useEffect(() => {
    const box = ref.current;
    if (box === null) return;
    return onZoom(box, (factor, { clientY }) => {
      const now = layout.peek();
      if (now === null) return;
      const belowTop = clientY - box.getBoundingClientRect().top;
      const all = trace.peek()?.records ?? [];
      const atMs = dateAt(now, box.scrollTop + belowTop, [all[0]?.atMs ?? 0, all.at(-1)?.atMs ?? 0]);
      anchor.value = { atMs, belowTop };
      zoomTime(factor);
    });
  }, []);
  const pan = useMemo(panning, []);

  // What does not depend on the selected step is made once for each piece: stepping must fit into a frame.
  const labels = useMemo(() => (placed?.scale ? placeLabels(placed, geometry) : null), [placed, geometry]);
  const draw = useMemo(() => (placed === null ? null : drawer(placed, geometry, labels)), [placed, geometry, labels]);
  const drawn = useMemo(() => draw?.(piece, pieceHeight), [draw, piece, pieceHeight]);
  if (placed === null || drawn === undefined) return <div class="ladder-box" ref={ref} />;
  const { fromY, toY, rows: inView, ground } = drawn;
  const shown = inView.map(({ placed: one, as, label }) => {
    if (one === selectedRow) return as('now', { label: false, date: false });
    // The selected row has its words and its date, whoever else would have had room.
    const isNear =
      placed.scale !== null && selectedRow !== undefined && Math.abs(one.y - selectedRow.y) < leastDistance;
    const isCovered = label && selectedRow !== undefined && covers(selectedRow, one, geometry, label);
    const when = (one.row.step ?? 0) > selected ? 'future' : 'past';
    return as(when, { label: isCovered === true, date: one.isCrowded || isNear });
  });
  return (
    <>
      <LaneHeads geometry={geometry} fromLeft={fromLeft} />
      <div
        class="ladder-box"
        ref={ref}
        onScroll={({ currentTarget }) => {
          showFrom(currentTarget.scrollTop);
          setFromLeft(currentTarget.scrollLeft);
        }}
        {...pan}
      >
        <div
          class={`ladder${geometry.isCompact ? ' compact' : ''}${hasRuler ? ' scaled' : ''}`}
          style={{ height: `${placed.height}px`, minWidth: `${geometry.width}px` }}
        >
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
            {ground}
            {shown.map(({ art }) => art)}
            {nearestRow && (
              <path
                class={selectedRow ? 'playhead' : 'playhead between'}
                d={`M0 ${nearestRow.bottom}H${geometry.width}`}
              />
            )}
            {shown.map(({ words }) => words)}
            {window && trace.value && (
              <RaceMarks window={window} trace={trace.value} layout={placed} geometry={geometry} labels={labels} />
            )}
          </svg>
          <ol aria-label="Steps of the run">{shown.map(({ button }) => button)}</ol>
          {selectedRow && <Handle placed={selectedRow} layout={placed} geometry={geometry} />}
        </div>
      </div>
      {hasRuler && <ZoomButtons />}
    </>
  );
};
