import { Interned } from '../../sim/data/interned.ts';
import type { Chart, ChartArrow, ChartLine, ChartState } from './chart.ts';

/**
 * Charts as the page carries them. Most of them are much like another one, so each word, box and picture is there once
 * and has a number; paths begin at the region, so that what has two slots is one picture.
 */
export interface PackedCharts {
  readonly lines: readonly PackedLine[];
  readonly states: readonly PackedState[];
  readonly labels: readonly PackedLabel[];
  readonly drawings: readonly PackedDrawing[];
  readonly charts: readonly (readonly [key: string, party: Chart['party'], path: string, drawing: number])[];
}

/** The text is left out where it is the event's name. */
type PackedLine = readonly [event: string, text?: string];

/** A state wherever it is drawn in that size. */
type PackedState = readonly [
  path: string,
  kind: ChartState['kind'],
  inside: ChartState['inside'],
  width: number,
  height: number,
];

/** What is written at an arrow, and how much room it takes there. */
type PackedLabel = readonly [lines: readonly number[], width: number, height: number];

/** The states as number, x and y one after the other. */
type PackedDrawing = readonly [
  width: number,
  height: number,
  states: readonly number[],
  arrows: readonly PackedArrow[],
];

/**
 * The states from which and to which it leads, by their places in the drawing; the label, with its x and y; where it
 * starts, and then how far it goes down and to the right by turns. `none` stands for no state and no label.
 */
type PackedArrow = readonly [from: number, to: number, label: number, ...places: number[]];

const none = -1;

const pathIn = (region: string, path: string): string => (region === '' ? path : path.slice(region.length + 1));
const pathOutOf = (region: string, path: string): string => (region === '' ? path : `${region}.${path}`);

/** An orthogonal line as turns, beginning with how far it goes down. */
function turnsOf(points: ChartArrow['points']): number[] {
  const [first, ...rest] = points;
  let [x, y] = first ?? [0, 0];
  const turns: number[] = [];
  for (const [nextX, nextY] of rest) {
    if (nextX !== x && nextY !== y) throw new Error(`an arrow goes aslant from ${x} ${y} to ${nextX} ${nextY}`);
    const isDue = turns.length % 2 === 0 ? nextX === x : nextY === y;
    turns.push(...(isDue ? [] : [0]), nextX - x || nextY - y);
    [x, y] = [nextX, nextY];
  }
  return [...(first ?? []), ...turns];
}

function pointsOf([startX = 0, startY = 0, ...turns]: readonly number[]): ChartArrow['points'] {
  let [x, y] = [startX, startY];
  const points: [x: number, y: number][] = [[x, y]];
  turns.forEach((by, index) => {
    if (by === 0) return;
    if (index % 2 === 0) y += by;
    else x += by;
    points.push([x, y]);
  });
  return points;
}

/** Packs charts whose arrows are orthogonal and whose states have no lines of their own, as those of regions are. */
export function packed(charts: readonly Chart[]): PackedCharts {
  const lines = new Interned<PackedLine>();
  const states = new Interned<PackedState>();
  const labels = new Interned<PackedLabel>();
  const drawings = new Interned<PackedDrawing>();
  const drawingOf = (chart: Chart): PackedDrawing => {
    const placeOf = (path: string | null) => chart.states.findIndex((state) => state.path === path);
    return [
      chart.width,
      chart.height,
      chart.states.flatMap(({ path, kind, inside, width, height, x, y }) => [
        states.idOf([pathIn(chart.path, path), kind, inside, width, height]),
        x,
        y,
      ]),
      chart.arrows.map(({ from, to, label, points, ...arrow }): PackedArrow => {
        const ends = [placeOf(from), placeOf(to)] as const;
        if (label === null) return [...ends, none, ...turnsOf(points)];
        const words = arrow.lines.map(({ event, text }) => lines.idOf(text === event ? [event] : [event, text]));
        return [...ends, labels.idOf([words, label.width, label.height]), label.x, label.y, ...turnsOf(points)];
      }),
    ];
  };
  const named = charts.map((chart) => [chart.key, chart.party, chart.path, drawings.idOf(drawingOf(chart))] as const);
  return {
    lines: lines.values,
    states: states.values,
    labels: labels.values,
    drawings: drawings.values,
    charts: named,
  };
}

const lineOf = ([event, text = event]: PackedLine): ChartLine => ({ event, text });

/** The value at a number that the packer gave. */
function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`nothing was packed as number ${index}`);
  return value;
}

/** The charts that were packed. */
export function unpacked({ charts, drawings, states, labels, lines }: PackedCharts): Chart[] {
  const stateAt = (region: string, [number, x, y]: readonly [number, number, number]): ChartState => {
    const [inner, kind, inside, width, height] = at(states, number);
    const path = pathOutOf(region, inner);
    return { path, name: path.slice(path.lastIndexOf('.') + 1), kind, inside, lines: [], x, y, width, height };
  };
  const arrowOf = (all: readonly ChartState[], [from, to, label, ...places]: PackedArrow): ChartArrow => {
    const ends = { from: from === none ? null : at(all, from).path, to: at(all, to).path };
    if (label === none) return { ...ends, lines: [], points: pointsOf(places), label: null };
    const [x = 0, y = 0, ...route] = places;
    const [words, width, height] = at(labels, label);
    return {
      ...ends,
      lines: words.map((word) => lineOf(at(lines, word))),
      points: pointsOf(route),
      label: { x, y, width, height },
    };
  };
  return charts.map(([key, party, path, drawing]) => {
    const [width, height, placed, arrows] = at(drawings, drawing);
    const shown = placed.flatMap((number, index) =>
      index % 3 === 0 ? stateAt(path, [number, at(placed, index + 1), at(placed, index + 2)]) : [],
    );
    return { key, party, path, width, height, states: shown, arrows: arrows.map((arrow) => arrowOf(shown, arrow)) };
  });
}
