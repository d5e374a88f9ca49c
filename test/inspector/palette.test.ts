import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { axeViolations, inBrowser, inspect, theLost } from './browser.ts';

const options = '.palette [role="option"]';

describe.each([
  ['light', 'all'],
  ['dark', 'colours'],
] as const)('the palette in %s', (colorScheme, rules) => {
  inBrowser('finds what can be done by its words, says its key and does it, with the keyboard alone', async () => {
    const visited = await inspect(theLost, { colorScheme });
    const { page, faults } = visited;
    await page.waitForSelector('.choices button');
    await page.keyboard.press('Control+k');
    expect(await page.locator(':focus').getAttribute('role')).toBe('combobox');
    expect(await axeViolations(visited, rules)).toEqual([]);
    const shown = () => page.locator(options).allTextContents();
    await expect
      .poll(shown)
      .toEqual(expect.arrayContaining(['next violationV', 'play, pause: to the next violation or the endSpace']));
    await page.keyboard.type('viol');
    await expect.poll(shown).toEqual(['play, pause: to the next violation or the endSpace', 'next violationV']);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const active = () => page.locator(':focus').getAttribute('aria-activedescendant');
    await expect.poll(async () => page.locator(`#${await active()}`).textContent()).toBe('next violationV');
    await page.keyboard.press('Escape');
    await page.waitForSelector('.palette', { state: 'detached' });
    // It begins empty, and its keys are its own: `j` is typed, and no step taken.
    const step = await page.textContent('.transport output');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('jjj');
    await expect.poll(shown).toEqual([]);
    expect(await page.textContent('.transport output')).toBe(step);
    for (let count = 0; count < 3; count++) await page.keyboard.press('Backspace');
    await page.keyboard.type('mode cont');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.run-title:has-text("Continuous")');
    await page.waitForSelector('.palette', { state: 'detached' });
    expect(faults).toEqual([]);
  });
});

inBrowser('what leads the focus somewhere does so from the palette as well', async () => {
  const { page } = await inspect(theLost);
  await page.waitForSelector('.choices button');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('fault');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator(':focus').textContent()).toBe('Drop');
});

inBrowser('on the overview the palette opens scenarios, with the pointer as well', async () => {
  const { page } = await inspect([]);
  await page.waitForSelector('.cell');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('suspended');
  await page.click(options);
  await page.waitForSelector('main[aria-busy="false"] .verdict h1');
  expect(await page.textContent('.run-title')).toContain('suspended');
});

test('every key of a run is told in its documentation', () => {
  const documented = readFileSync('docs/inspector.md', 'utf8');
  const source = readFileSync('src/inspector/page/keys.ts', 'utf8');
  const keys = [...source.matchAll(/^ {2}\[\['(.)'/gm)].map(([, key = '']) => key);
  expect(keys.length).toBeGreaterThan(15);
  const missing = keys.filter((key) => {
    const name = key === ' ' ? 'Space' : /[A-Z]/.test(key) ? `⇧${key}` : key.toUpperCase();
    return !documented.includes(`\`${name}\``);
  });
  expect(missing).toEqual([]);
});
