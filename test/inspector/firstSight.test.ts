import { expect, test } from 'vitest';
import { seededExperiment } from '../../src/inspector/model/experiment.ts';
import { verdictHtml } from '../../src/inspector/model/firstSight.ts';
import { answers } from '../../src/inspector/model/requests.ts';
import { example, scenarioOf } from '../support/scenarios.ts';
import { inBrowser, inspect, theLost, visit } from './browser.ts';

const boxOf = `(() => {
  const { x, y, width, height } = document.querySelector('.verdict h1').getBoundingClientRect();
  return [x, y, width, height].map(Math.round).join();
})()`;
const wordsOf = `[...document.querySelectorAll('.verdict > *')].map((one) => one.tagName + one.className + one.textContent).join()`;

const drawn = 'main[aria-busy="false"] .verdict h1';

/** The address of a page, whose own script comes only once it is let. */
async function heldBack(url: string) {
  const visited = await visit('about:blank');
  let release = () => {};
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  await visited.page.route('**/page.js', async (route) => {
    await isReleased;
    await route.continue();
  });
  await visited.page.goto(url, { waitUntil: 'commit' });
  return { ...visited, release };
}

inBrowser('the verdict is there before any script of the page, and stays where it is', async () => {
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 1000, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const { page: ready } = await inspect(theLost, { viewport });
    const { page, faults, release } = await heldBack(ready.url().replace(/#.*/s, ''));
    await page.setViewportSize(viewport);
    await page.waitForSelector('main[aria-busy="true"] .verdict h1:has-text("Call 1 was lost.")');
    expect(await page.locator('.starting').isVisible()).toBe(false);
    const [words, box] = [await page.evaluate(wordsOf), await page.evaluate(boxOf)];
    // Who has read it may go on at once.
    await page.keyboard.press('End');
    release();
    await page.waitForSelector(drawn);
    expect(await page.evaluate(wordsOf)).toBe(words);
    expect(await page.evaluate(boxOf)).toBe(box);
    await page.waitForSelector('.ladder li:last-child [aria-current="step"]');
    expect(faults).toEqual([]);
  }
});

inBrowser('what is pressed before the page has its script does as much as if it were pressed later', async () => {
  const { page: ready } = await inspect(theLost);
  const url = ready.url().replace(/#.*/s, '');
  const early = async (...keys: string[]) => {
    const { page, faults, release } = await heldBack(url);
    await page.waitForSelector('main[aria-busy="true"] .verdict h1');
    for (const key of keys) await page.keyboard.press(key);
    release();
    await page.waitForSelector(drawn);
    // Its listener comes last: what it does not take any more shows that it is there.
    await page.waitForSelector('#choices[aria-busy="false"]', { state: 'attached' });
    return { page, faults };
  };
  // The field has the focus, and what was to be typed in it is no command.
  const typed = await early('/', 'c', 'o');
  expect(await typed.page.locator('main.run .verdict h1').isVisible()).toBe(true);
  expect(await typed.page.evaluate('document.activeElement.tagName')).toBe('INPUT');
  const closed = await early('?', 'c', 'Escape', 'End');
  await closed.page.waitForSelector('.ladder li:last-child [aria-current="step"]');
  expect(await closed.page.locator('dialog[open]').count()).toBe(0);
  for (const opened of [['/'], ['/', 'x'], ['Control+k']]) {
    const left = await early(...opened, 'Escape', 'End');
    await left.page.waitForSelector('.ladder li:last-child [aria-current="step"]');
    expect(await left.page.evaluate('document.activeElement.tagName')).not.toBe('INPUT');
    expect(await left.page.locator('dialog[open]').count()).toBe(0);
    expect(left.faults).toEqual([]);
  }
  const sought = await early('Control+k');
  expect(await sought.page.evaluate('document.activeElement.closest("dialog[open]") !== null')).toBe(true);
  const reached = await early('Tab');
  expect(await reached.page.evaluate('document.activeElement.className')).toBe('verdict');
  expect([typed, closed, sought, reached].flatMap(({ faults }) => faults)).toEqual([]);
});

inBrowser(
  'the verdict is painted before anything else is asked for, and where nothing is painted all comes nevertheless',
  async () => {
    const { page: ready } = await inspect(theLost);
    const url = ready.url().replace(/#.*/s, '');
    const { page } = await visit(url);
    await page.waitForSelector(drawn);
    const asked = await page.evaluate<number[]>(
      `performance.getEntriesByType('resource').map(({ startTime }) => startTime)`,
    );
    const painted = await page.evaluate<number>(`performance.getEntriesByType('paint')[0].startTime`);
    expect(asked.length).toBeGreaterThan(2);
    for (const atMs of asked) expect(atMs).toBeGreaterThanOrEqual(Math.min(painted, 300));

    const { page: unpainted } = await visit('about:blank');
    await unpainted.addInitScript('PerformanceObserver = class { observe() {} }');
    await unpainted.goto(url);
    await unpainted.waitForSelector(drawn);
  },
);

inBrowser('a server that has ended before the page is there is said to have ended', async () => {
  const { page: ready } = await inspect(theLost);
  for (const [file, body] of [['page.js'], ['boot.json'], ['boot.json', '{"a":']] as const) {
    const { page } = await visit('about:blank');
    await page.route(`**/${file}`, (route) => (body === undefined ? route.abort() : route.fulfill({ body })));
    await page.goto(ready.url().replace(/#.*/s, ''));
    await page.waitForSelector('.starting:has-text("run ringproof inspect again")');
    expect(await page.locator('.verdict').isVisible()).toBe(false);
  }
});

inBrowser('whoever follows a link sees nothing of the run that the server has', async () => {
  const { page: ready } = await inspect(theLost);
  await ready.waitForSelector(drawn);
  // The address is written a little after the run: that of the run before is none of the next one.
  await ready.waitForURL(/run=/);
  const before = ready.url();
  await ready.keyboard.press('m');
  await ready.waitForSelector('.verdict h1.good');
  await ready.waitForURL(({ href }) => href !== before);
  const { page, release } = await heldBack(ready.url());
  await page.waitForSelector('.starting');
  expect(await page.locator('.verdict').isVisible()).toBe(false);
  release();
  await page.waitForSelector('.verdict h1.good');
});

test('all of a verdict is said, and none of it is taken for HTML', () => {
  const { trace, said } = answers.run(seededExperiment(scenarioOf(example('log-out-racing-a-refresh')), 1));
  const titled = { ...trace, scenario: { ...trace.scenario, title: '<b>"&"' } };
  const html = verdictHtml({ trace: titled, said: [...said, 'a <script> of & own'] });
  expect(html).toContain('&lt;b&gt;&quot;&amp;&quot;');
  expect(html).toContain('<p>a &lt;script&gt; of &amp; own</p>');
  expect(html).not.toContain('<script');
});
