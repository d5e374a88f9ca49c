import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import type { CDPSession, Page } from 'playwright-core';
import { launchChromium } from './browser.ts';

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

const browser = await launchChromium();

/** Milliseconds from a key to the frame that shows what it did, for each of many. */
const stepsToPaint = (page: Page, count: number, repeat: boolean): Promise<number[]> =>
  page.evaluate<number[]>(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const times = [];
    for (let index = 0; index < ${count}; index++) {
      await frame();
      const start = performance.now();
      dispatchEvent(new KeyboardEvent('keydown', { key: 'k', repeat: ${repeat} }));
      await frame();
      // What the frame has to draw is laid out and painted by the time that a task after it runs.
      await new Promise((resolve) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = resolve; port2.postMessage(0); });
      times.push(performance.now() - start);
    }
    return times;
  })()`);

/** Milliseconds of processor time that the main thread has spent so far, by what they were spent on. */
async function spent(client: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await client.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value * 1000]));
}

const parts = { script: 'ScriptDuration', style: 'RecalcStyleDuration', layout: 'LayoutDuration', all: 'TaskDuration' };

/** When the sentence about the run has been painted, and when the run with everything about it. */
const watched = { verdict: '.verdict h1', run: 'main[aria-busy="false"] .ladder li' };
const watch = Object.entries(watched)
  .map(
    ([name, selector]) => `new MutationObserver((_, observer) => {
  if (!document.querySelector('${selector}')) return;
  observer.disconnect();
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => performance.mark('${name}');
    port2.postMessage(0);
  });
}).observe(document, { childList: true, subtree: true, attributes: true });`,
  )
  .join('');

const dateOf = (page: Page, name: string): Promise<number> =>
  page.evaluate<number>(`performance.getEntriesByName('${name}')[0].startTime`);

/** Starts the inspector; `url` is what it prints. */
async function inspect(...args: string[]): Promise<{ url: string; close: () => void }> {
  const inspecting = spawn(process.execPath, ['dist/cli/main.js', 'inspect', ...args]);
  const url = await new Promise<string>((resolve) => {
    inspecting.stdout.on('data', (text) => {
      const [found] = /http:\S+/.exec(String(text)) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return { url, close: () => inspecting.kill() };
}

/** Opens what an inspector shows in a window that has nothing in its cache. */
async function opened(url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watch);
  await page.goto(url);
  await page.waitForSelector(watched.run);
  await page.waitForTimeout(300);
  return page;
}

async function benchOpening(what: string, url: string): Promise<void> {
  const dates = { 'first-contentful-paint': [] as number[], verdict: [] as number[], run: [] as number[] };
  for (let count = 0; count < 15; count++) {
    const page = await opened(url);
    for (const [name, found] of Object.entries(dates)) found.push(await dateOf(page, name));
    await page.close();
  }
  for (const [name, found] of Object.entries(dates)) console.log(`${what}: ${name} ${shown(found)}`);
}

const shown = (times: readonly number[]): string => {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, 95 % ${at(0.95)} ms, worst ${at(1)} ms`;
};

const inspecting = [
  await inspect('call-while-going-to-background', '--mode', '1', '--profile', 'reject', '--seed', '3'),
  await inspect(file),
] as const;
const [common, long] = inspecting;
try {
  const gzipBytes = (name: string) => gzipSync(readFileSync(`dist/inspector/page/${name}`)).length;
  console.log(`load of the machine: ${loadavg()[0]?.toFixed(1)} on ${cpus().length} cores`);
  for (const name of ['page.js', 'page.css', 'worker.js', 'writer.js', 'charts.json']) {
    console.log(`${name}, gzip: ${(gzipBytes(name) / 1000).toFixed(1)} kB`);
  }
  console.log(`elk, for machines of applications only, gzip: ${(gzipBytes('elk-worker.js') / 1000).toFixed(1)} kB`);
  await benchOpening('a bundled run', common.url);
  await benchOpening('the long run', long.url);
  const page = await opened(long.url);
  await page.keyboard.press('h');
  await page.keyboard.press('End');
  await page.waitForTimeout(500);
  const steps = await page.locator('.transport output').textContent();
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  const keys = 200;
  for (const isHeld of [false, true]) {
    const before = await spent(client);
    const times = await stepsToPaint(page, keys, isHeld);
    const after = await spent(client);
    const key = isHeld ? 'a key that is held down' : 'a key';
    console.log(`${key}, a step of ${steps?.split('/')[1]}, to the next frame: ${shown(times)}`);
    const work = Object.entries(parts).map(
      ([name, metric]) => `${name} ${(((after[metric] ?? 0) - (before[metric] ?? 0)) / keys).toFixed(1)} ms`,
    );
    console.log(`processor time of the main thread for a step: ${work.join(', ')}`);
  }
} finally {
  await browser.close();
  for (const one of inspecting) one.close();
  rmSync(folder, { recursive: true });
}
