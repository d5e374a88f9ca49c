import { describe, expect } from 'vitest';
import { axeViolations, inBrowser, inspect, theLost } from './browser.ts';

/** Contrast of two colours as WCAG 2 counts it. */
const contrastInPage = `(() => {
  const channel = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.fillStyle = '#000';
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((one) => one / 255);
  };
  const light = (colour) => {
    const [r, g, b] = rgb(colour).map(channel);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = getComputedStyle(document.querySelector('.ladder-panel')).backgroundColor;
  return [...document.querySelectorAll('.art text, .art tspan')].map((text) => {
    const [one, other] = [light(getComputedStyle(text).fill), light(ground)].sort((a, b) => b - a);
    return { text: text.textContent, contrast: (one + 0.05) / (other + 0.05) };
  }).filter(({ contrast }) => contrast < 4.5);
})()`;

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  inBrowser('axe-core finds nothing on the page of a run, nor is any text of its ladder too faint', async () => {
    const visited = await inspect(theLost, { colorScheme });
    await visited.page.waitForSelector('.choices button');
    expect(await axeViolations(visited)).toEqual([]);
    expect(await visited.page.evaluate(contrastInPage)).toEqual([]);
  });

  inBrowser('axe-core finds nothing in the list of keys, which fits into a small window', async () => {
    const visited = await inspect(theLost, { colorScheme, viewport: { width: 1280, height: 640 } });
    await visited.page.waitForSelector('.choices button');
    await visited.page.keyboard.press('?');
    expect(await axeViolations(visited)).toEqual([]);
    const box = await visited.page.locator('.keys').boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(640);
    await visited.page.click('.keys button:has-text("Close")');
    expect(await visited.page.locator('.keys').count()).toBe(0);
  });

  inBrowser('axe-core finds nothing on the overview', async () => {
    const visited = await inspect([], { colorScheme });
    await visited.page.waitForSelector('.cell');
    expect(await axeViolations(visited)).toEqual([]);
  });
});

inBrowser.each([1280, 1920])('nothing is cut off %i pixels wide', async (width) => {
  for (const args of [theLost, []]) {
    const { page } = await inspect(args, { viewport: { width, height: 800 } });
    await page.waitForSelector('.strip');
    const tooWide = await page.evaluate<string[]>(
      `[...document.querySelectorAll('html, main, .cell, .cell-words, .top, .verdict, .left, .faults, .state-bar, .ladder-bar')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.outerHTML.slice(0, 200))`,
    );
    expect(tooWide).toEqual([]);
  }
});
