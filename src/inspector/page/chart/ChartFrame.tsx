import type { Signal } from '@preact/signals';
import type { VNode } from 'preact';
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
  useMemo(() => fitted(drawing, mood, width, height), [drawing, mood.isVisited, width, height]);

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

interface Shown {
  readonly drawing: Drawing;
  readonly mood: Mood;
  readonly scale: Signal<Scale>;
  /** What the chart is of. */
  readonly name: string;
  /** In which state that is. */
  readonly describe: (activePath: string | undefined) => string;
}

interface SheetProps extends Shown {
  readonly width: number;
  readonly height: number;
  readonly isSeen: boolean;
}

const keyed = (key: string, { drawing, mood, scale, width, height }: SheetProps): boolean => {
  const act = chartKeys[key];
  if (act !== undefined) scale.value = act(scale.value, fitted(drawing, mood, width, height));
  return act !== undefined;
};

/** A chart that can be scrolled, and shows its innermost active state. */
const Sheet = (props: SheetProps) => {
  const { drawing, mood, scale, name, describe, width, height, isSeen } = props;
  const box = useRef<HTMLElement>(null);
  const whole = useFitted(drawing, mood, width, height);
  const { drawing: drawn, factor } = scale.value === 'fit' ? whole : { drawing, factor: scale.value };
  const active = useActiveInView(box, { drawing: drawn, factor }, mood, { width, height });
  const zoomed = useRef({ scale, factor });
  zoomed.current = { scale, factor };
  useEffect(() => (box.current === null ? undefined : zoomedAbout(box.current, zoomed)), []);
  const label = describe(active?.path);
  const picture = useMemo(
    () => <ChartPicture drawing={drawn} factor={factor} mood={mood} label={label} />,
    [drawn, factor, mood, label],
  );
  return (
    <div class={isSeen ? 'sheet' : 'sheet below'} aria-hidden={!isSeen}>
      <section
        class="chart"
        ref={box}
        tabIndex={isSeen ? 0 : -1}
        aria-label={`Chart: ${name}`}
        onKeyDown={(event) => {
          if (keyed(event.key, props)) event.preventDefault();
        }}
      >
        {picture}
      </section>
      {drawn.states.some((state) => state.name === '') && (
        <p class="soft left-out">Names are left out: + shows them.</p>
      )}
    </div>
  );
};

/** So many charts stay in the document. */
const mostKept = 6;

interface Kept {
  readonly props: SheetProps;
  readonly sheet: VNode;
  /** When it was seen last, in times that any was. */
  readonly seenAt: number;
}

const sheetOf = (props: SheetProps, seenAt: number): Kept => ({
  props,
  sheet: <Sheet key={props.name} {...props} />,
  seenAt,
});

/**
 * The charts that were seen last, with the one that is seen now. A run goes from party to party and back: the others stay as
 * they were, laid out and below it, for to draw one anew takes longer than a step may.
 */
function useKept(shown: SheetProps, of: unknown): readonly Kept[] {
  const last = useRef<{ of: unknown; time: number; kept: readonly Kept[] }>({ of, time: 0, kept: [] });
  const time = last.current.time + 1;
  const before = last.current.kept.filter(({ props }) => last.current.of === of || props.name === shown.name);
  const isKnown = before.some(({ props }) => props.name === shown.name);
  const oldest = isKnown || before.length < mostKept ? null : Math.min(...before.map(({ seenAt }) => seenAt));
  // Each stays at its place: what is moved in the document is laid out again.
  const kept = before.flatMap((one) => {
    if (one.props.name === shown.name) return sheetOf(shown, time);
    if (one.seenAt === oldest) return [];
    return one.props.isSeen ? sheetOf({ ...one.props, isSeen: false }, one.seenAt) : one;
  });
  const all = isKnown ? kept : [...kept, sheetOf(shown, time)];
  last.current = { of, time, kept: all };
  return all;
}

interface Props extends Shown {
  /** The run, or whatever else the charts are of: those of something else are put away. */
  readonly of?: unknown;
}

/** A statechart in the room that there is, with buttons that size it. */
export const ChartFrame = ({ of, ...shown }: Props) => {
  const { ref, width, height } = useSize<HTMLDivElement>();
  const props = { ...shown, width, height, isSeen: true };
  const kept = useKept(props, of);
  const { scale } = shown;
  return (
    <div class="chart-frame" ref={ref}>
      {kept.map(({ sheet }) => sheet)}
      <fieldset class="segments sizes" aria-label="Size of the chart">
        <button type="button" aria-label="Smaller" onClick={() => keyed('-', props)}>
          −
        </button>
        <button
          type="button"
          aria-pressed={scale.value === 'fit'}
          onClick={() => keyed(scale.value === 'fit' ? '1' : '0', props)}
        >
          fit
        </button>
        <button type="button" aria-label="Larger" onClick={() => keyed('+', props)}>
          +
        </button>
      </fieldset>
    </div>
  );
};
