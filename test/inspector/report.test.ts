import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ringproof } from '../support/commandLine.ts';
import { inBrowser, inspect, theLost } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Whether words of the race touch words of a message, or each other, on the screen. */
const touching = `(() => {
  const boxes = (selector) => [...document.querySelectorAll(selector)].map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }));
  const races = boxes('.race text');
  return races.flatMap((race, index) => [...boxes('.row .label, .row .note, .violated text'), ...races.slice(index + 1)].filter(({ box }) =>
    box.left < race.box.right && race.box.left < box.right && box.top < race.box.bottom && race.box.top < box.bottom
  ).map(({ text }) => race.text + ' touches ' + text));
})()`;

describe('the report of a check', () => {
  const servers = [
    ['0', 'overwrite'],
    ['1', 'reject'],
    ['2', 'evict'],
    ['3', 'hold'],
  ] as const;
  inBrowser.each(servers)(
    'of mode %s on %s opens at its first violated cell and lists the others; no word of a race touches another one',
    async (mode, profile) => {
      const file = join(folder, 'report.json');
      writeFileSync(
        file,
        ringproof('check', '--mode', mode, '--profile', profile, '--property', 'noInviteLost', '--format', 'json')
          .stdout,
      );
      const { page, faults } = await inspect([file]);
      await page.waitForSelector('main[aria-busy="false"] .verdict h1.bad');
      const cells = page.locator('.report li button');
      expect(await cells.count()).toBeGreaterThan(3);
      expect(await page.locator('.report [aria-pressed="true"]').count()).toBe(1);
      let raced = 0;
      for (let index = 0; index < (await cells.count()); index++) {
        await cells.nth(index).click();
        await page.waitForSelector(`.report li:nth-child(${index + 1}) [aria-pressed="true"]`);
        await page.waitForSelector('main[aria-busy="false"] .verdict h1.bad');
        await page.waitForSelector('[aria-current="step"]');
        raced += await page.locator('.race text').count();
        expect(await page.evaluate<string[]>(touching)).toEqual([]);
      }
      expect(raced).toBeGreaterThan(0);
      // The one that is shown is opened again.
      await cells.last().click();
      await page.waitForSelector('main[aria-busy="false"] .verdict h1.bad');
      await page.waitForSelector('[aria-current="step"]');
      expect(faults).toEqual([]);
    },
  );

  test('is refused where it is broken', () => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, '{"version":1,"cells":[{"scenario":"x"}]}');
    const { status, stderr } = ringproof('inspect', file);
    expect(stderr).toMatch(/found a broken report \(cells\.0\.mode.*expected what `check --format json`/);
    expect(status).toBe(2);
  });
});

inBrowser('any property that is claimed of the mode can be proved', async () => {
  const { page } = await inspect(theLost);
  await page.waitForSelector('main[aria-busy="false"] .verdict h1');
  await page.selectOption('[aria-label="What to prove"]', 'onlyOwnBinding');
  await page.keyboard.press('Escape');
  await page.keyboard.press('p');
  await page.waitForSelector('.proof [role=status]:has-text("onlyOwnBinding: holds")');
});

inBrowser('the theme is remembered, and a large chart is made to fit with the keyboard', async () => {
  const { page } = await inspect(theLost);
  await page.waitForSelector('main[aria-busy="false"] .verdict h1');
  await page.click('[aria-label="Theme: system"]');
  await page.click('[aria-label="Theme: light"]');
  await page.reload();
  await page.waitForSelector('[aria-label="Theme: dark"]');
  await page.focus('.chart');
  await page.keyboard.press('0');
  const fits =
    "(({ scrollWidth, clientWidth, scrollHeight, clientHeight }) => scrollWidth <= clientWidth && scrollHeight <= clientHeight + 4)(document.querySelector('.chart'))";
  expect(await page.evaluate<boolean>(fits)).toBe(true);
  const width = "document.querySelector('.chart svg').clientWidth";
  const before = await page.evaluate<number>(width);
  await page.keyboard.press('+');
  expect(await page.evaluate<number>(width)).toBeGreaterThan(before);
});
