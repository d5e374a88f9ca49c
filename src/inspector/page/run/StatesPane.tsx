import { computed } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { secondsText } from '../../../sim/report/wording.ts';
import { onZoom, panning } from '../pan.ts';
import { titleOf } from '../parties.ts';
import { useSize } from '../size.ts';
import { raceWindow, record, regions, step, trace } from '../store.ts';
import { statesLeft, statesRight, zoomTime } from '../timeZoom.ts';
import { pixelsPerSecond, timeMode } from '../view.ts';
import { marksOf } from './marksOfRace.ts';
import { foldedAxis, type PlacedBar, placedBars, scaledAxis, type TimeAxis } from './stateAxis.ts';
import { type StateRow, stateRows } from './stateBars.ts';
import { ZoomButtons } from './ZoomButtons.tsx';

const rows = computed(() => (trace.value && regions.value ? stateRows(trace.value, regions.value) : []));

/** When the run goes wrong: with dates, and in words. */
const marks = computed(() => (raceWindow.value && trace.value ? marksOf(raceWindow.value, trace.value) : []));

const endMs = (): number => Math.max(1, trace.value?.endMs ?? 1);

/** The axis of the states: to scale as on the ladder, or else folded into the view. */
function useAxis(viewWidth: number): TimeAxis {
  const [all, end, pixels] = [rows.value, endMs(), pixelsPerSecond.value];
  const isScaled = timeMode.value === 'scale';
  const scaled = useMemo(() => (isScaled ? scaledAxis(end, pixels) : null), [isScaled, end, pixels]);
  const folded = useMemo(() => {
    const dates = isScaled ? [] : all.flatMap(({ bars }) => bars.map(({ fromMs }) => fromMs));
    return foldedAxis(dates, end, viewWidth);
  }, [isScaled, all, end, viewWidth]);
  return scaled ?? folded;
}

const Bar = ({ placed: { bar, left, width, hasWords }, isNow }: { placed: PlacedBar; isNow: boolean }) => (
  <button
    type="button"
    class={isNow ? 'state-bar-of now' : 'state-bar-of'}
    style={{ left: `${left}px`, width: `${width}px` }}
    tabIndex={isNow ? 0 : -1}
    aria-current={isNow ? 'true' : undefined}
    aria-label={`${bar.state} from ${secondsText(bar.fromMs)} to ${secondsText(bar.toMs)} s`}
    title={`${bar.state}, ${secondsText(bar.fromMs)} to ${secondsText(bar.toMs)} s`}
    onClick={() => {
      step.value = bar.step;
    }}
  >
    {hasWords && <span>{bar.state}</span>}
  </button>
);

interface SeenProps {
  readonly axis: TimeAxis;
  /** Between which places of the axis anything is drawn. */
  readonly seen: readonly [fromX: number, toX: number];
}

const Row = ({ row: { region, bars }, nowStep, axis, seen }: SeenProps & { row: StateRow; nowStep: number }) => {
  const now = bars.findLast((one) => one.step <= nowStep);
  return (
    <li class="states-row">
      <span class="state-region">{region === '' ? 'life' : region.split('.').at(-1)}</span>
      <span class="state-bars">
        {placedBars(bars, axis, seen, now).map((one) => (
          <Bar key={one.bar.step} placed={one} isNow={one.bar === now} />
        ))}
      </span>
    </li>
  );
};

/** Dates above all rows. */
const StatesRuler = ({ axis, seen }: SeenProps) => (
  <div class="states-ruler" aria-hidden="true">
    <span class="state-region">s</span>
    {axis.ticks(...seen).map(({ ms, text }) => (
      <span key={ms} class={ms === 0 ? 'tick-of first' : 'tick-of'} style={{ left: `${statesLeft + axis.at(ms)}px` }}>
        {text}
      </span>
    ))}
  </div>
);

/** What goes across all rows: round dates, when the run goes wrong, and the selected step. */
const Across = ({ axis, seen }: SeenProps) => {
  const now = record.value;
  return (
    <div class="across" aria-hidden="true">
      {axis.ticks(...seen).map(({ ms }) => (
        <i key={ms} class="tick-line" style={{ left: `${axis.at(ms)}px` }} />
      ))}
      {marks.value.map(({ fromMs, toMs, said }) => (
        <i
          key={said}
          class="race-band"
          style={{ left: `${axis.at(fromMs)}px`, width: `${axis.at(toMs) - axis.at(fromMs)}px` }}
        />
      ))}
      {now && <i class="now-line" style={{ left: `${axis.at(now.atMs)}px` }} />}
    </div>
  );
};

/** A date, and how far right of the axis's edge in the view it is to stay. */
interface Held {
  readonly atMs: number;
  readonly x: number;
}

/** The selected step is to stand no nearer to the edges of the view. */
const nearEdge = 24;

/** Scrolls the states: what was below the pointer stays there, or else the selected step, or what was in the middle. */
function useScroll(box: { readonly current: HTMLElement | null }, axis: TimeAxis, width: number) {
  const [left, setLeft] = useState(0);
  const held = useRef<Held | null>(null);
  const last = useRef({ axis, left: 0 });
  const atMs = record.value?.atMs ?? 0;
  const scrollTo = (wanted: number) => {
    const to = Math.max(0, Math.min(wanted, axis.length - width));
    last.current = { axis, left: to };
    setLeft(to);
    box.current?.scrollTo({ left: to, behavior: 'instant' });
  };
  useLayoutEffect(() => {
    const before = last.current;
    if (before.axis === axis) return;
    const nowX = before.axis.at(atMs) - before.left;
    const isSeen = nowX >= 0 && nowX <= width;
    const { atMs: keptMs, x } =
      held.current ?? (isSeen ? { atMs, x: nowX } : { atMs: before.axis.msAt(before.left + width / 2), x: width / 2 });
    held.current = null;
    scrollTo(axis.at(keptMs) - x);
  }, [axis]);
  useLayoutEffect(() => {
    const x = axis.at(atMs) - last.current.left;
    if (x < nearEdge || x > width - nearEdge) scrollTo(axis.at(atMs) - width / 2);
  }, [atMs]);
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    return onZoom(current, (factor, { clientX }) => {
      const x = clientX - current.getBoundingClientRect().left - statesLeft;
      held.current = { atMs: last.current.axis.msAt(last.current.left + x), x };
      zoomTime(factor);
    });
  }, []);
  const onScroll = ({ currentTarget }: { currentTarget: HTMLElement }) => {
    last.current = { axis: last.current.axis, left: currentTarget.scrollLeft };
    setLeft(currentTarget.scrollLeft);
  };
  return { left, onScroll };
}

/** So many pixels on both sides of the view are drawn as well; only who has scrolled as far has others drawn. */
const margin = 400;

/** The states of all parties over the run, one bar after the other, and when it goes wrong. */
export const StatesPane = () => {
  const { ref, width } = useSize<HTMLDivElement>();
  const viewWidth = Math.max(120, width - statesLeft - statesRight);
  const axis = useAxis(viewWidth);
  const { left, onScroll } = useScroll(ref, axis, viewWidth);
  const pan = useMemo(panning, []);
  const piece = Math.floor(left / margin) * margin;
  const seen = useMemo(() => [piece - margin, piece + viewWidth + 2 * margin] as const, [piece, viewWidth]);
  return (
    <>
      {marks.value.map(({ said }) => (
        <p key={said} class="race-said">
          {said}
        </p>
      ))}
      <div class="states" ref={ref} onScroll={onScroll} {...pan}>
        <div class="states-rows" style={{ width: `${statesLeft + axis.length + statesRight}px` }}>
          <StatesRuler axis={axis} seen={seen} />
          <Across axis={axis} seen={seen} />
          {[...new Set(rows.value.map(({ party }) => party))].map((party) => (
            <section key={party} aria-label={titleOf(party)}>
              <h3>{titleOf(party)}</h3>
              <ul>
                {rows.value
                  .filter((row) => row.party === party)
                  .map((row) => (
                    <Row key={row.region} row={row} nowStep={step.value} axis={axis} seen={seen} />
                  ))}
              </ul>
            </section>
          ))}
        </div>
      </div>
      <ZoomButtons />
    </>
  );
};
