import { describe, expect, test } from 'vitest';
import { stateRows } from '../../src/inspector/page/run/stateBars.ts';
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

describe('the states of all parties', () => {
  inBrowser('stand below each other, follow the step, lead to their steps; the race window is told', async () => {
    const visited = await inspect(theLost);
    const { page, faults } = visited;
    await page.waitForSelector('.choices button');
    await page.keyboard.press('g');
    await page.waitForSelector('.race-said:has-text("lost if call 1 is dialled between 10.040 and 10.290 s")');
    expect(await page.locator('.states h3').allTextContents()).toEqual(['Caller', 'SIP server', 'Push server', 'App']);
    expect(await page.locator('.race-band').count()).toBe(1);
    const now = (party: string) => page.locator(`.states [aria-label="${party}"] [aria-current]`).allTextContents();
    await page.keyboard.press('Home');
    expect(await now('App')).toEqual(['launching']);
    await page.click('.states [aria-label="App"] button:has-text("background")');
    await page.waitForSelector('.transport output:has-text("15")');
    expect(await now('App')).toEqual(expect.arrayContaining(['running', 'background']));
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
    expect(await axeViolations(visited)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
