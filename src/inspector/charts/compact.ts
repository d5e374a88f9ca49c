import type { ChartArrow, ChartState, Drawing } from './chart.ts';

/** A chart without the words at its arrows, at its own size: small enough to be seen as a whole. */
export interface CompactDrawing extends Drawing {
  /** How high names are. */
  readonly font: number;
}

/** Names are as large as there is room for, and never smaller than 9 pixels. */
const smallest = 9;
const fonts = [12, 11, 10, smallest] as const;
/** How near things may come to each other: as far apart as there is room for. */
const gaps = [18, 14, 11, 9, 7, 6, 5, 4, 3, 2, 1, 0.5] as const;

/** How wide a character of a name is, how wide the room beside it and how high a line, in parts of its height. */
const [characterShare, besideShare, lineShare] = [0.6, 1.3, 1.9];

/** From the top of a state that holds others to the first of them, as it was laid out. */
const header = 34;
/** The dot before an initial state is so high, and a state without a name so large. */
const [dot, nameless] = [8, 10];

/** Something that keeps a length of its own. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly least: number;
}

/** A place on an axis for every coordinate. */
type Axis = (value: number) => number;

/** Moves coordinates nearer to each other, in their order; what has a length keeps it. */
function compressed(coordinates: readonly number[], spans: readonly Span[], gap: number): Axis {
  const sorted = [...new Set([...coordinates, ...spans.flatMap(({ from, to }) => [from, to])])];
  sorted.sort((one, other) => one - other);
  const places = new Map<number, number>();
  const endingAt = new Map<number, Span[]>();
  for (const span of spans) endingAt.set(span.to, [...(endingAt.get(span.to) ?? []), span]);
  let [last, place] = [sorted[0] ?? 0, 0];
  for (const value of sorted) {
    const ending = (endingAt.get(value) ?? []).map(({ from, least }) => (places.get(from) ?? 0) + least);
    place = Math.max(place + Math.min(value - last, gap), ...ending);
    places.set(value, place);
    last = value;
  }
  return (value) => places.get(value) ?? 0;
}

type IsNamed = (path: string) => boolean;

const acrossSpans = ({ states }: Drawing, font: number, isNamed: IsNamed): Span[] =>
  states.map(({ path, x, width, name, inside }) => {
    const characters = name.length + (inside === 'folded' ? 2 : 0);
    const least = isNamed(path) ? font * (characters * characterShare + besideShare) : nameless;
    return { from: x, to: x + width, least };
  });

const downSpans = ({ states, arrows }: Drawing, font: number, isNamed: IsNamed): Span[] => [
  ...states.flatMap(({ path, y, height, inside }): Span[] => {
    const least = isNamed(path) ? font * lineShare : nameless;
    const named = { from: y, to: y + (inside === 'drawn' ? header : height), least };
    return [named, { from: y, to: y + height, least }];
  }),
  ...arrows.flatMap(({ from, points: [start] }): Span[] =>
    from === null && start !== undefined ? [{ from: start[1] - dot, to: start[1], least: dot }] : [],
  ),
];

/** The most generous axis that ends within a length; the tightest where none does. */
function axisWithin(end: number, coordinates: readonly number[], spans: readonly Span[], length: number) {
  let axis: Axis = (value) => value;
  for (const gap of gaps) {
    axis = compressed([0, end, ...coordinates], spans, gap);
    if (axis(end) <= length) return { axis, fits: true };
  }
  return { axis, fits: false };
}

function moved({ width, height, states, arrows }: Drawing, x: Axis, y: Axis, font: number, isNamed: IsNamed) {
  return {
    font,
    width: x(width),
    height: y(height),
    states: states.map((state): ChartState => {
      const [left, top] = [x(state.x), y(state.y)];
      const size = { width: x(state.x + state.width) - left, height: y(state.y + state.height) - top };
      return { ...state, name: isNamed(state.path) ? state.name : '', lines: [], x: left, y: top, ...size };
    }),
    arrows: arrows.map((arrow): ChartArrow => {
      return { ...arrow, label: null, points: arrow.points.map((point) => [x(point[0]), y(point[1])]) };
    }),
  };
}

const everyName: IsNamed = () => true;

/** A chart with the names of these states, in letters of that height, and whether there is room for it. */
function drawn(drawing: Drawing, width: number, height: number, font: number, isNamed: IsNamed) {
  const points = drawing.arrows.flatMap((arrow) => arrow.points);
  const x = axisWithin(
    drawing.width,
    points.map((point) => point[0]),
    acrossSpans(drawing, font, isNamed),
    width,
  );
  const y = axisWithin(
    drawing.height,
    points.map((point) => point[1]),
    downSpans(drawing, font, isNamed),
    height,
  );
  return { fits: x.fits && y.fits, compact: moved(drawing, x.axis, y.axis, font, isNamed) };
}

/** The charts that have room for all names, or null, by their size: who steps through a run comes back to the same ones. */
const known = new WeakMap<Drawing, Map<string, CompactDrawing | null>>();

function withEveryName(drawing: Drawing, width: number, height: number): CompactDrawing | null {
  const sizes = known.get(drawing) ?? new Map<string, CompactDrawing | null>();
  known.set(drawing, sizes);
  const size = `${width} ${height}`;
  let found = sizes.get(size);
  if (found === undefined) {
    found = null;
    for (const font of fonts) {
      const one = drawn(drawing, width, height, font, everyName);
      if (!one.fits) continue;
      found = one.compact;
      break;
    }
    sizes.set(size, found);
  }
  return found;
}

/**
 * A chart as a whole: who is beside whom stays as it is, and all comes nearer. Where there is no room for all names,
 * those of some states are left out.
 */
export const compact = (drawing: Drawing, width: number, height: number, isNamed: IsNamed): CompactDrawing =>
  withEveryName(drawing, width, height) ?? drawn(drawing, width, height, smallest, isNamed).compact;
