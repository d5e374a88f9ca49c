import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { Curves, Estimates, Figure } from '../../src/figures/figure.ts';
import { reportHtml } from '../../src/figures/page.ts';

const estimates: Estimates = {
  is: 'estimates',
  title: 'Calls lost',
  caption: 'Of calls made.',
  axis: 'calls lost',
  unit: 'share',
  groups: [
    {
      name: 'Kamailio',
      rows: [
        { name: 'Standard', estimate: { value: 0.02, low: 0.01, high: 0.04 } },
        { name: 'Continuous', estimate: null },
      ],
    },
    { name: 'Asterisk', rows: [{ name: 'Standard', estimate: { value: 0.005, low: 0, high: 0.01 } }] },
  ],
};

const curves: Curves = {
  is: 'curves',
  title: 'REGISTERs',
  caption: 'A day.',
  x: { axis: 'time of day', unit: 'timeOfDay' },
  y: { axis: 'REGISTER', unit: 'perSecond' },
  series: [
    { name: 'Standard', points: [0, 43_200_000, 86_400_000].map((x) => [x, 10]) },
    { name: 'Continuous', points: [0, 43_200_000, 86_400_000].map((x) => [x, 10.01]) },
  ],
  marks: [{ x: 36_000_000, label: 'restart' }],
};

const htmlOf = (...figures: Figure[]): string =>
  reportHtml({
    title: 'A <b>report</b>\u001b[31m',
    lead: ['Run `sweep "a" & b`.'],
    sections: [{ heading: 'One', text: [], figures }],
    foundations: ['`sweep`'],
  });

const pageOf = (...figures: Figure[]) => parseHTML(htmlOf(...figures)).document;

const textsOf = (elements: Iterable<{ textContent: string | null }>): (string | null)[] =>
  [...elements].map(({ textContent }) => textContent);

/** By how much an element is moved down. */
const shiftOf = (element: { getAttribute(name: string): string | null } | null): number =>
  Number(/,\s*([-\d.]+)\)/.exec(element?.getAttribute('transform') ?? '')?.[1] ?? 0);

describe('a report', () => {
  test('runs nothing, fetches nothing, and obeys no text of the user’s', () => {
    const html = htmlOf(estimates, curves);
    expect(html).toContain('<h1>A &lt;b&gt;report&lt;/b&gt;\\u001b[31m</h1>');
    expect(html).toContain('<code>sweep &quot;a&quot; &amp; b</code>');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|\b(?:src|href)="(?!data:,)|url\(/);
  });

  test('is the same whenever it is made', () => {
    expect(htmlOf(estimates, curves)).toBe(htmlOf(estimates, curves));
  });

  test('says each number of a picture in words as well, also that there is none', () => {
    const rows = [...pageOf(estimates).querySelectorAll('details tbody tr')].map((row) => textsOf(row.children));
    expect(rows).toEqual([
      ['Kamailio', 'Standard', '2 % (1 % to 4 %)'],
      ['Kamailio', 'Continuous', 'nothing to judge'],
      ['Asterisk', 'Standard', '0.5 % (0 % to 1 %)'],
    ]);
  });
});

describe('a picture of estimates', () => {
  test('has a dot within its interval for each that there is', () => {
    const page = pageOf(estimates);
    const dots = [...page.querySelectorAll('circle')].map((dot) => Number(dot.getAttribute('cx')));
    const lines = [...page.querySelectorAll('[aria-label="rule"] line')].map((line) =>
      ['x1', 'x2'].map((name) => Number(line.getAttribute(name))),
    );
    expect(dots).toHaveLength(2);
    for (const [at, [low, high]] of lines.entries()) {
      expect(dots[at]).toBeGreaterThan(low as number);
      expect(dots[at]).toBeLessThan(high as number);
    }
    // The first is four times the second, and so is its distance from zero.
    const [zero, unit] = [lines[1]?.[0] as number, ((dots[1] as number) - (lines[1]?.[0] as number)) / 0.005];
    expect(((dots[0] as number) - zero) / unit).toBeCloseTo(0.02, 3);
  });

  test('a table without rows says so, and shows no head of nothing', () => {
    const page = pageOf({ is: 'table', title: 'Differences', caption: 'Of two.', columns: ['less', 'more'], rows: [] });
    expect(page.querySelectorAll('table')).toHaveLength(0);
    expect(page.querySelector('figure')?.textContent).toContain('None.');
  });

  test('where nothing was judged still says so', () => {
    const [group] = estimates.groups;
    const nothing = { ...estimates, groups: [{ name: 'Kamailio', rows: [{ name: 'Standard', estimate: null }] }] };
    expect(group).toBeDefined();
    expect(pageOf(nothing).querySelector('svg')?.textContent).toContain('nothing to judge');
    expect(htmlOf(nothing)).not.toContain('NaN');
  });
});

describe('a picture of curves', () => {
  test('counts a day in whole hours, and names lines that end together apart', () => {
    const page = pageOf(curves);
    const texts = [...page.querySelectorAll('svg text')].map((one) => ({
      says: one.textContent,
      y: shiftOf(one) + shiftOf(one.parentElement),
    }));
    const said = textsOf(page.querySelectorAll('svg text')).join(' ');
    expect(said).toContain('00:00');
    expect(said).toContain('21:00');
    expect(said).toContain('restart');
    const [one, other] = ['Standard', 'Continuous'].map((name) => texts.find(({ says }) => says === name)?.y as number);
    expect(Math.abs((one as number) - (other as number))).toBeGreaterThanOrEqual(13);
  });

  test('counts some hours of it in round minutes', () => {
    const [begin, end] = [35_400_000, 41_500_000];
    const storm = {
      ...curves,
      series: [{ name: 'Standard', points: [begin, end].map((x): [number, number] => [x, 1]) }],
    };
    const said = textsOf(pageOf(storm).querySelectorAll('svg text')).filter((text) => /^\d\d:\d\d$/.test(text ?? ''));
    expect(said).toEqual(['10:00', '10:30', '11:00', '11:30']);
  });

  test('of nothing is drawn without a number that is none', () => {
    expect(htmlOf({ ...curves, series: [], marks: [] })).not.toMatch(/NaN|Infinity/);
    expect(htmlOf({ ...curves, series: [{ name: 'none', points: [] }], marks: [] })).not.toMatch(/NaN|Infinity/);
  });
});
