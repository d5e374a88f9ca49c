import type { Estimate } from './figure.ts';

const heights = [...'▁▂▃▄▅▆▇█'];

/** Values over time as a line of bars, at most `width` columns wide; where there are more values, the highest of each column. */
export function sparkline(values: readonly number[], width: number): string {
  const columns = Math.min(width, values.length);
  const most = Math.max(...values, Number.MIN_VALUE);
  return Array.from({ length: columns }, (_, at) => {
    const [from, to] = [at, at + 1].map((place) => Math.floor((place * values.length) / columns));
    const share = Math.max(0, ...values.slice(from, to)) / most;
    return heights[Math.min(heights.length - 1, Math.floor(share * heights.length))];
  }).join('');
}

/** An estimate on an axis from 0 to `most`, `width` columns wide: its interval as a line, its value as a dot. */
export function intervalBar({ value, low, high }: Estimate, most: number, width: number): string {
  const column = (at: number) => Math.max(0, Math.min(width - 1, Math.round((at / most) * (width - 1))));
  const [from, to, dot] = [column(low), column(high), column(value)];
  return Array.from({ length: width }, (_, at) => (at === dot ? '●' : at >= from && at <= to ? '─' : ' ')).join('');
}
