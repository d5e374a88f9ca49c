import type { Signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { ChartState, Drawing } from '../../charts/chart.ts';
import { type CompactDrawing, compact } from '../../charts/compact.ts';
import { scrollWhenDrawn } from '../motion.ts';
import { onZoom } from '../pan.ts';
import { useSize } from '../size.ts';
import { ChartArt, type Mood } from './ChartArt.tsx';

/** How large a chart is drawn; `fit` shows it as a whole. */
export type Scale = number | 'fit';

/** The words at arrows are 10 pixels high, and nothing is drawn smaller than 9. */
const [leastScale, mostScale] = [0.9, 3];

/** What is drawn in a room, and how many times larger than it was laid out. */
interface Fitted {
  readonly drawing: Drawing | CompactDrawing;
  readonly factor: number;
}

/** What the keys do while a chart has the focus; the arrow keys scroll it. */
const chartKeys: Readonly<Record<string, (now: Scale, whole: Fitted) => Scale>> = {
  '+': (now, whole) => {
    // What has no words as a whole gets them first.
    const isWordless = now === 'fit' && 'font' in whole.drawing;
    return isWordless ? leastScale : Math.min(mostScale, (now === 'fit' ? whole.factor : now) * 1.25);
  },
  '-': (now) => (now === 'fit' || now <= leastScale ? 'fit' : Math.max(leastScale, now / 1.25)),
  '0': () => 'fit',
  '1': () => 1,
};

/** As a whole with all its words where there is room for them, or else without those at its arrows. */
function fitted(drawing: Drawing, mood: Mood, width: number, height: number): Fitted {
  const whole = Math.min(1, width / drawing.width, height / drawing.height);
  return whole >= leastScale
    ? { drawing, factor: whole }
    : { drawing: compact(drawing, width, height, mood.isVisited), factor: 1 };
}

/** What is drawn of a chart in a room that shows all of it. */
export const useFitted = (drawing: Drawing, mood: Mood, width: number, height: number): Fitted =>
  useMemo(() => fitted(drawing, mood, width, height), [drawing, mood, width, height]);

interface PictureProps extends Fitted {
  readonly mood: Mood;
  readonly label: string;
}

/** A chart as a picture. */
export const ChartPicture = ({ drawing, factor, mood, label }: PictureProps) => (
  <svg
    class={'font' in drawing ? 'compact-chart' : ''}
    style={'font' in drawing ? { '--name': `${drawing.font}px` } : {}}
    width={drawing.width * factor}
    height={drawing.height * factor}
    viewBox={`0 0 ${drawing.width} ${drawing.height}`}
    role="img"
    aria-label={label}
  >
    <ChartArt drawing={drawing} mood={mood} />
  </svg>
);

/** Shows what is active in a chart that is larger than its room. */
export function useActiveInView(
  box: { readonly current: HTMLElement | null },
  { drawing, factor }: Fitted,
  mood: Mood,
  room: { readonly width: number; readonly height: number },
): ChartState | undefined {
  const active = drawing.states.findLast(({ path }) => mood.isActive(path));
  useLayoutEffect(() => {
    if (box.current === null || active === undefined) return;
    const left = (active.x + active.width / 2) * factor - room.width / 2;
    scrollWhenDrawn(box.current, { left, top: (active.y + active.height / 2) * factor - room.height / 2 });
  }, [active?.path, drawing, factor, room.width, room.height]);
  return active;
}

/** What is drawn now, and where its scale is kept. */
interface Zoomed {
  readonly scale: Signal<Scale>;
  readonly factor: number;
}

/** Wheel and fingers size a chart; what is below them stays there. */
const zoomedAbout = (box: HTMLElement, zoomed: { readonly current: Zoomed }): (() => void) =>
  onZoom(box, (by, { clientX, clientY }) => {
    const { scale, factor } = zoomed.current;
    const next = Math.min(mostScale, Math.max(leastScale, factor * by));
    const { left, top } = box.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    const share = next / factor;
    const to = { left: (box.scrollLeft + x) * share - x, top: (box.scrollTop + y) * share - y };
    scale.value = next;
    // Its size changes first, and its active state comes into view.
    requestAnimationFrame(() => box.scrollTo({ ...to, behavior: 'instant' }));
  });

interface Props {
  readonly drawing: Drawing;
  readonly mood: Mood;
  readonly scale: Signal<Scale>;
  /** What the chart is of, and in which state that is. */
  readonly name: string;
  readonly describe: (activePath: string | undefined) => string;
}

/** A statechart that can be scrolled and sized, and shows its innermost active state. */
export const ChartFrame = ({ drawing, mood, scale, name, describe }: Props) => {
  const { ref: box, width, height } = useSize<HTMLElement>();
  const whole = useFitted(drawing, mood, width, height);
  const drawn = scale.value === 'fit' ? whole : { drawing, factor: scale.value };
  const active = useActiveInView(box, drawn, mood, { width, height });
  const zoomed = useRef({ scale, factor: drawn.factor });
  zoomed.current = { scale, factor: drawn.factor };
  useEffect(() => (box.current === null ? undefined : zoomedAbout(box.current, zoomed)), []);
  const resize = (key: string): boolean => {
    const act = chartKeys[key];
    if (act !== undefined) scale.value = act(scale.value, whole);
    return act !== undefined;
  };
  return (
    <div class="chart-frame">
      <fieldset class="segments sizes" aria-label="Size of the chart">
        <button type="button" aria-label="Smaller" onClick={() => resize('-')}>
          −
        </button>
        <button
          type="button"
          aria-pressed={scale.value === 'fit'}
          onClick={() => resize(scale.value === 'fit' ? '1' : '0')}
        >
          fit
        </button>
        <button type="button" aria-label="Larger" onClick={() => resize('+')}>
          +
        </button>
      </fieldset>
      <section
        class="chart"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
        tabIndex={0}
        aria-label={`Chart: ${name}`}
        onKeyDown={(event) => {
          if (resize(event.key)) event.preventDefault();
        }}
      >
        <ChartPicture key={name} {...drawn} mood={mood} label={describe(active?.path)} />
      </section>
      {drawn.drawing.states.some((state) => state.name === '') && (
        <p class="soft left-out">Names are left out: + shows them.</p>
      )}
    </div>
  );
};
