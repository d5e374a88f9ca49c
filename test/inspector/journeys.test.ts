import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createWebSocketInspector } from '@statelyai/inspect';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, describe, expect } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { inBrowser, theLost, visit } from './browser.ts';
import { served } from './inspecting.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-journeys-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What is done on the page: with keys, or by what is pressed with mouse or finger, one after the other. */
interface Act {
  readonly keys: readonly string[];
  readonly on: readonly string[];
}

const act = (keys: string, ...on: string[]): Act => ({ keys: keys.split(' '), on });

/** An export: by its words in the list of all actions, or from the menu. */
const exporting = (words: string, item: string): Act => ({
  keys: ['Control+k', ...words.replaceAll(' ', '␣'), 'Enter'],
  on: ['.menu summary', `.menu button:has-text("${item}")`],
});

const acts = {
  start: act('Home', '[aria-label="First step"]'),
  violation: act('v', '[aria-label="Next violation"]'),
  back: act('k', '[aria-label="Step back"]'),
  on: act('j', '[aria-label="Step"]'),
  branch: act('b Tab Enter', '#choices li:nth-child(2) button'),
  undo: act('u', '.ladder-bar button:has-text("Undo")'),
  drop: act('f Enter', '#faults button:has-text("Drop")'),
  prove: act('p', 'button:has-text("Prove")'),
  live: act('l', 'header button:has-text("Live")'),
  copyLink: exporting('export link', 'holds the whole run'),
  saveTest: exporting('export test', 'for vitest'),
  saveTrace: exporting('export trace', 'for simulate and inspect'),
};

/** Somebody at the page. */
interface Reader {
  readonly options: BrowserContextOptions;
  readonly does: (page: Page, what: Act) => Promise<void>;
  /** Puts the run beside another mode, and shows it alone again. */
  readonly compares: (page: Page) => Promise<unknown>;
  readonly endsComparing: (page: Page) => Promise<unknown>;
}

const byPressing = async ({ on }: Act, press: (selector: string) => Promise<void>): Promise<void> => {
  for (const selector of on) await press(selector);
};

/** The browser draws its own list of a select element; a program chooses from it. */
const choosing = {
  compares: (page: Page) => page.selectOption('select.beside', { index: 1 }),
  endsComparing: (page: Page) => page.selectOption('select.beside', ''),
};

const readers: Readonly<Record<string, Reader>> = {
  'with the keyboard alone': {
    options: {},
    does: async (page, { keys }) => {
      for (const key of keys) await page.keyboard.press(key === '␣' ? 'Space' : key);
    },
    compares: (page) => page.keyboard.press('s'),
    endsComparing: async (page) => {
      while ((await page.locator('.two-runs').count()) > 0) await page.keyboard.press('s');
    },
  },
  'with the mouse': {
    options: {},
    does: (page, what) => byPressing(what, (selector) => page.click(selector)),
    ...choosing,
  },
  'with a finger on a phone': {
    options: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    does: (page, what) => byPressing(what, (selector) => page.tap(selector)),
    ...choosing,
  },
};

const stepIs = (page: Page, step: number) => page.waitForSelector(`.transport output:text-matches("^${step}/")`);

/** What is in the document and can be read. */
const says = (page: Page, selector: string, text: string) =>
  page.waitForSelector(`${selector}:has-text("${text}") >> visible=true`);

/** A file that is saved, by its name and text. */
async function saved(page: Page, save: () => Promise<void>): Promise<readonly [name: string, text: string]> {
  const [download] = await Promise.all([page.waitForEvent('download'), save()]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return [download.suggestedFilename(), readFileSync(path, 'utf8')];
}

function passes(name: string, text: string): boolean {
  const project = join(folder, 'project');
  const modules = join(project, 'node_modules');
  mkdirSync(modules, { recursive: true });
  symlinkSync(process.cwd(), join(modules, 'ringproof'));
  symlinkSync(join(process.cwd(), 'node_modules/vitest'), join(modules, 'vitest'));
  writeFileSync(join(project, name), text);
  const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--root', project]);
  return status === 0;
}

const door = createMachine({ id: 'door', initial: 'shut', states: { shut: { on: { push: 'ajar' } }, ajar: {} } });

describe('from a lost call to its regression', () => {
  /** The regression that the first reader saved: the others save the same. */
  let regression: string | null = null;

  for (const [how, { options, does, compares, endsComparing }] of Object.entries(readers)) {
    inBrowser(how, async () => {
      const { page, faults } = await visit(served(...theLost).url, options);
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const now = (what: keyof typeof acts) => does(page, acts[what]);

      // Find the lost call, and why it was lost.
      await page.waitForSelector('.choices button');
      await now('start');
      await now('violation');
      await stepIs(page, 21);
      await says(page, '.verdict h1', 'Call 1 was lost');
      await says(page, '.verdict p', 'Nobody was registered for 0.193 s');
      await says(page, '.race-words', 'dials call 1: at 10.040 to 10.290 s');

      // Step; branch; undo; drop; undo.
      await now('back');
      await stepIs(page, 20);
      await now('on');
      await stepIs(page, 21);
      await page.waitForSelector('#choices[aria-busy="false"] li:nth-child(2)');
      await now('branch');
      await says(page, '.ladder-bar button', 'Undo');
      await now('undo');
      await page.waitForSelector('.ladder-bar button:has-text("Undo")', { state: 'detached' });
      await stepIs(page, 21);
      await now('drop');
      await says(page, '#faults button', 'Take back');
      await now('undo');
      await page.waitForSelector('#faults button:has-text("Take back")', { state: 'detached' });

      // Compare two modes.
      await compares(page);
      await says(page, '.two-runs', 'Standard');
      await endsComparing(page);

      // A second server opens the link.
      await now('copyLink');
      await says(page, '[role=alert]', 'is in the clipboard');
      const link = await page.evaluate<string>('navigator.clipboard.readText()');
      const elsewhere = await visit(`${served('call-in-foreground').url}${link}`, options);
      await says(elsewhere.page, '.verdict h1', 'Call 1 was lost');
      await stepIs(elsewhere.page, 21);

      // Save a regression that passes, and the trace.
      const [name, text] = await saved(page, () => now('saveTest'));
      if (regression === null) expect(passes(name, text)).toBe(true);
      regression ??= text;
      expect(text).toBe(regression);
      const [, trace] = await saved(page, () => now('saveTrace'));
      expect(JSON.parse(trace)).toMatchObject({
        format: 'ringproof-trace',
        digest: expect.stringMatching(/^[\da-f]{64}$/),
      });

      // Prove.
      await now('prove');
      await says(page, '.proof', 'noInviteLost: violated');

      // Attach an application.
      await now('live');
      const lines = await page.textContent('.attach pre');
      const { inspect: inspecting, stop } = createWebSocketInspector({ url: /ws:[^']+/.exec(lines ?? '')?.[0] ?? '' });
      const actor = createActor(door, { inspect: inspecting as never });
      actor.start();
      actor.send({ type: 'push' });
      await says(page, '.event-rows li button', 'push');
      await says(page, '.live-chart .state.active', 'ajar');
      stop();
      expect([...faults, ...elsewhere.faults]).toEqual([]);
    });
  }
});
