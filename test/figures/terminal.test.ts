import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Curves } from '../../src/figures/figure.ts';
import { terminalChart } from '../../src/figures/terminal.ts';

const hourMs = 3_600_000;
const day: Curves = {
  is: 'curves',
  title: 'REGISTER',
  caption: '',
  x: { axis: 'time of day', unit: 'timeOfDay' },
  y: { axis: 'REGISTER', unit: 'perSecond' },
  series: [
    {
      name: 'mode 0',
      points: Array.from({ length: 24 }, (_, hour) => [hour * hourMs, hour === 9 ? 800 : 100] as const),
    },
    { name: 'mode 1', points: Array.from({ length: 24 }, (_, hour) => [hour * hourMs, 50] as const) },
  ],
  marks: [{ x: 9 * hourMs, label: 'restart' }],
};
const plain = { width: 80, hasColours: false };

describe('A chart in the terminal', () => {
  test.each([40, 80, 200])('is no wider than %d columns, with colours or without', (width) => {
    for (const hasColours of [false, true]) {
      const lines = terminalChart(day, { width, hasColours }).map(stripVTControlCharacters);
      const drawn = lines.slice(1);
      expect(Math.max(...drawn.map(({ length }) => length))).toBeLessThanOrEqual(width);
      expect(Math.max(...drawn.map((line) => line.trimEnd().length))).toBeGreaterThan(width / 2);
    }
  });

  test('says what it shows, from 0 to the greatest, and when something happened', () => {
    const text = terminalChart(day, plain).join('\n');
    expect(text).toMatch(/^REGISTER by time of day; restart at 09:00\n/);
    for (const tick of ['800/s', '400/s', '0/s', '00:00', '08:00', '15:00', '23:00', 'mode 0', 'mode 1'])
      expect(text).toContain(tick);
  });

  test('tells lines apart without colours: each has a picture of its own, with the same axes', () => {
    const lines = terminalChart(day, plain);
    expect(lines.join('')).not.toContain('\u001b');
    expect(lines.filter((line) => line.includes('800/s')).length).toBe(2);
    const coloured = terminalChart(day, { width: 80, hasColours: true });
    expect(coloured.filter((line) => line.includes('800/s')).length).toBe(1);
    expect(coloured.at(-1)).toBe('\u001b[34m━━ mode 0\u001b[0m   \u001b[33m━━ mode 1\u001b[0m');
  });

  test('has the same axis below a line that ends early as below one that goes on', () => {
    const [points, further] = [
      [
        [10, 0.5],
        [20, 1],
      ] as const,
      [
        [0, 0],
        [300, 1],
      ] as const,
    ];
    const series = [
      { name: 'short', points },
      { name: 'long', points: further },
    ];
    const text = terminalChart(
      { ...day, x: { axis: 'wait', unit: 'ms' }, y: { axis: 'share', unit: 'share' }, series },
      plain,
    );
    const axes = text.filter((line) => line.includes('└'));
    expect(axes).toHaveLength(2);
    expect(axes[0]).toBe(axes[1]);
  });

  test('is not there without points, without a span, or without room', () => {
    expect(terminalChart({ ...day, series: [] }, plain)).toEqual([]);
    expect(terminalChart({ ...day, series: [{ name: 'one', points: [[5, 1]] }] }, plain)).toEqual([]);
    expect(
      terminalChart(
        {
          ...day,
          series: [
            {
              name: 'one',
              points: [
                [5, 1],
                [5, 2],
              ],
            },
          ],
        },
        plain,
      ),
    ).toEqual([]);
    expect(terminalChart(day, { width: 20, hasColours: false })).toEqual([]);
  });

  test('of nothing but zeros is a line at the bottom', () => {
    const series = [
      {
        name: 'none',
        points: [
          [0, 0],
          [hourMs, 0],
        ] as const,
      },
    ];
    const [, , , ...rows] = terminalChart({ ...day, series, marks: [] }, plain);
    expect(rows.filter((row) => row.includes('━')).length).toBe(1);
    expect(rows.find((row) => row.includes('━'))).toContain('0/s┤');
  });
});
