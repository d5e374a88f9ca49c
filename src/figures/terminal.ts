import { type Color, plot } from 'simple-ascii-chart';
import { amountText } from './amount.ts';
import type { Curves, Series } from './figure.ts';

/** How much room there is, and whether lines may be told apart by their colours. */
export interface TerminalRoom {
  /** In columns. */
  readonly width: number;
  readonly hasColours: boolean;
}

const [height, smallHeight] = [10, 6];
/** With fewer columns nothing would be seen. */
const leastColumns = 20;

const lineColours: readonly Color[] = ['ansiBlue', 'ansiYellow', 'ansiGreen', 'ansiMagenta', 'ansiCyan', 'ansiRed'];
const codes: Readonly<Record<string, number>> = {
  ...{ ansiRed: 31, ansiGreen: 32, ansiYellow: 33, ansiBlue: 34, ansiMagenta: 35, ansiCyan: 36 },
};

const colourOf = (index: number): Color => lineColours[index % lineColours.length] as Color;

/** A part of the name in the colour of its line. */
const inColour = (text: string, index: number): string => `\u001b[${codes[colourOf(index)]}m${text}\u001b[0m`;

const [minuteMs, hourMs] = [60_000, 3_600_000];

/** Four places of an axis, as round as a time of day should be. */
function ticksOf(first: number, last: number, unit: Curves['x']['unit']): number[] {
  const grain = unit !== 'timeOfDay' ? 0 : last - first > 6 * hourMs ? hourMs : 10 * minuteMs;
  const between = [1, 2].map((part) => first + ((last - first) * part) / 3);
  return [first, ...between.map((at) => (grain === 0 ? at : Math.round(at / grain) * grain)), last];
}

const most = (values: readonly number[]): number => values.reduce((one, other) => Math.max(one, other), 0);

/** A line from the beginning of the axis to its end: nothing before its first point, and what was last after its last one. */
function acrossAxis({ points }: Series, first: number, last: number): [at: number, value: number][] {
  const [begin, end] = [points[0], points.at(-1)];
  return [
    ...(begin && begin[0] > first ? [[first, 0] as [number, number]] : []),
    ...points.map(([at, value]): [number, number] => [at, value]),
    ...(end && end[0] < last ? [[last, end[1]] as [number, number]] : []),
  ];
}

/**
 * Curves in a terminal, as lines of text: all in one picture where colours tell them apart, else one below the other, with the same axes.
 * Nothing is drawn of curves without points, or where there is no room.
 */
export function terminalChart({ title, x, y, series, marks }: Curves, { width, hasColours }: TerminalRoom): string[] {
  const drawn = series.filter(({ points }) => points.length > 1);
  const points = drawn.flatMap((one) => one.points);
  const greatest = most(points.map(([, value]) => value)) || 1;
  const [first, last] = [Math.min(...points.map(([at]) => at)), most(points.map(([at]) => at))];
  const yTicks = [0, greatest / 2, greatest];
  const labelWidth = most(yTicks.map((value) => amountText(value, y.unit).length));
  const columns = width - labelWidth - 4;
  if (drawn.length === 0 || columns < leastColumns || last <= first) return [];
  const picture = (lines: readonly Series[], rows: number): string[] => {
    const text = plot(
      lines.map((one) => acrossAxis(one, first, last)),
      {
        width: columns,
        height: rows,
        yRange: [0, greatest],
        customYAxisTicks: yTicks,
        customXAxisTicks: ticksOf(first, last, x.unit),
        formatter: (value, { axis }) => amountText(value, axis === 'x' ? x.unit : y.unit),
        ...(hasColours && { color: lines.map((one) => colourOf(series.indexOf(one))) }),
      },
    );
    return text
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '' && line.trim() !== '▲');
  };
  const what = y.axis === title ? title : `${title}: ${y.axis}`;
  const heading = `${what} by ${x.axis}${marks.map((mark) => `; ${mark.label} at ${amountText(mark.x, x.unit)}`).join('')}`;
  if (!hasColours)
    return [
      heading,
      ...drawn.flatMap((one) => ['', `  ${one.name}`, ...picture([one], drawn.length > 1 ? smallHeight : height)]),
    ];
  return [
    heading,
    ...picture(drawn, height),
    drawn.map((one) => inColour(`━━ ${one.name}`, series.indexOf(one))).join('   '),
  ];
}
