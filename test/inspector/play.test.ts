import { describe, expect } from 'vitest';
import { inBrowser, inspect, theLost, type Visited } from './browser.ts';

const longMs = 60_000;

/** The run with a clock that only the test moves, at its first step. */
async function atStart(): Promise<Visited> {
  const visited = await inspect(theLost);
  const { page } = visited;
  await page.clock.install();
  await page.reload();
  await page.waitForSelector('.choices button');
  await page.clock.pauseAt(new Date(Date.now() + 3_600_000));
  await page.keyboard.press('Home');
  return visited;
}

const stepShown = async ({ page }: Visited) => Number.parseInt((await page.textContent('.transport output')) ?? '', 10);
const button = ({ page }: Visited) => page.getAttribute('.play', 'aria-label');
const spoken = ({ page }: Visited) => page.textContent('[aria-live]');

describe('a run that is played', () => {
  inBrowser('goes by itself to the next violation, then to the end, then begins again', async () => {
    const visited = await atStart();
    const { page } = visited;
    const first = await stepShown(visited);
    await page.keyboard.press(' ');
    expect([await button(visited), await spoken(visited)]).toEqual(['Pause', 'Playing']);
    await page.clock.runFor(longMs);
    expect([await stepShown(visited), await button(visited)]).toEqual([21, 'Play']);
    expect(await spoken(visited)).toMatch(/^Step 21, .*480 Unavailable/);
    await page.keyboard.press(' ');
    await page.clock.runFor(longMs);
    expect([await stepShown(visited), await button(visited)]).toEqual([29, 'Play']);
    await page.keyboard.press(' ');
    expect([await stepShown(visited), await button(visited)]).toEqual([first, 'Pause']);
    expect(visited.faults).toEqual([]);
  });

  inBrowser('is paused by the same key, and by whatever else moves in it or changes it', async () => {
    const visited = await atStart();
    const { page } = visited;
    const pausing = [
      () => page.keyboard.press(' '),
      () => page.keyboard.press('j'),
      () => page.click('.ladder button:has-text("Step 12,")'),
      () => page.locator('.scrubber').click({ position: { x: 300, y: 60 } }),
      () => page.click('[aria-label="Next violation"]'),
      () => page.keyboard.press('m'),
    ];
    for (const act of pausing) {
      await page.keyboard.press('Home');
      // Buttons that were clicked have the focus, and the space bar presses them.
      await page.click('h1');
      await page.keyboard.press(' ');
      await page.clock.runFor(1_500);
      expect([String(act), await button(visited)]).toEqual([String(act), 'Pause']);
      await act();
      await page.waitForSelector('[aria-label="Play"]');
      const at = await stepShown(visited);
      await page.clock.runFor(longMs);
      expect(await stepShown(visited)).toBe(at);
    }
    expect(visited.faults).toEqual([]);
  });

  inBrowser('takes as long as it is drawn, and a quarter of that at four times the speed', async () => {
    const visited = await atStart();
    const { page } = visited;
    const reached = async (ms: number) => {
      await page.keyboard.press('Home');
      await page.keyboard.press(' ');
      await page.clock.runFor(ms);
      const at = await stepShown(visited);
      await page.keyboard.press(' ');
      return at;
    };
    const usual = await reached(8_000);
    expect(usual).toBeGreaterThan(8);
    expect(usual).toBeLessThan(21);
    await page.keyboard.press('>');
    await page.keyboard.press('>');
    expect(await page.textContent('.speeds [aria-pressed="true"]')).toBe('4×');
    expect(await reached(2_000)).toBe(usual);
    await page.keyboard.press('<');
    expect(await page.textContent('.speeds [aria-pressed="true"]')).toBe('2×');
    expect(await reached(4_000)).toBe(usual);
  });

  inBrowser('scrolls at once for who wants less motion', async () => {
    for (const [reducedMotion, smooth] of [
      ['reduce', false],
      ['no-preference', true],
    ] as const) {
      const visited = await inspect(theLost, { reducedMotion, viewport: { width: 1280, height: 640 } });
      const { page } = visited;
      await page.waitForSelector('.choices button');
      await page.keyboard.press('Home');
      await page.evaluate(`{
        globalThis.scrolled = [];
        const box = document.querySelector('.ladder-box');
        const scrollTo = box.scrollTo.bind(box);
        box.scrollTo = (options) => { globalThis.scrolled.push(options.behavior); scrollTo(options); };
      }`);
      for (const key of ['>', '>', ' ']) await page.keyboard.press(key);
      await page.waitForSelector('[aria-label="Play"]');
      const seen = await page.evaluate<string[]>('globalThis.scrolled');
      // A place that is kept while the ladder is laid out anew is kept at once for everybody.
      expect(seen).not.toEqual([]);
      expect(seen.includes('smooth')).toBe(smooth);
    }
  });
});
