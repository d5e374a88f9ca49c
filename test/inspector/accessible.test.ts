import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { axeViolations, inBrowser, inspect, theLost, tooWide } from './browser.ts';

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

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** With what axe-core has to look at in each, when it has looked at the same in the first one. */
const themes = [
  ['light', 'all'],
  ['dark', 'colours'],
] as const;

// On this rests that of the second theme only the colours are looked at.
test('the themes differ in nothing but colours', () => {
  const folder = 'src/inspector/page/styles';
  const styles = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
  const ofThemes = styles.flatMap(
    (style) => style.match(/[^{}]*(prefers-color-scheme|data-theme)[^{}]*\{[^}]*/g) ?? [],
  );
  expect(ofThemes.map((rule) => rule.replace(/\s+/g, ' ').trim()).sort()).toEqual([
    ':root[data-theme="dark"] { color-scheme: dark;',
    ':root[data-theme="light"] { color-scheme: light;',
  ]);
});

describe('axe-core finds nothing, in light and in dark,', () => {
  inBrowser('on the page of a run, whose words are not too faint, in the list of keys, and to scale', async () => {
    const visited = await inspect(theLost);
    const { page } = visited;
    await page.waitForSelector('.choices button');
    for (const [colorScheme, rules] of themes) {
      await page.emulateMedia({ colorScheme });
      expect([colorScheme, await axeViolations(visited, rules)]).toEqual([colorScheme, []]);
      expect([colorScheme, await page.evaluate(contrastInPage)]).toEqual([colorScheme, []]);
      // The list fits into a small window.
      await page.setViewportSize({ width: 1280, height: 640 });
      await page.keyboard.press('?');
      expect([colorScheme, await axeViolations(visited, rules)]).toEqual([colorScheme, []]);
      const box = await page.locator('.keys').boundingBox();
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(640);
      await page.click('.keys button:has-text("Close")');
      await page.waitForSelector('.keys', { state: 'detached' });
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.keyboard.press('t');
      // Every step has its name.
      await page.waitForSelector('.ladder li.crowded');
      expect([colorScheme, await axeViolations(visited, rules)]).toEqual([colorScheme, []]);
      await page.keyboard.press('t');
      await page.keyboard.press('t');
      await page.waitForSelector('.torn');
    }
  });

  inBrowser.each([
    ['a run on a phone', theLost, phone],
    ['the overview on a phone', [], phone],
    ['the overview', [], {}],
  ] as const)('on %s', async (_, args, options) => {
    const visited = await inspect(args, options);
    await visited.page.waitForSelector(args.length > 0 ? '.choices button' : '.cell');
    for (const [colorScheme, rules] of themes) {
      await visited.page.emulateMedia({ colorScheme });
      expect([colorScheme, await axeViolations(visited, rules)]).toEqual([colorScheme, []]);
    }
  });
});

/** Resolves once the page is drawn in its new size. */
const drawn = (page: Page) =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');

const pages = [
  ['a run', theLost],
  ['the overview', []],
] as const;

inBrowser.each(pages)('nothing is cut off 1280 and 1920 pixels wide: %s', async (_, args) => {
  const { page } = await inspect(args);
  await page.waitForSelector('.strip');
  for (const width of [1280, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    await drawn(page);
    const cut = await page.evaluate<string[]>(
      `[...document.querySelectorAll('html, main, .cell, .cell-words, .top, .verdict, .left, .faults, .state-bar, .ladder-bar')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.outerHTML.slice(0, 200))`,
    );
    expect([width, cut]).toEqual([width, []]);
  }
});

inBrowser('a design that the product does not have is chosen behind its modes, and nothing is cut off', async () => {
  const { page } = await inspect(theLost, { viewport: { width: 1280, height: 800 } });
  const menu = page.locator('select[aria-label="Other design"]');
  expect(await menu.inputValue()).toBe('');
  await menu.selectOption({ label: 'SessionTalk Multiple Registrations' });
  await page.waitForSelector('select[aria-label="Other design"].pressed');
  expect(await page.locator('[aria-label="Registration mode"] [aria-pressed="true"]').count()).toBe(0);
  expect(await page.evaluate(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)).toBe(
    true,
  );
  await menu.selectOption('');
  await page.waitForSelector('[aria-label="Registration mode"] button:first-child[aria-pressed="true"]');
});

inBrowser('the race window is there in words', async () => {
  const { page } = await inspect(theLost);
  await page.waitForSelector('[aria-label="Race window"] li:has-text("dials call 1: at 10.040 to 10.290 s")');
});

inBrowser('the list of keys is modal, and gives the focus back', async () => {
  const { page } = await inspect(theLost);
  await page.waitForSelector('.choices button');
  await page.locator('.choices button').first().focus();
  await page.keyboard.press('?');
  await page.waitForSelector('dialog.keys:modal');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog.keys', { state: 'detached' });
  expect(await page.evaluate(`document.activeElement.matches('.choices button')`)).toBe(true);
});

/** Words of the ladder that its edge cuts off, and names of lanes upon each other. */
const cutOff = `(() => {
  const boxOf = (one) => one.getBoundingClientRect();
  const { left, right } = boxOf(document.querySelector('.ladder'));
  const words = [...document.querySelectorAll('.art .label, .art .note')].filter((one) => boxOf(one).left < left || boxOf(one).right > right);
  const heads = [...document.querySelectorAll('.head')].filter((one, index, all) => index > 0 && boxOf(one).left < boxOf(all[index - 1]).right - 1);
  return [...words, ...heads].map((one) => one.textContent);
})()`;

/** Whatever of a run can be shown, each with a key that shows it and what is there then. */
const views = [
  ['g', '.states'],
  ['e', '.machine-pane'],
  ['a', '.parties'],
  ['s', '.two-runs[aria-busy="false"]'],
] as const;

inBrowser('320 pixels are enough for every view of a run, for a long name, and for a capture', async () => {
  const visited = await inspect(theLost, { viewport: { width: 320, height: 568 } });
  const { page } = visited;
  await page.selectOption('select[aria-label="Other design"]', { label: 'The SIP server pushes (RFC 8599)' });
  await page.waitForSelector('main[aria-busy="false"] .choices button');
  const nothingBeside = async () => expect(await tooWide(visited)).toEqual([]);
  // The name of the design can be read.
  const chosen = await page.locator('select[aria-label="Other design"]').boundingBox();
  expect(chosen?.width).toBeGreaterThan(280);
  await nothingBeside();
  expect(await page.evaluate(cutOff)).toEqual([]);
  for (const [key, shown] of views) {
    await page.keyboard.press(key);
    await page.waitForSelector(shown);
    await nothingBeside();
  }
  // The filter is that of the ladder, which its key shows.
  await page.keyboard.press('/');
  await page.waitForSelector('#filter:focus');
  await page.keyboard.press('Escape');
  await page.keyboard.press('l');
  await page.waitForSelector('.attach pre');
  await nothingBeside();
  await page.setInputFiles('input[type="file"]', 'examples/captures/call-in-the-gap.pcapng');
  await page.waitForSelector('.capture h1');
  await nothingBeside();
});

inBrowser('of two phones every lane has its title, and the bar says which app is registered', async () => {
  const { page } = await inspect(['topologies/second-phone-takes-over', '--mode', '3', '--profile', 'overwrite']);
  await page.waitForSelector('.band-word:has-text("app 2")');
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await drawn(page);
    expect(
      await page.evaluate(
        "[...document.querySelectorAll('.head b')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)",
      ),
    ).toEqual([]);
  }
});

inBrowser('the mode that is chosen is in view beside a long title and a long name of a server', async () => {
  const visited = await inspect(['topologies/second-phone-takes-over', '--mode', '3', '--profile', 'reject']);
  const { page } = visited;
  await page.waitForSelector('.top .segments button[aria-pressed="true"]');
  for (const width of [1440, 1280, 1152]) {
    await page.setViewportSize({ width, height: 900 });
    expect(
      await page.evaluate(
        '((modes) => modes.scrollWidth - modes.clientWidth)(document.querySelector(".top .segments"))',
      ),
    ).toBe(0);
    expect(await tooWide(visited)).toEqual([]);
  }
});

// WCAG 1.4.10: 320 pixels are 1280 at 400 %; 720 by 450 is a screen of 1440 by 900 at 200 %.
const smallWindows = [
  { width: 320, height: 568 },
  { width: 720, height: 450 },
  { width: 1024, height: 768 },
];

inBrowser.each(pages)(
  'small windows are enough for %s: the ladder has its room, and nothing is beside the window',
  async (_, args) => {
    const visited = await inspect(args);
    const { page } = visited;
    await page.waitForSelector(args.length > 0 ? '.choices button' : '.cell');
    for (const size of smallWindows) {
      const { width } = size;
      await page.setViewportSize(size);
      await drawn(page);
      expect(await tooWide(visited)).toEqual([]);
      expect(await page.evaluate('document.querySelector("main").scrollWidth <= innerWidth')).toBe(true);
      if (args.length === 0) continue;
      await page.click('.menu summary');
      expect(await tooWide(visited)).toEqual([]);
      await page.click('.menu summary');
      expect(await page.evaluate(cutOff)).toEqual([]);
      const box = await page.locator('.ladder-box').boundingBox();
      expect(box?.height).toBeGreaterThan(190);
      expect(box?.width).toBeGreaterThan(width - 40);
      const verdict = await page.locator('.verdict h1').boundingBox();
      expect(verdict?.height).toBeGreaterThan(15);
      // Panels stand below each other, not upon each other.
      const panels = await page.locator('.right > .panel, .left > .panel').all();
      const boxes = await Promise.all(panels.map((one) => one.boundingBox()));
      const touching = boxes.filter((one, index) =>
        boxes.some(
          (other, at) =>
            at !== index &&
            one !== null &&
            other !== null &&
            one.x < other.x + other.width - 1 &&
            other.x < one.x + one.width - 1 &&
            one.y < other.y + other.height - 1 &&
            other.y < one.y + one.height - 1,
        ),
      );
      expect(touching).toEqual([]);
    }
  },
);

inBrowser(
  'a phone is enough: with the finger alone the lost call is found, stepped through, changed and undone',
  async () => {
    const visited = await inspect(theLost, phone);
    const { page } = visited;
    await page.waitForSelector('h1:has-text("Call 1 was lost.")');
    await page.tap('[aria-label="Step back"]');
    await page.waitForSelector('[aria-current="step"]:has-text("Step 20,")');
    await page.tap('.ladder button:has-text("Step 18,")');
    await page.waitForSelector('#choices[aria-busy="false"] button');
    await page.tap('#choices button:has-text("POST /background")');
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change")');
    await page.tap('button:has-text("Undo")');
    await page.waitForSelector('main[aria-busy="false"] h1:has-text("Call 1 was lost.")');
    await page.tap('.ladder button:has-text("Step 19,")');
    await page.tap('.faults button:has-text("Drop")');
    await page.waitForSelector('main[aria-busy="false"] .fault-list:has-text("lose INVITE, Caller → SIP server")');
    await page.tap('.faults button:has-text("Take back")');
    await page.waitForSelector('main[aria-busy="false"] .conditions:has-text("no fault")');
    await page.tap('.modes button:has-text("Continuous")');
    await page.waitForSelector('main[aria-busy="false"] h1.good');
    await page.tap('.proof button:has-text("Prove")');
    await page.waitForSelector('.proof [role=status]:has-text("holds")');
    await page.tap('.menu summary');
    const [download] = await Promise.all([page.waitForEvent('download'), page.tap('.menu button:has-text("Trace")')]);
    expect(download.suggestedFilename()).toMatch(/trace\.json$/);
    expect(visited.faults).toEqual([]);
  },
);
