import { copyFileSync } from 'node:fs';
import { createWebSocketInspector } from '@statelyai/inspect';
import { describe, expect, test } from 'vitest';
import { assign, createActor, createMachine, sendTo, setup } from 'xstate';
import { keysOf, statePath } from '../../src/inspector/charts/statePath.ts';
import { differences } from '../../src/inspector/model/differences.ts';
import { outlineOf, statesOf } from '../../src/inspector/model/outline.ts';
import { eventsOfRecording, recordingText } from '../../src/inspector/model/recording.ts';
import { type ConnectedEvent, withoutHistory } from '../../src/inspector/protocol/connections.ts';
import { axeViolations, inBrowser, type Visited, visit } from './browser.ts';
import { Inspecting, served } from './inspecting.ts';

const line = createMachine({
  id: 'line',
  initial: 'idle',
  states: { idle: { on: { 'call.in': 'v1\\.2 talk' } }, 'v1.2 talk': { on: { bye: 'idle' } } },
});

/** A phone with a line of its own: two actors, and names with dots. */
const phone = setup({ actors: { line } }).createMachine({
  id: 'softphone',
  context: { calls: 0, 'alice@example.org': 'home' },
  type: 'parallel',
  invoke: { src: 'line', id: 'line' },
  states: {
    net: { initial: 'off', states: { off: { on: { 'net.up': 'on' } }, on: { on: { 'net.down': 'off' } } } },
    call: {
      initial: 'none',
      states: {
        none: {
          on: {
            invite: {
              target: 'some',
              actions: [assign({ calls: ({ context }) => context.calls + 1 }), sendTo('line', { type: 'call.in' })],
            },
          },
        },
        some: { on: { hangup: { target: 'none', actions: sendTo('line', { type: 'bye' }) } } },
      },
    },
  },
});

/** An inspector of its own with its page at the applications, and a way to have one more of them connect. */
async function attached(options: Parameters<typeof visit>[1] = {}) {
  const { url: address, inspectUrl: url } = served();
  const visited = await visit(address, options);
  await visited.page.click('header button:has-text("Live")');
  const connect = () => {
    const { inspect, stop } = createWebSocketInspector({ url });
    const actor = createActor(phone, { inspect: inspect as never });
    actor.start();
    return { actor, stop };
  };
  return { ...visited, visited, url, connect };
}

/** A downloaded file under a name that says what it is. */
function withName(file: string): string {
  const named = `${file}.json`;
  copyFileSync(file, named);
  return named;
}

/** The rows that are listed, in words. */
const rows = ({ page }: Visited) => page.locator('.event-rows li button').allTextContents();

const hasRow = ({ page }: Visited, text: string) => page.waitForSelector(`.event-rows li button:has-text("${text}")`);

describe('names with dots', () => {
  test('are one key of a path, as XState writes it', () => {
    for (const keys of [['a'], ['a.b', 'c'], ['a', 'b.c', 'd\\e.'], []]) expect(keysOf(statePath(keys))).toEqual(keys);
    expect(statePath(['a.b', 'c'])).toBe('a\\.b.c');
  });

  test('of states are those of the machine, of timers those of its delay', () => {
    const { machine } = outlineOf(
      JSON.stringify({
        id: 'phone',
        initial: 'v1.2',
        states: { 'v1.2': { initial: 'x.y', states: { 'x.y': { after: { 'long.wait': '#phone.b' } } } }, b: {} },
      }),
    );
    expect(statesOf(machine).map(({ path }) => path)).toEqual(['', 'v1\\.2', 'v1\\.2.x\\.y', 'b']);
    expect(statesOf(machine)[2]?.lines.map(({ text }) => text)).toEqual(['◷ long.wait']);
  });

  test('of a context are not mistaken for something within it', () => {
    const lines = differences({ 'a.b': 1, a: { b: 1 } }, { 'a.b': 2, a: { b: 1 } });
    expect(lines.map(({ change, path, value }) => `${change} ${path} ${value}`)).toEqual([
      'gone ["a.b"] 1',
      'new ["a.b"] 2',
      'same a.b 1',
    ]);
  });
});

describe('what happened', () => {
  const actor = (sessionId: string, connection: number): ConnectedEvent => ({
    type: '@xstate.actor',
    _version: '1',
    id: null,
    createdAt: '0',
    sessionId,
    connection,
    name: sessionId,
    snapshot: { value: 'off', status: 'active' },
  });
  const became = (sessionId: string, connection: number, value: string, status = 'active'): ConnectedEvent => ({
    type: '@xstate.snapshot',
    _version: '1',
    id: null,
    createdAt: '1',
    sessionId,
    connection,
    event: { type: 'press' },
    snapshot: { value, status },
  });
  const events = [
    actor('x:0', 1),
    actor('x:1', 1),
    actor('x:0@2', 2),
    became('x:0', 1, 'on'),
    became('x:1', 1, 'off', 'done'),
  ];

  test('can be forgotten: who is there stays, as it is now', () => {
    const left = withoutHistory(events, (connection) => connection === 1);
    expect(left.map(({ type, sessionId }) => [type, sessionId])).toEqual([['@xstate.actor', 'x:0']]);
    expect(left[0]).toMatchObject({ snapshot: { value: 'on' } });
  });

  test('is a file that is read again, and one that is broken says where', () => {
    expect(eventsOfRecording(JSON.parse(recordingText(events)))).toEqual(events);
    const read = (value: unknown) => () => eventsOfRecording(value);
    expect(read({ version: 2, events })).toThrow('version: found 2; expected 1');
    expect(read({ version: 1 })).toThrow('events: found no list');
    expect(read({ version: 1, events: [...events, { type: '@xstate.actor' }] })).toThrow('events[5]: found none');
    expect(read({ version: 1, events: [{ ...events[0], connection: 0 }] })).toThrow('events[0]: found none');
  });
});

inBrowser('nobody has connected: the address is shown with the two lines to paste, which work', async () => {
  const { page, visited, url, faults } = await attached();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  expect(await page.textContent('.attach pre')).toBe(
    `import { createWebSocketInspector } from '@statelyai/inspect';\nconst { inspect } = createWebSocketInspector({ url: '${url}' });`,
  );
  expect(await axeViolations(visited)).toEqual([]);
  await page.click('.attach button:has-text("Copy")');
  await page.waitForSelector('[role=alert]:has-text("is in the clipboard")');
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await page.textContent('.attach pre'));
  await page.keyboard.press('l');
  await page.waitForSelector('.cell');
  await page.keyboard.press('l');
  await page.waitForSelector('.attach pre');
  expect(faults).toEqual([]);
});

describe.each([
  ['light', 1440],
  ['dark', 320],
] as const)('events in %s, %d pixels wide', (colorScheme, width) => {
  inBrowser('are listed, filtered, drawn as a sequence, cleared, exported and opened again', async () => {
    const { page, visited, connect, faults } = await attached({ colorScheme, viewport: { width, height: 800 } });
    const { actor, stop } = connect();
    await hasRow(visited, 'line: idle');
    actor.send({ type: 'net.up' });
    await hasRow(visited, 'softphone: net › on');
    actor.send({ type: 'invite' });
    await hasRow(visited, 'softphone → line: call.in');
    await hasRow(visited, 'line: v1.2 talk');
    await hasRow(visited, 'softphone: call › some');

    await page.keyboard.press('/');
    await page.keyboard.type('call.in LINE');
    await page.waitForSelector('.event-bar [role=status]:has-text("2 of ")');
    expect((await rows(visited)).map((one) => one.slice(13))).toEqual(['softphone → line: call.in', 'line: v1.2 talk']);
    await page.fill('#live-filter', '');
    await page.keyboard.press('Escape');

    await page.keyboard.press('s');
    await page.waitForSelector('.sequence-heads b:has-text("outside")');
    expect(await page.locator('.sequence-heads button').allTextContents()).toEqual(['softphone', 'line']);
    expect(await page.locator('.art.sequence .told text').allTextContents()).toEqual(
      expect.arrayContaining(['net.up', 'invite', 'call.in']),
    );
    expect(await page.locator('.art.sequence .became text').allTextContents()).toContain('net › on');
    expect(await axeViolations(visited)).toEqual([]);
    await page.click('.sequence-heads button:has-text("line")');
    await page.waitForSelector('.art.sequence:not(:has-text("net.up"))');
    await page.click('.sequence-heads button:has-text("line")');

    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.event-bar :text("Export")')]);
    const file = await download.path();
    await page.click('.event-bar button:has-text("Clear")');
    await page.waitForSelector('.event-bar [role=status]:has-text("0 events")');
    expect(await page.locator('.actors button b').allTextContents()).toEqual(['softphone', 'line']);
    actor.send({ type: 'net.down' });
    await hasRow(visited, 'softphone: net › off');
    // Who comes later does not hear what was forgotten.
    await page.reload();
    await page.click('header button:has-text("2 live")');
    await hasRow(visited, 'softphone: net › off');
    expect(await rows(visited)).toHaveLength(2);

    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('#open-file')]);
    await chooser.setFiles(file);
    await page.waitForSelector('.panel:has-text("recorded in ")');
    await hasRow(visited, 'softphone → line: call.in');
    expect(await axeViolations(visited)).toEqual([]);
    await page.click('.event-bar button:has-text("Close")');
    await page.waitForSelector('.event-bar [role=status]:has-text("2 events")');
    stop();
    const reopened = await visit(served(withName(file)).url);
    await hasRow(reopened, 'softphone → line: call.in');
    expect([...faults, ...reopened.faults]).toEqual([]);
  });
});

inBrowser('the newest row is seen until somebody scrolls back, and again with End', async () => {
  const { page, visited, connect, faults } = await attached();
  const { actor, stop } = connect();
  await hasRow(visited, 'line: idle');
  const isAtEnd = () =>
    page.evaluate<boolean>(`(() => {
      const [box, row] = [document.querySelector('.event-rows'), document.querySelector('.event-rows [aria-pressed="true"]')];
      const [outer, inner] = [box.getBoundingClientRect(), row.getBoundingClientRect()];
      return inner.top >= outer.top && inner.bottom <= outer.bottom + 1 && box.scrollTop > 0;
    })()`);
  const sendMany = async () => {
    for (let count = 0; count < 60; count++) actor.send({ type: count % 2 === 0 ? 'net.up' : 'net.down' });
    actor.send({ type: 'invite' });
    await hasRow(visited, 'softphone: call › some');
  };
  await sendMany();
  expect(await isAtEnd()).toBe(true);
  const box = page.locator('.event-rows');
  await box.hover();
  await page.mouse.wheel(0, -900);
  await page.waitForSelector('.newest');
  const top = await box.evaluate(({ scrollTop }) => scrollTop);
  actor.send({ type: 'hangup' });
  await page.waitForSelector('.live-details h2:has-text("softphone: call › none")');
  expect(await box.evaluate(({ scrollTop }) => scrollTop)).toBe(top);
  await page.keyboard.press('End');
  await page.waitForSelector('.newest', { state: 'detached' });
  expect(await isAtEnd()).toBe(true);
  await page.keyboard.press('Home');
  await page.waitForSelector('.event-rows li:first-child [aria-pressed="true"]');
  await page.click('.newest');
  expect(await isAtEnd()).toBe(true);
  stop();
  expect(faults).toEqual([]);
});

inBrowser('a large machine is drawn at its own size, where it is active', async () => {
  // Of a chain the layout is quick: the page waits for it for a certain time only.
  const states = Array.from({ length: 40 }, (_, index) => [
    `state${index}`,
    { on: index === 39 ? {} : { next: `state${index + 1}` } },
  ]);
  const { page, url } = await attached();
  const { inspect, stop } = createWebSocketInspector({ url });
  const machine = createMachine({ id: 'large', initial: 'state0', states: Object.fromEntries(states) });
  const actor = createActor(machine, { inspect: inspect as never });
  actor.start();
  for (let count = 0; count < 20; count++) actor.send({ type: 'next' });
  const active = page.locator('.live-chart svg .state.active', { hasText: 'state20' });
  await active.waitFor();
  expect(await page.getAttribute('.live-chart .sizes button:has-text("fit")', 'aria-pressed')).toBe('false');
  const [box, chart] = [await active.boundingBox(), await page.locator('.live-chart .chart').boundingBox()];
  expect(box?.height).toBeGreaterThan(25);
  expect(box?.y).toBeGreaterThan(chart?.y ?? 0);
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan((chart?.y ?? 0) + (chart?.height ?? 0));
  stop();
});

inBrowser('each application has its own events and its own sequence', async () => {
  const { page, visited, connect } = await attached();
  const one = connect();
  await hasRow(visited, 'line: idle');
  one.actor.send({ type: 'net.up' });
  await hasRow(visited, 'softphone: net › on');
  const other = connect();
  await page.waitForSelector('.application button:has-text("Application 2")');
  await page.click('.application button:has-text("Application 1")');
  await hasRow(visited, 'softphone (1): net › on');
  expect((await rows(visited)).filter((row) => row.includes('(2)'))).toEqual([]);
  await page.click('.application button:has-text("Application 2")');
  await hasRow(visited, 'softphone (2): call › none');
  expect((await rows(visited)).filter((row) => row.includes('(1)'))).toEqual([]);
  await page.keyboard.press('s');
  expect(await page.locator('.sequence-heads button').allTextContents()).toEqual(['softphone (2)', 'line (2)']);
  one.stop();
  other.stop();
});

inBrowser('says when the server of the page has ended', async () => {
  const inspecting = new Inspecting();
  const { page } = await visit(await inspecting.url);
  await page.click('header button:has-text("Live")');
  inspecting.close();
  await page.waitForSelector('[role=status]:has-text("The server of this page has ended")');
});
