import { describe, expect } from 'vitest';
import { inBrowser, inspect, theLost, type Visited, visit } from './browser.ts';
import { served } from './inspecting.ts';

const isKnown = ({ page }: Visited) => page.waitForSelector('main[aria-busy="false"] .verdict h1');

/** The link that the page puts into the clipboard. */
async function copied({ page }: Visited, what: string): Promise<string> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.click('.menu summary');
  await page.click(`.menu button:has-text("${what}")`);
  await page.waitForSelector('.notice:has-text("is in the clipboard")');
  return page.evaluate<string>('navigator.clipboard.readText()');
}

describe('a link', () => {
  inBrowser('is a fragment without the address of the server, which a second server opens', async () => {
    const first = await inspect(theLost);
    await isKnown(first);
    await first.page.click('.ladder button:has-text("Step 19,")');
    const link = await copied(first, 'Link');
    expect(link).toMatch(/^#step=19&run=[\w-]+$/);
    const opened = await visit(served(link).url);
    await isKnown(opened);
    expect(await opened.page.locator('h1').textContent()).toBe('Call 1 was lost.');
    expect(await opened.page.locator('[aria-current="step"]').textContent()).toMatch(/^Step 19,/);
    expect(opened.faults).toEqual([]);
  });

  inBrowser('is pasted into a page that shows something else', async () => {
    const visited = await inspect(theLost);
    await isKnown(visited);
    const command = await copied(visited, 'Command');
    expect(command).toMatch(/^ringproof inspect '#step=\d+&run=[\w-]+'$/);
    const other = await inspect([]);
    await other.page.waitForSelector('.cell');
    await other.page.evaluate(`(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', ${JSON.stringify(command)});
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    })()`);
    await isKnown(other);
    expect(await other.page.locator('h1').textContent()).toBe('Call 1 was lost.');
  });

  inBrowser('of which one sign was changed is damaged, wherever that is', async () => {
    const visited = await inspect(theLost);
    await isKnown(visited);
    const link = await copied(visited, 'Link');
    const from = link.indexOf('run=') + 'run='.length;
    const base = visited.page.url().replace(/#.*/s, '');
    for (const share of [0, 0.3, 0.5, 0.7, 0.9]) {
      const at = from + Math.floor(share * (link.length - from));
      const damaged = link.slice(0, at) + (link[at] === 'A' ? 'B' : 'A') + link.slice(at + 1);
      const { page, faults } = await visit(base + damaged);
      await page.waitForSelector('.notice:has-text("This link is damaged.")');
      expect(faults).toEqual([]);
    }
  });

  inBrowser('of another shape says what is wrong, and the page stays', async () => {
    const { page } = await inspect(theLost);
    const base = page.url().replace(/#.*/s, '');
    const packed = (value: unknown): Promise<string> =>
      page.evaluate(`(async () => {
        const small = new Blob([${JSON.stringify(JSON.stringify(value))}]).stream().pipeThrough(new CompressionStream('deflate-raw'));
        const bytes = new Uint8Array(await new Response(small).arrayBuffer());
        return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
      })()`);
    const lacking = { experiment: { scenario: { name: 'a', steps: [] }, seed: 1, plan: null }, digest: '' };
    for (const [fragment, message] of [
      [`step=x&run=${await packed(lacking)}`, 'none of this release: experiment.scenario.title'],
      [`run=${await packed(null)}`, 'none of this release'],
      ['something', 'neither run= nor server='],
    ] as const) {
      const { page: opened, faults } = await visit(`${base}#${fragment}`);
      await opened.waitForSelector(`.notice:has-text("${message}")`);
      await opened.waitForSelector('main[aria-busy="false"] .verdict h1');
      expect(faults).toEqual([]);
    }
  });

  inBrowser('what was changed can be undone after the page was loaded again', async () => {
    const visited = await inspect(theLost);
    await isKnown(visited);
    const { page } = visited;
    await page.waitForURL(/run=/);
    const before = page.url();
    await page.keyboard.press('m');
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change")');
    await page.waitForURL((url) => url.href !== before);
    await page.reload();
    await page.waitForSelector('main[aria-busy="false"] .changed:has-text("one change")');
    await page.keyboard.press('u');
    await page.waitForSelector('h1:has-text("Call 1 was lost.")');
    await page.waitForSelector('[aria-current="step"]:has-text("Step 21,")');
  });
});
