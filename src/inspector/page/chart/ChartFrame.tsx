import type { Signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import type { Drawing } from '../../charts/chart.ts';
import { scrollWhenDrawn } from '../motion.ts';
import { useSize } from '../size.ts';
import { ChartArt, type Mood } from './ChartArt.tsx';

/** How large a chart is drawn; `fit` shows it as a whole. */
export type Scale = number | 'fit';

const [leastScale, mostScale] = [0.3, 3];

/** What the keys do while a chart has the focus; the arrow keys scroll it. */
const chartKeys: Readonly<Record<string, (now: number) => Scale>> = {
  '+': (now) => Math.min(mostScale, now * 1.25),
  '-': (now) => Math.max(leastScale, now / 1.25),
  '0': () => 'fit',
  '1': () => 1,
};

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
  const whole = Math.min(1, width / drawing.width, height / drawing.height);
  const factor = scale.value === 'fit' ? Math.max(leastScale, whole) : scale.value;
  const active = drawing.states.findLast(({ path }) => mood.isActive(path));
  useLayoutEffect(() => {
    if (box.current === null || active === undefined) return;
    const left = (active.x + active.width / 2) * factor - width / 2;
    scrollWhenDrawn(box.current, { left, top: (active.y + active.height / 2) * factor - height / 2 });
  }, [active?.path, drawing, factor, width, height]);
  const resize = (key: string): boolean => {
    const act = chartKeys[key];
    if (act !== undefined) scale.value = act(factor);
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
        <svg
          key={name}
          width={drawing.width * factor}
          height={drawing.height * factor}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
          role="img"
          aria-label={describe(active?.path)}
        >
          <ChartArt drawing={drawing} mood={mood} />
        </svg>
      </section>
    </div>
  );
};
