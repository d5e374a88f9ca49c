import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { simulate } from '../../src/sim/run/simulate.ts';
import { captureOf } from '../support/captures.ts';
import { ringproof } from '../support/commandLine.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { app, lostInGap, Traffic } from '../support/traffic.ts';
import { axeViolations, inBrowser, inspect, type Visited, visit } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-opening-'));
const site = join(folder, 'site');

const written = (name: string, content: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

const lost = written('lost.pcapng', captureOf(lostInGap().sorted));
const scenario = written(
  'mine.yaml',
  'name: mine\ntitle: A call of my own\nmode: standard\nsteps:\n  - { at: 1s, do: open }\n  - { at: 9s, do: dial, call: 1 }\n',
);

/** Somebody's web server, which knows nothing of ours. */
let server: Server;
let address = '';

beforeAll(async () => {
  const { status } = ringproof('inspect', '--output', site);
  expect(status).toBe(0);
  server = createServer(({ url }, response) => {
    const name = basename(url === '/' ? 'index.html' : (url ?? ''));
    const isThere = readdirSync(site).includes(name);
    response.writeHead(isThere ? 200 : 404, { 'Content-Type': name.endsWith('.js') ? 'text/javascript' : 'text/html' });
    response.end(isThere ? readFileSync(join(site, name)) : 'none');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function choose({ page }: Visited, file: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('#open-file')]);
  await chooser.setFiles(file);
}

const drop = ({ page }: Visited, file: string): Promise<unknown> =>
  page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob('${readFileSync(file).toString('base64')}'), (one) => one.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], '${basename(file)}'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  })()`);

/** All words of the calls, the ladder and the message that are shown. */
const shownCapture = async ({ page }: Visited): Promise<string> => {
  await page.waitForSelector('.capture pre');
  return page.evaluate("document.querySelector('.capture').textContent");
};

describe.each(['from a web server', 'from disk', 'of the command'] as const)('a page %s', (where) => {
  const opened = (): Promise<Visited> =>
    where === 'of the command' ? inspect([]) : visit(where === 'from disk' ? `file://${site}/index.html` : address);

  inBrowser('shows the lost calls of a capture as the command line does, by drop and by dialogue', async () => {
    const expected = (await shownCapture(await inspect([lost]))).replace(lost, 'lost.pcapng');
    const visited = await opened();
    await visited.page.waitForSelector('.cell');
    await drop(visited, lost);
    expect(await shownCapture(visited)).toBe(expected);
    expect(await axeViolations(visited)).toEqual([]);
    await visited.page.click('.logo');
    await visited.page.waitForSelector('.cell');
    await choose(visited, written('lost.pcapng.gz', gzipSync(readFileSync(lost))));
    expect(await shownCapture(visited)).toBe(expected.replace('lost.pcapng', 'lost.pcapng.gz'));
    expect(visited.faults).toEqual([]);
  });

  inBrowser('runs a scenario, by drop and by dialogue, and exports it again', async () => {
    const visited = await opened();
    const { page } = visited;
    await page.waitForSelector('.cell');
    await drop(visited, scenario);
    await page.waitForSelector('main[aria-busy="false"] .verdict h1');
    expect(await page.textContent('.scenario b')).toBe('A call of my own');
    await page.click('.logo');
    await page.waitForSelector('tbody th:has-text("A call of my own")');
    await choose(visited, scenario);
    await page.waitForSelector('main[aria-busy="false"] .verdict h1');
    await page.click('.menu summary');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('.menu button:has-text("Scenario")'),
    ]);
    expect(readFileSync(await download.path(), 'utf8')).toContain('title: "A call of my own"');
    // A trace of the same name may have come from another one.
    const { trace } = JSON.parse(
      JSON.stringify({
        trace: simulate(scenarioOf({ name: 'mine', steps: [{ at: '1s', do: 'open' }] }, 'standard'), 1),
      }),
    );
    await choose(visited, written('mine.json', JSON.stringify(trace)));
    await page.waitForSelector('main[aria-busy="false"] .run-title');
    await page.click('.menu summary');
    await page.waitForSelector('.menu button:has-text("Trace")');
    expect(await page.locator('.menu button:has-text("Scenario")').count()).toBe(0);
    expect(visited.faults).toEqual([]);
  });
});

inBrowser('a file that cannot be shown is answered in words, and the page stays', async () => {
  const visited = await inspect([]);
  const { page } = visited;
  await page.waitForSelector('.cell');
  const huge = (name: string, start: string | Uint8Array): string => {
    const file = written(name, start);
    truncateSync(file, 300 * 2 ** 20);
    return file;
  };
  const trace = simulate(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, 'standard'), 1);
  const fine = captureOf(new Traffic().register(0, app, { listed: [app] }).call(5_000, { to: [app] }).sorted);
  const manyMistakes = Array.from({ length: 9 }, (_, index) => `wrong${index}: 1\n`).join('');
  for (const [file, words] of [
    [
      written('picture.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13)),
      /^picture\.png .*the bytes 89504e47; expected a pcap/,
    ],
    [
      written('old.zip', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0)),
      /found a zip file; expected .* \(unzip it first\)/,
    ],
    [written('empty.pcap', ''), /^empty\.pcap cannot be opened: found an empty file/],
    [written('empty.yaml', ''), /^empty\.yaml: found an empty file; expected a scenario in YAML/],
    [huge('zeros.bin', ''), /^zeros\.bin cannot be opened: found a file that begins with the bytes 00000000/],
    [
      huge('large.json', '{"a": 1}'.padEnd(600)),
      /^large\.json cannot be opened: found 300 MiB; expected a trace of at most 200 MiB/,
    ],
    [
      huge('large.yaml', 'name: large\n'.padEnd(600)),
      /^large\.yaml cannot be opened: found 300 MiB; expected a scenario of at most 4 MiB/,
    ],
    [
      written('bad.yaml', 'name: bad\ntitle: Bad\nstepz:\n  - { at: 1s, do: open }\n'),
      /bad\.yaml:3: found the unknown key stepz; expected one of .*; did you mean steps\?/,
    ],
    [written('broken.yaml', 'name: [a\n'), /^broken\.yaml:\d: found invalid YAML/],
    [
      written('mistakes.yaml', `name: m\ntitle: M\nsteps: [{ at: 1s, do: open }]\n${manyMistakes}`),
      /wrong5; .*\nand 3 more$/s,
    ],
    [
      written('later.json', JSON.stringify({ ...trace, version: 99 })),
      /^later\.json .*version: found 99; expected version/,
    ],
    [written('fine.pcapng', fine), /^fine\.pcapng: None of 1 call was lost\. Only lost calls are shown here/],
  ] as const) {
    await choose(visited, file);
    await page.waitForSelector(`[role=alert]:text-matches("^${basename(file)}")`);
    expect(await page.textContent('[role=alert]')).toMatch(words);
    expect(await page.locator('.cell').count()).toBeGreaterThan(0);
  }
  expect(visited.faults).toEqual([]);
});

inBrowser('a page that was saved alone says what it needs to read scenarios', async () => {
  const alone = written('alone.html', readFileSync(join(site, 'index.html')));
  const visited = await visit(`file://${alone}`);
  await visited.page.waitForSelector('.cell');
  await choose(visited, scenario);
  await visited.page.waitForSelector('[role=alert]:has-text("scenarioReader.packed.js is not there")');
});
