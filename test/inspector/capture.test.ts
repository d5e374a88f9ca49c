import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { gap } from '../audit/support.ts';
import { captureOf } from '../support/captures.ts';
import { ringproof } from '../support/commandLine.ts';
import { invite, reply } from '../support/dialogue.ts';
import { siteBoot } from '../support/siteBoot.ts';
import { app, lostInGap, Traffic } from '../support/traffic.ts';
import { inBrowser, inspect } from './browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringproof-inspect-capture-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, traffic: Traffic): string {
  const file = join(folder, name);
  writeFileSync(file, captureOf(traffic.sorted));
  return file;
}

/** Where something is in the window. */
interface Box {
  readonly left: number;
  readonly right: number;
}

const lost = written('lost.pcapng', lostInGap());

const refused = (...args: string[]) => ringproof('inspect', ...args);

describe('a capture in the inspector', () => {
  inBrowser('opens at its lost call, with what the caller got and the text of every message', async () => {
    const { page, faults } = await inspect([lost, '--push-server', '203.0.113.9']);
    await page.waitForSelector('.capture h1.bad');
    expect(await page.textContent('.capture h1')).toBe('1 of 2 calls was lost.');
    expect(await page.textContent('.calls button[aria-pressed="true"]')).toMatch(
      /^lost alice@example\.org480 Temporarily Unavailable; nobody was registered: the push server had begun/,
    );
    expect(await page.textContent('.capture pre')).toMatch(/^SIP\/2\.0 480 Temporarily Unavailable\nVia: /);
    expect(await page.locator('.capture-heads b').allTextContents()).toEqual([
      'Caller',
      'SIP server',
      'Push server',
      'App',
    ]);
    const messages = page.getByRole('list', { name: 'Messages' }).getByRole('button');
    expect(await messages.allTextContents()).toContainEqual(
      expect.stringMatching(/^10\.125 s\. caller to sipServer: INVITE, registered: nobody$/),
    );
    await messages.first().click();
    expect(await page.textContent('.capture pre')).toMatch(/^REGISTER sip:example\.org SIP\/2\.0\n/);
    await page.keyboard.press('ArrowDown');
    expect(await page.textContent('.capture pre')).toMatch(/^SIP\/2\.0 200 OK\n/);
    expect(faults).toEqual([]);
  });

  inBrowser('shows a call that was not lost, if it is asked for', async () => {
    const { page } = await inspect([lost, '--call-id', 'call-2']);
    await page.waitForSelector('.calls button');
    expect(await page.textContent('.calls button')).toMatch(/^answered alice@example\.org/);
    const labels = await page.locator('.capture .label').allTextContents();
    expect(labels).toEqual(expect.arrayContaining(['INVITE', '180 Ringing', '200 OK']));
  });

  inBrowser('has the names of its lanes beside each other on a small phone, and scrolls to the last one', async () => {
    const { page } = await inspect([lost], { viewport: { width: 320, height: 568 } });
    await page.waitForSelector('.capture-heads b');
    const boxes = await page
      .locator('.capture-heads b')
      .evaluateAll((heads) =>
        heads.map((one) => (one as unknown as { getBoundingClientRect(): Box }).getBoundingClientRect()),
      );
    expect(boxes).toHaveLength(4);
    for (const [index, { left }] of boxes.entries()) expect(left).toBeGreaterThanOrEqual(boxes[index - 1]?.right ?? 0);
    await page.locator('.capture-heads b').last().scrollIntoViewIfNeeded();
    const last = await page.locator('.capture-heads b').last().boundingBox();
    expect((last?.x ?? 320) + (last?.width ?? 0)).toBeLessThanOrEqual(320);
  });

  inBrowser('leaves credentials out', async () => {
    const secret = ['Authorization: Digest username="alice",', ' response="0123456789abcdef"', 'X-Last: 1'];
    const traffic = new Traffic().register(0, app, { headers: secret }).unregister(5_000, app).call(6_000);
    const { page } = await inspect([written('secret.pcapng', traffic)]);
    await page.getByRole('list', { name: 'Messages' }).getByRole('button').first().click();
    const text = await page.textContent('.capture pre');
    expect(text).toContain('Authorization: Digest (left out)\nX-Last: 1\n');
    expect(await page.content()).not.toContain('0123456789abcdef');
  });

  test('takes several files, numbers and a time as the audit does', () => {
    const lines = lostInGap().sorted;
    const parts = [lines.slice(0, 4), lines.slice(4)].map((packets, index) => {
      const file = join(folder, `part${index}.pcapng`);
      writeFileSync(file, captureOf(packets));
      return file;
    });
    const site = join(folder, 'site');
    const shown = (...args: string[]) => {
      expect(refused(...args, '--output', site, '--force')).toMatchObject({ status: 0, stderr: '' });
      return siteBoot(site).capture;
    };
    expect(shown(...parts.toReversed())).toMatchObject({
      files: parts.toReversed(),
      headline: '1 of 2 calls was lost.',
    });

    const number = { uri: 'sip:+4930123456@198.51.100.2', to: 'sip:+4930123456@198.51.100.2' };
    const traffic = reply(invite(gap(), 10_100, number), 10_120, '480 Temporarily Unavailable', number);
    const file = written('number.pcapng', traffic);
    expect(refused(file)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/Nothing was seen to be lost, but/),
    });
    expect(shown(file, '--number', '+4930123456=alice')?.headline).toBe('1 of 1 call was lost.');
    expect(refused(lost, '--until', '5').stderr).toMatch(/expected a capture with a lost call/);
  });

  test('is refused where nothing was lost, or what is asked for is not there', () => {
    const fine = written('fine.pcapng', new Traffic().register(0, app, { listed: [app] }).call(5_000, { to: [app] }));
    expect(refused(fine)).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/found None of 1 call was lost; expected a capture with a lost call, or --call-id/),
    });
    expect(refused(lost, '--call-id', 'call-7').stderr).toMatch(/--call-id: found call-7; .* did you mean call-\d\?/);
    expect(refused(lost, '--aor', 'alicia@example.org').stderr).toMatch(/did you mean alice@example\.org\?/);
    expect(refused(lost, '--mode', '1').stderr).toMatch(/--mode: found an option for a new run/);
    for (const [option, value] of [
      ['--call-id', 'x'],
      ['--number', '+49=alice'],
      ['--key-log', 'keys.txt'],
    ] as const)
      expect(refused('home-open-home', option, value).stderr).toMatch(`${option}: found an option for a capture`);
    expect(refused(lost, 'home-open-home').stderr).toMatch(/home-open-home: found no such file/);
    expect(refused(lost, 'package.json').stderr).toMatch(
      /package\.json: found no capture, beside one; expected a pcap/,
    );
    expect(refused(lost, '-').stderr).toMatch(/-: found standard input; expected a file/);
    expect(refused('home-open-home', 'offline').stderr).toMatch(/offline: found a second file; expected one scenario/);
  });
});
