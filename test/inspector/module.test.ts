import { describe, expect } from 'vitest';
import { axeViolations, inBrowser, inspect } from './browser.ts';

describe.each([
  ['light', 1440],
  ['dark', 390],
] as const)('a run of one’s own module in %s, %d pixels wide', (colorScheme, width) => {
  inBrowser('shows its machines, each with a chart, and its messages', async () => {
    const visited = await inspect(['examples/own/lock.ts', '--seed', '3'], {
      colorScheme,
      viewport: { width, height: 800 },
    });
    const { page, faults } = visited;
    await page.waitForSelector('text=recorded in lock.ts, seed 3');
    await page.waitForSelector('text=bob → server: acquire');
    for (const actor of ['ann', 'server', 'bob']) await page.waitForSelector(`button:has-text("${actor}")`);
    await page.waitForSelector('svg :text("holding")', { state: 'attached' });
    expect(await axeViolations(visited)).toEqual([]);
    expect(faults).toEqual([]);
  });
});
