import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright-core';

/** An app in the foreground for so long that its heartbeats make a trace of more than 10,000 steps. */
const longScenario = `name: long
title: An app that stays in the foreground
steps:
  - { at: 1s, do: open }
  - { at: 40h, do: dial, call: 1 }
until: 42h
`;

const folder = mkdtempSync(join(tmpdir(), 'ringproof-bench-'));
const file = join(folder, 'long.yaml');
writeFileSync(file, longScenario);

const inspecting = spawn(process.execPath, ['dist/cli/main.js', 'inspect', file]);
const url = await new Promise<string>((resolve) => {
  inspecting.stdout.on('data', (text) => {
    const [found] = /http:\S+/.exec(String(text)) ?? [];
    if (found !== undefined) resolve(found);
  });
});
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });

/** Milliseconds from a key to the frame that shows what it did, for each of many. */
const stepsToPaint = (page: Page, count: number): Promise<number[]> =>
  page.evaluate<number[]>(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const times = [];
    for (let index = 0; index < ${count}; index++) {
      await frame();
      const start = performance.now();
      dispatchEvent(new KeyboardEvent('keydown', { key: 'k' }));
      await frame();
      // What the frame has to draw is laid out and painted by the time that a task after it runs.
      await new Promise((resolve) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(0); });
      times.push(performance.now() - start);
    }
    return times;
  })()`);

/** Milliseconds that the page itself works on a step, without waiting for the next frame. */
const work = (page: Page, count: number): Promise<number[]> =>
  page.evaluate<number[]>(`(async () => {
    const times = [];
    for (let index = 0; index < ${count}; index++) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      const start = performance.now();
      dispatchEvent(new KeyboardEvent('keydown', { key: 'k' }));
      await Promise.resolve();
      document.querySelector('.ladder-box').getBoundingClientRect();
      times.push(performance.now() - start);
    }
    return times;
  })()`);

const shown = (times: readonly number[]): string => {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, 95 % ${at(0.95)} ms, worst ${at(1)} ms`;
};

try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.waitForSelector('.verdict h1');
  const [paint] = await page.evaluate<number[]>(
    "performance.getEntriesByName('first-contentful-paint').map(({ startTime }) => startTime)",
  );
  const bytes = ['page.js', 'page.css'].map((name) => gzipSync(readFileSync(`dist/inspector/page/${name}`)).length);
  console.log(`page, gzip: ${(bytes.reduce((sum, one) => sum + one, 0) / 1000).toFixed(1)} kB`);
  console.log(`first paint: ${paint?.toFixed(0)} ms`);
  await page.keyboard.press('h');
  await page.keyboard.press('End');
  await page.waitForTimeout(500);
  const steps = await page.locator('.transport output').textContent();
  console.log(`a step of ${steps?.split('/')[1]}, to the next frame: ${shown(await stepsToPaint(page, 200))}`);
  console.log(`the work in it: ${shown(await work(page, 100))}`);
} finally {
  await browser.close();
  inspecting.kill();
  rmSync(folder, { recursive: true });
}
