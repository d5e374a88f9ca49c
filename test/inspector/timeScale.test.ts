import { describe, expect, test } from 'vitest';
import { stepFor } from '../../src/inspector/page/run/rulerStep.ts';
import { axeViolations, inBrowser, inspect, theLost, type Visited } from './browser.ts';

test('the ruler counts in one, two or five of a power of ten, no nearer than its words', () => {
  for (let pixelsPerMs = 1e-5; pixelsPerMs < 10; pixelsPerMs *= 1.07) {
    const step = stepFor(pixelsPerMs);
    expect(String(step)).toMatch(/^[125]0*$/);
    expect(step * pixelsPerMs).toBeGreaterThanOrEqual(46 - 1e-9);
    expect(step === 1 || step * pixelsPerMs < 46 * 2.5).toBe(true);
  }
});

async function toScale(options: Parameters<typeof inspect>[1] = {}): Promise<Visited> {
  const visited = await inspect(theLost, options);
  await visited.page.waitForSelector('.choices button');
  await visited.page.keyboard.press('t');
  await visited.page.waitForSelector('.ruler text');
  return visited;
}

interface Tick {
  readonly s: number;
  readonly y: number;
}

const ticks = ({ page }: Visited) =>
  page.evaluate<Tick[]>(`[...document.querySelectorAll('.ruler text')].map((one) => ({
    s: Number(one.textContent), y: one.getBoundingClientRect().bottom,
  }))`);

/** Pixels for a second, as the ruler has them. */
async function pixelsPerSecond(visited: Visited): Promise<number> {
  const all = await ticks(visited);
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new Error('the ruler has no two dates');
  return (last.y - first.y) / (last.s - first.s);
}

/** The date at a height of the window. */
async function secondAt(visited: Visited, y: number): Promise<number> {
  const [first] = await ticks(visited);
  return (first?.s ?? 0) + (y - (first?.y ?? 0)) / (await pixelsPerSecond(visited));
}

/** The words on the ladder that are written over others. */
const overwritten = ({ page }: Visited) =>
  page.evaluate<string[]>(`(() => {
    const texts = [...document.querySelectorAll('.art .label, .art .note:not(.end), .art .violated text, .art .race text')];
    const boxes = texts.map((one) => ({ words: one.textContent, box: one.getBoundingClientRect() }));
    const touch = (a, b) => a.left + 3 < b.right && b.left + 3 < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom;
    return boxes.flatMap((one, index) =>
      boxes.slice(index + 1).filter((other) => touch(one.box, other.box)).map((other) => one.words + ' / ' + other.words));
  })()`);

describe('time to scale', () => {
  inBrowser('has a ruler that tells every row its date, at any scale', async () => {
    const visited = await toScale();
    const { page, faults } = visited;
    for (const key of ['+', '+', '+', '-', '0']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(80);
      const rows = await page.evaluate<
        Tick[]
      >(`[...document.querySelectorAll('.ladder li:not(.crowded)')].map((one) => ({
        s: Number(one.querySelector('.date').textContent), y: one.getBoundingClientRect().bottom,
      }))`);
      const [first] = await ticks(visited);
      const scale = await pixelsPerSecond(visited);
      for (const { s, y } of rows) {
        const expected = (first?.y ?? 0) + (s - (first?.s ?? 0)) * scale;
        expect(Math.abs(y - expected)).toBeLessThan(9);
      }
    }
    expect(faults).toEqual([]);
  });

  inBrowser('writes no words over others, at any scale', async () => {
    for (const width of [1440, 390]) {
      const visited = await toScale({ viewport: { width, height: 900 } });
      for (const key of ['t', 't', 't', '+', '+', '+', '0', '+', '+']) {
        await visited.page.keyboard.press(key);
        await visited.page.waitForTimeout(80);
        if (key !== 't') expect([width, key, await overwritten(visited)]).toEqual([width, key, []]);
      }
    }
  });

  inBrowser('is zoomed with the wheel about the pointer, and with + - 0 about the selected step', async () => {
    const visited = await toScale();
    const { page } = visited;
    const box = await page.locator('.ladder-box').boundingBox();
    if (box === null) throw new Error('there is no ladder');
    const y = box.y + 90;
    const [second, scale] = [await secondAt(visited, y), await pixelsPerSecond(visited)];
    await page.mouse.move(box.x + 500, y);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await page.waitForURL(/time=scale(?!200&)/);
    expect(await pixelsPerSecond(visited)).toBeGreaterThan(scale * 1.5);
    expect(Math.abs((await secondAt(visited, y)) - second)).toBeLessThan(0.02);
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await page.waitForSelector('[aria-current="step"]:has-text("Step 21,")');
    const row = await page.locator('[aria-current="step"]').boundingBox();
    expect(row?.y).toBeGreaterThan(box.y);
    expect(row?.y).toBeLessThan(box.y + box.height);
    await page.keyboard.press('0');
    await page.waitForTimeout(100);
    expect(
      await page.evaluate(
        `(() => { const box = document.querySelector('.ladder-box'); return box.scrollHeight <= box.clientHeight + 1; })()`,
      ),
    ).toBe(true);
  });

  inBrowser('is panned with the mouse and with the arrow keys, and a click still selects', async () => {
    const visited = await toScale();
    const { page } = visited;
    const top = () => page.evaluate<number>(`document.querySelector('.ladder-box').scrollTop`);
    const box = await page.locator('.ladder-box').boundingBox();
    const [x, y] = [(box?.x ?? 0) + 560, (box?.y ?? 0) + 300];
    const before = await top();
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, y + 120, { steps: 4 });
    await page.mouse.up();
    expect(Math.abs(before - 120 - (await top()))).toBeLessThan(3);
    await page.waitForSelector('.transport output:has-text("21")');
    await page.keyboard.press('ArrowRight');
    await expect.poll(top).toBeGreaterThan(before);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(top).toBeLessThan(before);
    await page.click('.ladder button:has-text("Step 15,")');
    await page.waitForSelector('.transport output:has-text("15")');
  });

  inBrowser('is zoomed with a finger', async () => {
    const visited = await toScale({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const { page } = visited;
    const scale = await pixelsPerSecond(visited);
    await page.tap('[aria-label="Time larger"]');
    await expect.poll(() => pixelsPerSecond(visited)).toBeGreaterThan(scale * 1.9);
    await page.tap('.ladder-sizes button:has-text("fit")');
    await expect.poll(() => pixelsPerSecond(visited)).toBeLessThan(scale);
    expect(await axeViolations(visited)).toEqual([]);
  });
});
