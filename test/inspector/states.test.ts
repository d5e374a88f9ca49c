import { describe, expect, test } from 'vitest';
import { foldedAxis, placedBars, scaledAxis } from '../../src/inspector/page/run/stateAxis.ts';
import { type StateBar, stateRows } from '../../src/inspector/page/run/stateBars.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { axeViolations, inBrowser, inspect, theLost, visit } from './browser.ts';

const trace = simulate(
  scenarioOf(
    {
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
        { at: '50s', do: 'dial', call: 1 },
      ],
    },
    'singleDeviceEmulation',
  ),
  1,
);

test('every bar ends where the next one begins, and the last one where the run does or the region is left', () => {
  const rows = stateRows(trace, {
    app: [{ path: '' }, { path: 'running.visibility' }, { path: 'running.no such region' }],
    caller: [{ path: 'call1' }],
  });
  expect(rows.map(({ party, region }) => `${party} ${region}`)).toEqual([
    'caller call1',
    'app ',
    'app running.visibility',
  ]);
  for (const { bars } of rows) {
    bars.forEach(({ fromMs, toMs }, index) => {
      expect(toMs).toBeGreaterThanOrEqual(fromMs);
      expect(bars[index + 1]?.fromMs ?? toMs).toBeGreaterThanOrEqual(toMs);
    });
  }
  const life = rows.find(({ party, region }) => party === 'app' && region === '')?.bars ?? [];
  const visibility = rows.at(-1)?.bars ?? [];
  expect(life.slice(0, 3).map(({ state }) => state)).toEqual(['notRunning', 'launching', 'running']);
  expect(life.at(-1)?.toMs).toBe(trace.endMs);
  expect(visibility.slice(0, 2)).toMatchObject([{ state: 'foreground' }, { state: 'background', fromMs: 10_000 }]);
  // The region is there as long as the app runs.
  expect(visibility[1]?.toMs).toBe(life[2]?.toMs);
});

const bar = (state: string, fromMs: number, toMs: number): StateBar => ({ state, fromMs, toMs, step: fromMs });

test('of many bars within a pixel one is drawn, and no words are written over those of the state that is now', () => {
  const axis = scaledAxis(10_000, 100);
  const now = bar('unregistered', 5_000, 5_010);
  const tiny = Array.from({ length: 1000 }, (_, index) => bar('a', 6_000 + index, 6_001 + index));
  const all = [bar('far', 0, 1_000), now, bar('covered', 5_010, 6_000), ...tiny, bar('last', 7_000, 10_000)];
  const placed = placedBars(all, axis, [200, 1_000], now);
  expect(placed.length).toBeLessThan(110);
  expect(placed.flatMap((one) => (one.hasWords ? [one.bar.state] : []))).toEqual(['unregistered', 'last']);
});

test('an axis has every date at its place, and writes none over another one', () => {
  const dates = Array.from({ length: 3000 }, (_, index) => index ** 2);
  for (const axis of [foldedAxis(dates, 9_000_000, 900), scaledAxis(9_000_000, 0.1), scaledAxis(9_000, 100)]) {
    const ticks = axis.ticks(0, axis.length);
    expect(ticks.length).toBeGreaterThan(5);
    expect(ticks.length).toBeLessThan(25);
    const places = ticks.map(({ ms }) => axis.at(ms)).sort((one, other) => one - other);
    places.forEach((x, index) => {
      expect(x - (places[index - 1] ?? -100)).toBeGreaterThan(45);
    });
    for (const x of [1, axis.length / 3, axis.length]) expect(axis.at(axis.msAt(x))).toBeCloseTo(x, 3);
  }
});

describe('the states of all parties', () => {
  inBrowser('are zoomed about the pointer, by keys about the step, and moved by the mouse, on a ruler', async () => {
    const visited = await inspect(theLost);
    const { page, faults } = visited;
    await page.waitForSelector('.choices button');
    await page.keyboard.press('g');
    await page.keyboard.press('0');
    const states = page.locator('.states');
    const box = await states.boundingBox();
    if (box === null) throw new Error('there are no states');
    const left = () => page.evaluate<number>("document.querySelector('.states').scrollLeft");
    /** Dates with their places in the window. */
    const ticks = () =>
      page.evaluate<{ s: number; x: number }[]>(`[...document.querySelectorAll('.tick-line')].map((line, index) => ({
        s: Number(document.querySelectorAll('.tick-of')[index].textContent), x: line.getBoundingClientRect().left,
      }))`);
    const secondAt = async (x: number) => {
      const [first, second] = await ticks();
      if (first === undefined || second === undefined) throw new Error('the ruler has no two dates');
      return first.s + ((x - first.x) / (second.x - first.x)) * (second.s - first.s);
    };
    expect(
      await page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('.states'))",
      ),
    ).toBe(true);
    const x = box.x + 200;
    const before = await secondAt(x);
    await page.mouse.move(x, box.y + 200);
    await page.keyboard.down('Control');
    for (const turn of [-600, -600, -600]) await page.mouse.wheel(0, turn);
    await page.keyboard.up('Control');
    await expect.poll(left).toBeGreaterThan(200);
    expect(Math.abs((await secondAt(x)) - before)).toBeLessThan(0.05);
    // Bars and ruler tell the same, to the pixel.
    const background = page.locator('[aria-label="App"] [aria-label^="background"]');
    await page.keyboard.press('-');
    await page.keyboard.press('[');
    await page.keyboard.press('v');
    const bar = await background.boundingBox();
    const [first, second] = await ticks();
    if (bar === null || first === undefined || second === undefined) throw new Error('there is nothing to compare');
    const pixels = ((10 - first.s) / (second.s - first.s)) * (second.x - first.x);
    expect(Math.abs(bar.x - (first.x + pixels))).toBeLessThan(2);
    const line = await page.locator('.now-line').boundingBox();
    expect(line?.x).toBeGreaterThan(box.x + 104);
    expect(line?.x).toBeLessThan(box.x + box.width);
    const from = await left();
    await page.mouse.move(box.x + 400, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, box.y + 200, { steps: 4 });
    await page.mouse.up();
    expect(Math.abs((await left()) - from - 100)).toBeLessThan(3);
    await page.keyboard.press('ArrowRight');
    await expect.poll(left).toBeGreaterThan(from + 150);
    await page.waitForSelector('#choices[aria-busy="false"]');
    expect(await axeViolations(visited)).toEqual([]);
    expect(faults).toEqual([]);
  });

  inBrowser('and the ladder and a chart are zoomed by two fingers, and the page is not', async () => {
    const visited = await inspect(theLost, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const { page, faults } = visited;
    await page.waitForSelector('.choices button');
    const client = await page.context().newCDPSession(page);
    const pinch = async (selector: string) => {
      await page.locator(selector).scrollIntoViewIfNeeded();
      const box = await page.locator(selector).boundingBox();
      const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 60];
      const touch = (type: 'touchStart' | 'touchMove', apart: number) =>
        client.send('Input.dispatchTouchEvent', {
          type,
          touchPoints: [-apart, apart].map((by, id) => ({ x: x + by, y: y + by / 4, id })),
        });
      await touch('touchStart', 20);
      for (const apart of [30, 45, 60, 80]) await touch('touchMove', apart);
      await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    };
    const scale = () => Number(/time=scale([\d.]+)/.exec(page.url())?.[1] ?? 0);
    await page.tap('.panes button:has-text("States")');
    await pinch('.states');
    await expect.poll(scale).toBeGreaterThan(3);
    const first = scale();
    await page.tap('.panes button:has-text("Ladder")');
    await pinch('.ladder-box');
    await expect.poll(scale).toBeGreaterThan(first * 2);
    await page.tap('.panes button:has-text("Machine")');
    const width = () => page.evaluate<number>("document.querySelector('.machine-pane .chart svg').clientWidth");
    const small = await width();
    await pinch('.machine-pane .chart');
    await expect.poll(width).toBeGreaterThan(small * 1.3);
    expect(await page.evaluate('visualViewport.scale')).toBe(1);
    expect(faults).toEqual([]);
  });

  inBrowser('stand below each other, follow the step, lead to their steps; the race window is told', async () => {
    const visited = await inspect(theLost);
    const { page, faults } = visited;
    await page.waitForSelector('.choices button');
    await page.keyboard.press('g');
    await page.waitForSelector('.race-said:has-text("can be lost if call 1 is dialled between 10.040 and 10.290 s")');
    expect(await page.locator('.states h3').allTextContents()).toEqual(['Caller', 'SIP server', 'Push server', 'App']);
    expect(await page.locator('.race-band').count()).toBe(1);
    const now = (party: string) => page.locator(`.states [aria-label="${party}"] [aria-current]`).allTextContents();
    await page.keyboard.press('Home');
    expect(await now('App')).toEqual(['launching']);
    await page.click('.states [aria-label="App"] button:has-text("background")');
    await page.waitForSelector('.transport output:has-text("15")');
    expect(await now('App')).toEqual(expect.arrayContaining(['running', 'background']));
    await page.waitForSelector('#choices[aria-busy="false"]');
    expect(await axeViolations(visited)).toEqual([]);
    await page.waitForURL(/pane=states/);
    const other = await visit(page.url());
    await other.page.waitForSelector('.race-said');
    await page.keyboard.press('g');
    await page.waitForSelector('.ladder');
    expect([...faults, ...other.faults]).toEqual([]);
  });

  inBrowser('are there for the finger as well', async () => {
    const visited = await inspect(theLost, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const { page, faults } = visited;
    await page.waitForSelector('.choices button');
    await page.tap('.panes button:has-text("States")');
    await page.tap('.states [aria-label="Push server"] button:has-text("disabled")');
    await page.waitForSelector('.states [aria-label="Push server"] [aria-current]:has-text("disabled")');
    expect(await page.evaluate('document.querySelector("main").scrollWidth <= innerWidth')).toBe(true);
    await page.waitForSelector('#choices[aria-busy="false"]');
    expect(await axeViolations(visited)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
