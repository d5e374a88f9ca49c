import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { simulate } from '../../src/sim/run/simulate.ts';
import { ringproof } from '../support/commandLine.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { axeViolations, inBrowser, inspect, theLost, visit } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-site-'));
const site = join(folder, 'site');
const write = (...args: string[]) => ringproof('inspect', '--output', site, ...args);

/** Somebody's web server, which knows nothing of ours. */
let server: Server;
let address = '';

beforeAll(async () => {
  expect(write().stdout).toContain('opens from disk and from any web server');
  server = createServer(({ url }, response) => {
    const isPage = url === '/';
    response.writeHead(isPage ? 200 : 404, { 'Content-Type': 'text/html' });
    response.end(isPage ? readFileSync(join(site, 'index.html')) : 'none');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test('a site is one small file, and is not written over another one unasked', () => {
  expect(statSync(join(site, 'index.html')).size).toBeLessThan(350_000);
  const { status, stderr } = write();
  expect([status, stderr]).toEqual([2, expect.stringContaining('--force to overwrite it')]);
  expect(write('--force').status).toBe(0);
});

inBrowser('a site compares, runs and proves, from a web server and from disk, and asks for nothing else', async () => {
  for (const url of [address, `file://${site}/index.html`]) {
    const visited = await visit(url);
    const { page } = visited;
    await page.waitForSelector('.cell');
    expect(await axeViolations(visited)).toEqual([]);
    expect(await page.locator('header button:has-text("Live")').count()).toBe(0);
    await page.locator('.cell').first().click();
    await page.waitForSelector('main[aria-busy="false"] .verdict h1');
    await page.waitForSelector('.state-panel .state.active');
    await page.selectOption('.proof select', 'cleanLogout');
    await page.click('.proof button:has-text("Prove")');
    await page.waitForSelector('.proof [role=status]:has-text("cleanLogout: holds")');
    expect(visited.faults).toEqual([]);
    expect(visited.asked.filter((one) => one !== url && !/^(blob|data):/.test(one))).toEqual([]);
  }
});

const trace = simulate(
  scenarioOf(
    {
      steps: [
        { at: '1s', do: 'open' },
        { at: '9s', do: 'dial', call: 1 },
      ],
    },
    'standard',
  ),
  7,
);

inBrowser('a trace is opened with the dialogue of the browser, and one that is none says why', async () => {
  const { page, faults } = await inspect(theLost);
  await page.waitForSelector('main[aria-busy="false"] .verdict h1');
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const choose = async (path: string) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('#open-file')]);
    await chooser.setFiles(path);
  };
  await choose(file('it.json', JSON.stringify(trace)));
  await page.waitForSelector('.run-title:has-text("seed 7")');
  expect(await page.locator('.notice').count()).toBe(0);
  await choose(file('other.json', JSON.stringify({ ...trace, digest: '0'.repeat(64) })));
  await page.waitForSelector('.notice:has-text("This file was made with another version of the model")');
  await choose(file('old.json', JSON.stringify({ ...trace, version: 1 })));
  await page.waitForSelector('.notice:has-text("old.json cannot be opened: version: found 1; expected version 4")');
  await choose(file('none.json', '{'));
  await page.waitForSelector('.notice:has-text("none.json cannot be opened: found no JSON")');
  expect(faults).toEqual([]);
});

inBrowser('a report of check is dropped on the page, which opens its first counterexample', async () => {
  const { page } = await inspect([]);
  await page.waitForSelector('.cell');
  const report = JSON.stringify({ version: 1, cells: [{ scenario: 'a' }, { scenario: 'b', trace }] });
  await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([${JSON.stringify(report)}], 'report.json'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  })()`);
  await page.waitForSelector('.run-title:has-text("seed 7")');
});
