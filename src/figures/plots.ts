import {
  axisX,
  axisY,
  dot,
  gridX,
  gridY,
  lineY,
  type Markish,
  plot as plotted,
  ruleX,
  ruleY,
  text,
} from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { amountText, estimateText } from './amount.ts';
import type { Curves, Estimates } from './figure.ts';

/** Pixels that a picture is wide; a page scales it down where it has less. */
const width = 860;
const rowHeight = 18;
/** Letters are about so wide. */
const letter = 6.6;

/** Lines are told apart by colour and by dash, for whoever sees no colours or prints. */
const colours = ['var(--one)', 'var(--two)', 'var(--three)', 'var(--four)', 'var(--five)', 'var(--six)'];
const dashes = ['none', '7 3', '2 3', '9 3 2 3'];
const colourOf = (at: number): string => colours[at % colours.length] as string;
const dashOf = (at: number): string => dashes[at % dashes.length] as string;

const minuteMs = 60_000;
const roundSteps = [1, 5, 10, 30, 60, 180].map((minutes) => minutes * minuteMs);
const mostTicks = 9;

/** Where an axis has its words: at round times of a day, else wherever numbers are round. */
function ticksOf({ unit }: Curves['x'], series: Curves['series']): number | number[] {
  if (unit !== 'timeOfDay') return 8;
  const dates = series.flatMap(({ points }) => [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0]);
  const [first, last] = [Math.min(...dates), Math.max(...dates)];
  const step = roundSteps.find((one) => (last - first) / one < mostTicks) ?? 180 * minuteMs;
  const from = Math.ceil(first / step);
  return Array.from({ length: Math.max(0, Math.floor(last / step) - from + 1) }, (_, at) => (from + at) * step);
}

/** Draws without a browser. The text of the picture. */
function svgOf(options: Parameters<typeof plotted>[0], label: string): string {
  const { document } = parseHTML('<html><body></body></html>');
  const svg = plotted({ ...options, document, width, className: 'plot', style: { fontSize: '12px' } });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  // The page has the styles of all pictures, once.
  svg.querySelector('style')?.remove();
  return svg.outerHTML;
}

const longest = (texts: readonly string[]): number => letter * Math.max(0, ...texts.map(({ length }) => length));

/** Estimates as dots with their intervals, and each in words beside it; a group has a line of its own above its rows. */
export function estimatesSvg({ title, axis, unit, groups }: Estimates): string {
  const heads = groups.map(({ name }) => ({ key: name, name }));
  const rows = groups.flatMap(({ name: group, rows }) =>
    rows.map(({ name, estimate }) => ({ key: `${group}\n${name}`, name, estimate })),
  );
  const names = [...new Set(rows.map(({ name }) => name))];
  const said = rows.map(({ key, estimate }) => ({
    key,
    said: estimate === null ? 'nothing to judge' : estimateText(estimate, unit),
  }));
  const judged = rows.flatMap(({ key, name, estimate }) =>
    estimate === null ? [] : [{ key, ...estimate, colour: colourOf(names.indexOf(name)) }],
  );
  const keys = heads.flatMap(({ key }) => [
    key,
    ...rows.map((row) => row.key).filter((one) => one.startsWith(`${key}\n`)),
  ]);
  const marginLeft = 16 + longest(names);
  const format = (x: number) => amountText(x, unit);
  return svgOf(
    {
      height: 50 + rowHeight * keys.length,
      marginTop: 4,
      marginBottom: 40,
      marginLeft,
      marginRight: 24 + longest(said.map((one) => one.said)),
      x: { domain: [0, Math.max(...judged.map(({ high }) => high), Number.MIN_VALUE)] },
      y: { domain: keys, label: null },
      marks: [
        gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
        axisX({ label: axis, labelAnchor: 'center', labelArrow: 'none', ticks: 5, tickFormat: format }),
        axisY({ tickSize: 0, label: null, tickFormat: (key: string) => key.split('\n')[1] ?? '' }),
        text(heads, {
          y: 'key',
          text: 'name',
          frameAnchor: 'left',
          textAnchor: 'start',
          dx: -marginLeft,
          fontWeight: 600,
        }),
        ruleY(judged, { y: 'key', x1: 'low', x2: 'high', stroke: 'colour', strokeWidth: 2.5, strokeLinecap: 'round' }),
        dot(judged, { y: 'key', x: 'value', fill: 'colour', r: 4 }),
        text(said, { y: 'key', text: 'said', frameAnchor: 'right', textAnchor: 'start', dx: 12 }),
      ],
    },
    title,
  );
}

/** Lines over a common axis, each named at its end; what happens at a date is a rule with its words. */
export function curvesSvg({ is, title, x, y, series, marks }: Curves): string {
  const ends = series.flatMap(({ name, points }, at) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ name, at, y: last[1] }];
  });
  const most = Math.max(...series.flatMap(({ points }) => points.map((point) => point[1])), Number.MIN_VALUE);
  const lines = series.map(
    ({ points }, at): Markish =>
      lineY(points, {
        x: (point: readonly number[]) => point[0],
        y: (point: readonly number[]) => point[1],
        stroke: colourOf(at),
        strokeDasharray: dashOf(at),
        strokeWidth: 1.75,
        curve: is === 'steps' ? 'step-after' : 'linear',
      }),
  );
  const height = 300;
  return svgOf(
    {
      height,
      marginTop: 24,
      marginBottom: 40,
      marginLeft: 70,
      marginRight: 24 + longest(series.map(({ name }) => name)),
      x: { nice: false },
      y: { domain: [0, y.unit === 'share' && is === 'steps' ? 1 : most] },
      marks: [
        gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
        axisX({
          label: x.axis,
          ticks: ticksOf(x, series),
          labelAnchor: 'center',
          labelArrow: 'none',
          tickFormat: (at: number) => amountText(at, x.unit),
        }),
        axisY({ label: y.axis, labelArrow: 'none', ticks: 5, tickFormat: (at: number) => amountText(at, y.unit) }),
        ruleX(marks, { x: 'x', stroke: 'var(--soft)', strokeDasharray: '3 3' }),
        text(marks, { x: 'x', text: 'label', frameAnchor: 'top', dy: -14, fill: 'var(--soft)' }),
        ...lines,
        ...apart(ends, most, height - 64).map(({ name, at, top }) =>
          text([name], { frameAnchor: 'top-right', textAnchor: 'start', dx: 8, dy: top - 6, fill: colourOf(at) }),
        ),
      ],
    },
    title,
  );
}

/** Where the names at the ends of lines stand, in pixels from the top, a line of text from each other at least. */
function apart<End extends { readonly y: number }>(ends: readonly End[], most: number, height: number) {
  const placed = ends
    .map((end) => ({ ...end, top: height * (1 - end.y / most) }))
    .sort((one, other) => one.top - other.top);
  for (const [at, end] of placed.entries()) {
    const above = placed[at - 1];
    if (above !== undefined) end.top = Math.max(end.top, above.top + 14);
  }
  const over = (placed.at(-1)?.top ?? 0) - height;
  return placed.map((end) => ({ ...end, top: end.top - Math.max(0, over) }));
}
