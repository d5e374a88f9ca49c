import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ChartArrow, ChartLine, ChartState, Drawing } from '../../charts/chart.ts';
import { Still } from '../Still.tsx';

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

type Kinds = readonly string[];

function drawnArrow({ points, label, lines, from }: ChartArrow, kind: Emphasis, kinds: Kinds): VNode {
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

function drawnState(state: ChartState, look: 'active' | 'visited' | '', kinds: Kinds): VNode {
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

/** A part of a picture as it was drawn last, for as long as it looks the same. */
function keeping<Look extends string>(
  name: string,
  draw: (look: Look, kinds: Kinds) => VNode,
): (look: Look, kinds: Kinds) => VNode {
  let [last, drawn] = ['', null as VNode | null];
  return (look, kinds) => {
    const wanted = `${look} ${kinds.join()}`;
    if (drawn === null || wanted !== last) [last, drawn] = [wanted, <Still key={name}>{draw(look, kinds)}</Still>];
    return drawn;
  };
}

/** Draws a picture: a step changes few of its parts, and the same elements as before are not looked at again. */
function drawer({ states, arrows }: Drawing): (mood: Mood) => readonly VNode[] {
  const drawnStates = states.map((state) => {
    const drawn = keeping(state.path, (look: 'active' | 'visited' | '', kinds) => drawnState(state, look, kinds));
    return ({ isActive, isVisited, ofOwnLine }: Mood) =>
      drawn(
        isActive(state.path) ? 'active' : isVisited(state.path) ? 'visited' : '',
        state.lines.map((line) => ofOwnLine(line, state.path)),
      );
  });
  const drawnArrows = arrows.map((arrow) => {
    const drawn = keeping(`${arrow.from} ${arrow.to}`, (kind: Emphasis, kinds) => drawnArrow(arrow, kind, kinds));
    return ({ ofArrow, ofLine }: Mood) =>
      drawn(
        ofArrow(arrow),
        arrow.lines.map((line) => ofLine(line, arrow)),
      );
  });
  return (mood) => [...drawnStates, ...drawnArrows].map((draw) => draw(mood));
}

/** States and transitions at their places. */
export const ChartArt = ({ drawing, mood }: { drawing: Drawing; mood: Mood }) => {
  const draw = useMemo(() => drawer(drawing), [drawing]);
  return <>{draw(mood)}</>;
};
