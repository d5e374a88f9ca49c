import { describe, expect, test } from 'vitest';
import { lineDifferences } from '../../src/inspector/model/differences.ts';
import { rawSip } from '../../src/inspector/wire/rawSip.ts';
import { sessionDescription } from '../../src/live/sessionDescription.ts';
import { everyMode, modeNames } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { callIdOf, cseqOf } from '../../src/sip/message/headers.ts';
import type { SipMessage } from '../../src/sip/message/message.ts';
import { parseMessage } from '../../src/sip/message/parse.ts';
import { callScenarios, fieldScenarios } from '../support/fieldScenarios.ts';
import { inBrowser, inspect, theLost } from './browser.ts';

/** Every message of every further scenario in every mode, with its SIP. */
const every = [...callScenarios, ...fieldScenarios].flatMap((document) =>
  modeNames.flatMap((mode) => {
    const scenario = resolveScenario({ server: 'multi', ...document }, everyServerProfile);
    const trace = simulate({ ...scenario, mode: everyMode[mode] }, 1);
    return trace.records.flatMap(({ sent }) =>
      sent.slice(0, 200).map(({ serial, event, link }) => ({ link, event, lines: rawSip(trace, serial) })),
    );
  }),
);

describe('a message of a run as raw SIP', () => {
  test('is one that our own parser reads, with the method and the status of the run', () => {
    const shown = every.filter(({ lines }) => lines !== null);
    expect(shown.length).toBeGreaterThan(2_000);
    for (const { event, lines } of shown) {
      const bytes = new TextEncoder().encode(`${(lines ?? []).join('\r\n')}\r\n`);
      const message = parseMessage(bytes) as SipMessage;
      const [name, status] = event.type.replace('reINVITE.ACK', 'ACK').replace('reINVITE', 'INVITE').split('.');
      expect(cseqOf(message)?.method).toBe(name);
      expect(callIdOf(message)).toMatch(/./);
      if (/^\d+$/.test(status ?? '')) expect(message).toMatchObject({ status: Number(status) });
    }
  });

  test('offers what the live driver offers', () => {
    const invite = every.find(({ event, lines }) => event.type === 'INVITE' && lines !== null);
    const own = (invite?.lines ?? []).slice((invite?.lines ?? []).indexOf(''));
    const host = /IP4 (.*)/.exec(own.find((line) => line.startsWith('c=')) ?? '')?.[1] ?? '';
    expect(`${own.slice(1).join('\r\n')}\r\n`).toBe(new TextDecoder().decode(sessionDescription(host)));
  });

  test('is there for all that crosses a SIP link but what is no REGISTER and of no call', () => {
    const without = every.filter(({ link, lines }) => link.endsWith('Sip') && lines === null);
    for (const { event } of without) expect(event.type).toMatch(/^(keepAlive|OPTIONS|outgoing|connection|transport)/);
    expect(every.filter(({ link, lines }) => !link.endsWith('Sip') && lines !== null)).toEqual([]);
  });
});

test('two texts are told apart line by line', () => {
  expect(lineDifferences(['a', 'b', 'c'], ['a', 'x', 'c', 'd'])).toEqual([
    { change: 'same', text: 'a' },
    { change: 'gone', text: 'b' },
    { change: 'new', text: 'x' },
    { change: 'same', text: 'c' },
    { change: 'new', text: 'd' },
  ]);
});

inBrowser('a message is read as raw SIP and copied, and two of them are compared', async () => {
  const { page, faults } = await inspect(theLost);
  await page.waitForSelector('.choices button');
  await page.click('.ladder button:has-text("Step 22,")');
  await page.click('.raw summary');
  expect(await page.locator('.raw pre').textContent()).toMatch(
    /^REGISTER sip:example.com SIP\/2.0\nVia: .*CSeq: 1 REGISTER/s,
  );
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.click('.raw button:has-text("Copy")');
  await page.waitForSelector('.notice:has-text("is in the clipboard")');
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toContain('Call-ID: pushServer-a@203.0.113.20');
  await page.keyboard.press('d');
  await page.click('.ladder button:has-text("Step 25,")');
  await page.waitForSelector('.raw-diff .new:has-text("Authorization: Digest")');
  await page.waitForSelector('.raw-diff .gone:has-text("CSeq: 1 REGISTER")');
  expect(faults).toEqual([]);
});
