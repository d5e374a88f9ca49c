import { describe, expect } from 'vitest';
import { inBrowser, inspect, theLost } from './browser.ts';

describe('who comes for the first time', () => {
  inBrowser('is told what this is, and sees each mode on the server that it is meant for', async () => {
    const { page, faults, asked } = await inspect([]);
    await page.waitForSelector('.cell');
    // The server has it.
    expect(asked.filter((url) => url.endsWith('/compared.json'))).toHaveLength(1);
    expect(await page.locator('.what').textContent()).toContain('whether the phone rings');
    const heads = await page.locator('thead th small').allTextContents();
    expect(heads.filter((text) => text.startsWith('on '))).toEqual([
      'on multi, which it is meant for',
      'on reject, which it is meant for',
      'on multi, which it is meant for',
      'on overwrite, which it is meant for',
    ]);
    // The dates below a strip do not touch each other.
    const touching = await page.evaluate<string[]>(`[...document.querySelectorAll('.cell .strip')].flatMap((strip) => {
      const boxes = [...strip.querySelectorAll('.tick')].map((one) => one.getBoundingClientRect()).sort((a, b) => a.left - b.left);
      return boxes.filter((box, index) => index > 0 && box.left < boxes[index - 1].right).map((box) => strip.textContent);
    })`);
    expect(touching).toEqual([]);
    await page.locator('td:nth-of-type(3) .cell').first().click();
    await page.waitForSelector('.run-title:has-text("Continuous on multi")');
    expect(faults).toEqual([]);
  });

  inBrowser('finds every bundled scenario by its words, and is offered no key that does nothing', async () => {
    const { page } = await inspect([]);
    await page.waitForSelector('.cell');
    await page.keyboard.press('?');
    const keys = await page.locator('dialog.keys dl').first().locator('dd').allTextContents();
    expect(keys).toEqual([
      'find a scenario, of all that are bundled',
      'live: the applications that connect',
      'all actions, found by their words; ⌘ K as well',
    ]);
    expect(await page.locator('dialog.keys').textContent()).toContain('the same seed gives the same run');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.waitForSelector('dialog.palette:modal');
    await page.keyboard.type('answered another device while app rings');
    expect(await page.locator('.palette [role=option]').allTextContents()).toEqual([
      'scenario: Answered on another device while the app rings (calls)',
    ]);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.run-title:has-text("Answered on another device")');
  });

  inBrowser('is told what a property demands where it stands', async () => {
    const { page } = await inspect(theLost);
    await page.waitForSelector('.choices button');
    await page.click('.properties summary:has-text("noBlackout")');
    expect(await page.locator('.properties details[open]').textContent()).toMatch(
      /never unreachable for longer than 5 s/,
    );
  });
});
