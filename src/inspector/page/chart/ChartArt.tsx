import { useMemo } from 'preact/hooks';
import type { ChartArrow, ChartLine, ChartState, Drawing } from '../../charts/chart.ts';

/** How much an arrow stands out: it was just taken, or it could be taken now, or neither. */
export type Emphasis = 'taken' | 'ready' | '';

/** How the parts of a picture are at some moment. */
export interface Mood {
  readonly isActive: (path: string) => boolean;
  readonly isVisited: (path: string) => boolean;
  readonly ofArrow: (arrow: ChartArrow) => Emphasis;
  /** Of one line of an arrow. */
  readonly ofLine: (line: ChartLine, arrow: ChartArrow) => 'fired' | 'can' | '';
  /** Of a line that is written into a state. */
  readonly ofOwnLine: (line: ChartLine, path: string) => 'fired' | 'can' | '';
}

/** Corners are rounded by this much. */
const radius = 6;

/** A line through points with round corners. */
function rounded(points: ChartArrow['points']): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = rest.map(([x, y], index) => {
    const next = rest[index + 1];
    if (next === undefined) return `L${x} ${y}`;
    const [fromX, fromY] = index === 0 ? first : (rest[index - 1] ?? first);
    const towards = (toX: number, toY: number) => {
      const length = Math.hypot(toX - x, toY - y);
      const share = length === 0 ? 0 : Math.min(radius, length / 2) / length;
      return `${x + (toX - x) * share} ${y + (toY - y) * share}`;
    };
    return `L${towards(fromX, fromY)}Q${x} ${y} ${towards(next[0], next[1])}`;
  });
  return `M${first[0]} ${first[1]}${parts.join('')}`;
}

const tips = { taken: 'tip-now', ready: 'tip-ink', '': 'tip-line' } as const;

interface LinesProps {
  readonly lines: readonly ChartLine[];
  readonly x: number;
  readonly y: number;
  /** How each line stands out. */
  readonly kinds: readonly string[];
}

const Lines = ({ lines, x, y, kinds }: LinesProps) => (
  <>
    {lines.map(({ text }, index) => (
      <text key={text} class={`line ${kinds[index]}`} x={x} y={y + index * 13}>
        {text}
      </text>
    ))}
  </>
);

/** The same picture as long as its parts look the same: a step changes few of them, and the others are not looked at again. */
const ArrowArt = ({ arrow, mood }: { arrow: ChartArrow; mood: Mood }) => {
  const kind = mood.ofArrow(arrow);
  const kinds = arrow.lines.map((line) => mood.ofLine(line, arrow));
  return useMemo(() => drawnArrow(arrow, kind, kinds), [arrow, kind, kinds.join()]);
};

function drawnArrow({ points, label, lines, from }: ChartArrow, kind: Emphasis, kinds: readonly string[]) {
  const [start] = points;
  return (
    <g class={`transition ${kind}`}>
      {label === null && lines.length > 0 && <title>{lines.map(({ text }) => text).join(', ')}</title>}
      <path d={rounded(points)} marker-end={`url(#${tips[kind]})`} />
      {from === null && start !== undefined && <circle cx={start[0]} cy={start[1] - 4} r="4" class="initial" />}
      {label !== null && (
        <>
          <rect x={label.x} y={label.y} width={label.width} height={label.height} rx="4" />
          <Lines lines={lines} x={label.x + 5} y={label.y + 12} kinds={kinds} />
        </>
      )}
    </g>
  );
}

const StateArt = ({ state, mood }: { state: ChartState; mood: Mood }) => {
  const look = mood.isActive(state.path) ? 'active' : mood.isVisited(state.path) ? 'visited' : '';
  const kinds = state.lines.map((line) => mood.ofOwnLine(line, state.path));
  return useMemo(() => drawnState(state, look, kinds), [state, look, kinds.join()]);
};

function drawnState(state: ChartState, look: 'active' | 'visited' | '', kinds: readonly string[]) {
  const { path, x, y, width, height, name, inside, kind, lines } = state;
  return (
    <g class={`state ${inside} ${kind} ${look}`}>
      {name === '' && <title>{path}</title>}
      <rect x={x} y={y} width={width} height={height} rx="7" />
      {kind === 'final' && <rect x={x + 3} y={y + 3} width={width - 6} height={height - 6} rx="5" class="inner" />}
      <text x={x + 11} y={inside === 'drawn' || lines.length > 0 ? y + 19 : y + height / 2 + 4}>
        {name}
        {inside === 'folded' && name !== '' && ' ▸'}
      </text>
      <Lines lines={lines} x={x + 11} y={y + 34} kinds={kinds} />
      {look === 'active' && inside !== 'drawn' && <circle cx={x + width - 9} cy={y + 9} r="3" />}
    </g>
  );
}

/** States and transitions at their places. */
export const ChartArt = ({ drawing, mood }: { drawing: Drawing; mood: Mood }) => (
  <>
    {drawing.states.map((state) => (
      <StateArt key={state.path} state={state} mood={mood} />
    ))}
    {drawing.arrows.map((arrow) => (
      <ArrowArt key={`${arrow.from} ${arrow.to}`} arrow={arrow} mood={mood} />
    ))}
  </>
);
