import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWebSocketInspector, type StatelyInspectionEvent } from '@statelyai/inspect';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { inspectionEvents } from '../../src/inspector/protocol/inspectionEvents.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { parseScenario } from '../../src/sim/scenarioFile/parse.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { inBrowser, inspect, theLost, visit } from './browser.ts';
import { Inspecting, served } from './inspecting.ts';

/** A viewer made of the receiver of `@statelyai/inspect`, as the hosted one is. */
const viewerScript = `
  import { createBrowserReceiver } from '@statelyai/inspect';
  window.received = [];
  createBrowserReceiver().subscribe((event) => window.received.push(event));
`;

async function bundled(code: string): Promise<string> {
  const entry = 'virtual:viewer';
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, rollupOptions: { input: entry } },
    plugins: [
      {
        name: 'viewer',
        resolveId: (id) => (id === entry ? `${process.cwd()}/viewer.js` : null),
        load: (id) => (id.endsWith('/viewer.js') ? code : null),
      },
    ],
  });
  const [{ output }] = (Array.isArray(result) ? result : [result]) as [{ output: { code: string }[] }];
  return output.map((one) => one.code).join('');
}

let viewer: Server;
let address = '';

beforeAll(async () => {
  const script = await bundled(viewerScript);
  viewer = createServer(({ url }, response) => {
    const isScript = url === '/viewer.js';
    response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' });
    response.end(
      isScript ? script : '<!doctype html><title>Viewer</title><script type="module" src="/viewer.js"></script>',
    );
  });
  await new Promise<void>((resolve) => viewer.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(viewer.address() as AddressInfo).port}/inspect`;
});

afterAll(() => new Promise((resolve) => viewer.close(resolve)));

const theRun = () =>
  simulate(
    resolveScenario(
      parseScenario(readFileSync('examples/call-while-going-to-background.yaml', 'utf8'), 'it', everyServerProfile),
      everyServerProfile,
      { mode: 'singleDeviceEmulation', server: everyServerProfile.reject },
    ),
    3,
  );

const received = 'window.received';

describe('a hosted viewer', () => {
  inBrowser('gets the whole run in its own receiver, once the reader has said so and not before', async () => {
    const { page, faults, asked } = await inspect([...theLost, '--hosted-viewer', address]);
    await page.waitForSelector('main[aria-busy="false"] .verdict h1');
    await page.click('.menu summary');
    await page.click('.menu button:has-text("Hosted viewer")');
    const dialog = page.locator('.bridge');
    expect(await dialog.textContent()).toContain(`This leaves your machine for ${new URL(address).host}`);
    expect(await dialog.textContent()).toContain('Nothing has been sent');
    const [window] = await Promise.all([page.context().waitForEvent('page'), page.click('text=Open it and send')]);
    await page.waitForSelector('.bridge [role=status]:has-text("events have been sent")');
    const expected = JSON.parse(JSON.stringify(inspectionEvents(theRun())));
    await window.waitForFunction(`window.received.length >= ${expected.length}`);
    expect(await window.evaluate<StatelyInspectionEvent[]>(received)).toEqual(expected);
    // A viewer that is loaded again gets everything again.
    await window.reload();
    await window.waitForFunction(`window.received.length >= ${expected.length}`);
    await page.click('text=Send no more');
    await window.reload();
    await page.waitForTimeout(200);
    expect(await window.evaluate<unknown[]>(received)).toEqual([]);
    expect(faults).toEqual([]);
    expect(asked.every((url) => !url.startsWith(address))).toBe(true);
  });

  inBrowser('gets what applications send, also later', async () => {
    const { url, inspectUrl } = served('--hosted-viewer', address);
    const { page } = await visit(url);
    const { inspect: next, stop } = createWebSocketInspector({ url: inspectUrl });
    const lamp = createMachine({ id: 'lamp', initial: 'off', states: { off: { on: { press: 'on' } }, on: {} } });
    const actor = createActor(lamp, { inspect: next as never });
    actor.start();
    await page.click('button:has-text("1 live")');
    await page.click('text=Hosted viewer');
    const [window] = await Promise.all([page.context().waitForEvent('page'), page.click('text=Open it and send')]);
    await page.waitForSelector('.bridge [role=status]:has-text("have been sent")');
    actor.send({ type: 'press' });
    await window.waitForFunction(`window.received.some(({ snapshot }) => snapshot?.value === 'on')`);
    const [first] = await window.evaluate<StatelyInspectionEvent[]>(received);
    expect(first).toMatchObject({ type: '@xstate.actor', name: 'lamp' });
    stop();
  });

  inBrowser('that was not asked for is not there: no way to it, and no word of it', async () => {
    const { page } = await inspect(theLost);
    await page.waitForSelector('main[aria-busy="false"] .verdict h1');
    await page.click('.menu summary');
    expect(await page.locator('.menu button').allTextContents()).not.toContainEqual(
      expect.stringContaining('Hosted viewer'),
    );
    expect(await page.content()).not.toContain('stately.ai');
  });

  test('is said on the command line, and must be reached in a safe way', async () => {
    const inspecting = new Inspecting('--hosted-viewer');
    expect(await inspecting.said).toContain('leaves this machine for https://stately.ai/inspect');
    inspecting.close();
    const unsafe = new Inspecting('--hosted-viewer', 'http://example.com/');
    await expect(unsafe.said).rejects.toThrow(/expected an address that begins with https:\/\//);
  });
});
