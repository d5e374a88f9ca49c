import { describe, expect } from 'vitest';
import { axeViolations, inBrowser, inspect, theLost, type Visited, visit } from './browser.ts';

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Whether the chart is seen as a whole, and how high the smallest of its texts is on the screen. */
const seen = ({ page }: Visited, box: string) =>
  page.evaluate<{ isWhole: boolean; leastPx: number }>(`(() => {
    const box = document.querySelector('${box}');
    const svg = box.querySelector('svg');
    const factor = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const sizes = [...svg.querySelectorAll('text')].map((one) => Number.parseFloat(getComputedStyle(one).fontSize) * factor);
    return {
      isWhole: box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight,
      leastPx: Math.round(Math.min(...sizes) * 10) / 10,
    };
  })()`);

const large = '.machine-pane .sheet:not(.below) .chart';

describe('a machine', () => {
  inBrowser(
    'is enlarged with the keyboard: each region as a whole, no text under 9 pixels, then with all its words',
    async () => {
      const visited = await inspect(theLost);
      const { page, faults } = visited;
      await page.waitForSelector('.choices button');
      await page.keyboard.press('e');
      await page.waitForSelector(`${large} svg`);
      expect(await page.locator('.state-panel').count()).toBe(0);
      for (const party of ['Caller', 'SIP', 'Push', 'APNs/FCM', 'App']) {
        const button = page.locator(`.machine-pane [aria-label="Party"] button:has-text("${party}")`);
        await button.focus();
        await page.keyboard.press('Enter');
        const regions = page.locator('.machine-pane .regions button');
        for (const region of await regions.all()) {
          await region.focus();
          await page.keyboard.press('Enter');
          await page.waitForSelector('.machine-pane .regions button[aria-pressed="true"]:focus');
          const { isWhole, leastPx } = await seen(visited, large);
          expect([party, await region.textContent(), isWhole]).toEqual([party, await region.textContent(), true]);
          expect(leastPx).toBeGreaterThanOrEqual(9);
        }
      }
      await page.click('.machine-pane [aria-label="Party"] button:has-text("Push")');
      await page.click('.machine-pane .regions button:has-text("registration")');
      expect(await axeViolations(visited)).toEqual([]);
      expect(await page.locator(`${large} .line`).count()).toBe(0);
      await page.focus(large);
      await page.keyboard.press('+');
      await page.waitForSelector(`${large} .line`);
      expect((await seen(visited, large)).leastPx).toBeGreaterThanOrEqual(9);
      await page.keyboard.press('-');
      await page.waitForSelector('.machine-pane [aria-pressed="true"]:has-text("fit")');
      await page.waitForURL(/pane=machine/);
      const other = await visit(page.url());
      await other.page.waitForSelector(`${large} svg`);
      await page.keyboard.press('e');
      await page.waitForSelector('.ladder');
      expect([...faults, ...other.faults]).toEqual([]);
    },
  );

  inBrowser('of each party stands beside the others, follows the steps, and is enlarged by a click', async () => {
    const visited = await inspect(theLost);
    const { page, faults } = visited;
    await page.waitForSelector('.choices button');
    await page.keyboard.press('a');
    await page.waitForSelector('.small-chart svg');
    expect(await page.locator('.small-chart b').allTextContents()).toEqual([
      'Caller',
      'SIP server',
      'Push server',
      'APNs/FCM',
      'App',
    ]);
    for (let at = 0; at < 5; at++) {
      expect(
        (await seen(visited, `.small-chart:nth-child(${at + 1}) .small-chart-box`)).leastPx,
      ).toBeGreaterThanOrEqual(9);
    }
    await page.keyboard.press('Home');
    while ((await page.locator('.small-chart.moved:has-text("Push server") .transition.taken').count()) === 0) {
      await page.keyboard.press('j');
    }
    expect(await axeViolations(visited)).toEqual([]);
    await page.click('.small-chart button:has-text("Push server")');
    await page.waitForSelector('.machine-pane [aria-pressed="true"]:has-text("Push")');
    await page.waitForSelector('.machine-pane .transition.taken');
    expect(faults).toEqual([]);
  });

  inBrowser('is there for the finger as well, as a whole', async () => {
    const visited = await inspect(theLost, phone);
    const { page, faults } = visited;
    await page.waitForSelector('.choices button');
    await page.tap('[aria-label="Enlarge the machine"]');
    await page.waitForSelector(`${large} svg`);
    await page.tap('.machine-pane [aria-label="Party"] button:has-text("Push")');
    await page.tap('.machine-pane .regions button:has-text("registration")');
    const { isWhole, leastPx } = await seen(visited, large);
    expect(isWhole).toBe(true);
    expect(leastPx).toBeGreaterThanOrEqual(9);
    await page.waitForSelector('.left-out');
    expect(await axeViolations(visited)).toEqual([]);
    await page.tap('.panes button:has-text("Parties")');
    await page.waitForSelector('.small-chart svg');
    expect(await page.evaluate('document.querySelector("main").scrollWidth <= innerWidth')).toBe(true);
    expect(faults).toEqual([]);
  });
});
