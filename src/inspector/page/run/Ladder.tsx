import { useEffect, useMemo, useState } from 'preact/hooks';
import { lanes, laneTitles } from '../../../sim/report/lanes.ts';
import { secondsText } from '../../../sim/report/wording.ts';
import { firstRowBelow, type LadderLayout, type PlacedRow } from '../../model/ladderLayout.ts';
import { useSize } from '../size.ts';
import { experiment, layout, step, trace } from '../store.ts';
import { headWords } from './heads.ts';
import { RowArt, spokenRow } from './LadderRows.tsx';
import { Lifelines } from './Lifelines.tsx';
import { Geometry } from './ladderGeometry.ts';
import { RaceMarks } from './RaceMarks.tsx';

/** The ladder is drawn in pieces of this height: the one in view and its neighbours. */
const pieceHeight = 1200;

/** The rows that are drawn for a position of the scroll bar. */
function rowsIn({ rows }: LadderLayout, fromY: number, toY: number): readonly PlacedRow[] {
  return rows.slice(firstRowBelow(rows, fromY), firstRowBelow(rows, toY) + 1);
}

const isSelected = ({ row }: PlacedRow, selected: number): boolean => row.step === selected;

/** The row of a step, or of the last one before it where it has none. */
function rowOf({ rows }: LadderLayout, selected: number): PlacedRow | undefined {
  return rows.findLast(({ row }) => row.step !== null && row.step <= selected) ?? rows[0];
}

const RowButton = ({ placed, selected, isNow }: { placed: PlacedRow; selected: number; isNow: boolean }) => {
  const { row, top, bottom } = placed;
  const { step: own } = row;
  const style = { top: `${top}px`, height: `${bottom - top}px` };
  if (own === null) return null;
  return (
    <li style={style} class={own > selected ? 'future' : ''}>
      <button
        type="button"
        tabIndex={isNow ? 0 : -1}
        aria-current={isNow ? 'step' : undefined}
        onClick={() => {
          step.value = own;
        }}
      >
        <span class="unseen">Step </span>
        <span class="step">{own}</span>
        <span class="unseen">, </span>
        <span class="date">{secondsText(row.atMs)}</span>
        <span class="unseen"> s. {spokenRow(placed)}</span>
      </button>
    </li>
  );
};

/** The names of the lanes, with how each stands at the selected step. */
const Heads = ({ geometry }: { geometry: Geometry }) => (
  <div class="heads">
    <span class="head-step">step</span>
    <span class="head-date">virtual s</span>
    {lanes.map((lane) => (
      <span key={lane} class="head" style={{ left: `${geometry.x(lane)}px` }}>
        <b>{laneTitles[lane]}</b>
        <small class={lane}>{headWords.value[lane]}</small>
      </span>
    ))}
  </div>
);

/** The ladder of the run: only the rows near the view are in the document. */
export const Ladder = () => {
  const { ref, width, height } = useSize<HTMLDivElement>();
  const [piece, setPiece] = useState(0);
  const placed = layout.value;
  const selected = step.value;
  const window = experiment.value?.window;
  const geometry = useMemo(() => new Geometry(Math.max(width, 560)), [width]);
  const selectedRow = placed === null ? undefined : rowOf(placed, selected);

  useEffect(() => {
    const box = ref.current;
    if (box === null || selectedRow === undefined) return;
    const { top, bottom } = selectedRow;
    const isVisible = top > box.scrollTop + 48 && bottom < box.scrollTop + box.clientHeight - 48;
    if (!isVisible) box.scrollTop = top - box.clientHeight * 0.45;
  }, [selectedRow?.top, height]);

  if (placed === null) return <div class="ladder-box" ref={ref} />;
  const fromY = Math.max(0, (piece - 1) * pieceHeight);
  const toY = Math.min(placed.height, (piece + 2) * pieceHeight);
  const shown = rowsIn(placed, fromY, toY);
  return (
    <>
      <Heads geometry={geometry} />
      <div
        class="ladder-box"
        ref={ref}
        onScroll={({ currentTarget }) => setPiece(Math.floor(currentTarget.scrollTop / pieceHeight))}
      >
        <div class="ladder" style={{ height: `${placed.height}px` }}>
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
                height={selectedRow.bottom - selectedRow.top + 2}
              />
            )}
            <Lifelines layout={placed} geometry={geometry} fromY={fromY} toY={toY} />
            {shown.map((one) => (
              <g
                key={`${one.top}`}
                class={isSelected(one, selected) ? 'row now' : (one.row.step ?? 0) > selected ? 'row future' : 'row'}
              >
                <RowArt placed={one} geometry={geometry} />
              </g>
            ))}
            {window && trace.value && (
              <RaceMarks window={window} trace={trace.value} layout={placed} geometry={geometry} />
            )}
            {selectedRow && <path class="playhead" d={`M0 ${selectedRow.bottom + 2}H${geometry.width}`} />}
          </svg>
          <ol aria-label="Steps of the run">
            {shown.map((one) => (
              <RowButton key={`${one.top}`} placed={one} selected={selected} isNow={one === selectedRow} />
            ))}
          </ol>
        </div>
      </div>
    </>
  );
};
