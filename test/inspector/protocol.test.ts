import type { StatelyInspectionEvent } from '@statelyai/inspect';
import { createBrowserReceiver, createWebSocketInspector, createWebSocketReceiver } from '@statelyai/inspect';
import { afterAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createActor, createMachine } from 'xstate';
import { type InspectionEvent, parseInspectionEvent } from '../../src/inspector/protocol/inspectionEvent.ts';
import { inspectionEvents } from '../../src/inspector/protocol/inspectionEvents.ts';
import { partyNames } from '../../src/machines/messages.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { inBrowser, visit } from './browser.ts';
import { Inspecting } from './inspecting.ts';

const trace = simulate(
  scenarioOf(
    {
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'home' },
        { at: '50s', do: 'dial', call: 1 },
      ],
    },
    'standard',
  ),
  1,
);
const events = inspectionEvents(trace);

const inspecting = new Inspecting('call-while-suspended');
afterAll(() => inspecting.close());

const until = (isSo: () => boolean): Promise<void> => expect.poll(isSo).toBe(true);

const lamp = createMachine({
  id: 'lamp',
  initial: 'off',
  states: { off: { on: { press: 'on' } }, on: { on: { press: 'off' } } },
});

test('an event that lacks what one of its kind has is none', () => {
  const common = { sessionId: 'x:0', createdAt: '1', _version: '0.7.2', id: null };
  const [event, snapshot] = [{ type: 'press' }, { value: 'on' }];
  const whole = [
    { ...common, type: '@xstate.actor', name: 'lamp', snapshot },
    { ...common, type: '@xstate.event', event },
    { ...common, type: '@xstate.snapshot', event, snapshot },
  ];
  for (const one of whole) {
    expect(parseInspectionEvent(JSON.stringify(one))).toEqual(one);
    for (const lacking of ['event', 'snapshot', 'name', 'sessionId'].filter((key) => key in one)) {
      expect(parseInspectionEvent(JSON.stringify({ ...one, [lacking]: undefined }))).toBeNull();
    }
  }
  expect(parseInspectionEvent('{"type":"constructor","sessionId":"x:0"}')).toBeNull();
});

test('what applications send is kept up to so many bytes, and who sends more is told', async () => {
  const relaying = new Inspecting('--port', '0');
  const socket = new WebSocket(await relaying.inspectUrl);
  await new Promise((resolve) => socket.once('open', resolve));
  const closed = new Promise<string>((resolve) => socket.once('close', (_code, why) => resolve(String(why))));
  const large = JSON.stringify({ sessionId: 'x:0', type: '@xstate.event', event: { type: 'a'.repeat(4 * 2 ** 20) } });
  for (let count = 0; count < 17; count++) socket.send(large);
  expect(await closed).toContain('more than 64 MiB of events');
  relaying.close();
});

describe('a run as a stream of inspection events', () => {
  test('has every actor with its definition first, then everything that reached one, in virtual time', () => {
    const actors = events.slice(0, partyNames.length);
    expect(actors.map(({ type, sessionId }) => [type, sessionId])).toEqual(
      partyNames.map((party) => ['@xstate.actor', party]),
    );
    for (const actor of actors) {
      expect(actor.type === '@xstate.actor' && JSON.parse(actor.definition ?? '')).toHaveProperty('states');
    }
    const reached = trace.records.filter(({ kind, snapshot }) => kind !== 'start' && snapshot !== null);
    const told = events.filter(({ type }) => type === '@xstate.event');
    expect(told).toHaveLength(reached.length);
    expect(told.map(({ createdAt }) => Number(createdAt))).toEqual(reached.map(({ atMs }) => atMs));
    expect(inspectionEvents(trace)).toEqual(events);
  });

  test('a run of more than the 200 events that the stock client keeps is complete', () => {
    const untilMs = 4 * 3_600_000;
    const long = simulate({ ...scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, 'standard'), untilMs }, 1);
    const told = inspectionEvents(long).filter(({ type }) => type === '@xstate.event');
    expect(told.length).toBeGreaterThan(200);
    expect(told).toHaveLength(
      long.records.filter(({ kind, snapshot }) => kind !== 'start' && snapshot !== null).length,
    );
  });
});

describe('the receivers of @statelyai/inspect', () => {
  test('one in a browser takes every event', () => {
    const listeners: ((message: { data: unknown }) => void)[] = [];
    const posted: unknown[] = [];
    const window = {
      opener: { postMessage: (message: unknown) => posted.push(message) },
      addEventListener: (_type: string, listener: (message: { data: unknown }) => void) => listeners.push(listener),
    };
    const received: StatelyInspectionEvent[] = [];
    const receiver = createBrowserReceiver({ window: { ...window, self: 1, top: 1 } as never });
    receiver.subscribe((event) => void received.push(event));
    expect(posted).toEqual([{ type: '@statelyai.connected' }]);
    for (const data of events) for (const listener of listeners) listener({ data });
    expect(received).toEqual(events);
  });

  test('one on a WebSocket gets the whole run, whenever it comes, and then what applications send', async () => {
    const server = await inspecting.inspectUrl;
    for (const _ of [1, 2]) {
      const received: InspectionEvent[] = [];
      createWebSocketReceiver({ server }).subscribe((event) => void received.push(event as unknown as InspectionEvent));
      await until(() => received.length > 100);
      expect(received.filter(({ type }) => type === '@xstate.actor')).toHaveLength(partyNames.length);
      expect(received.filter(({ type }) => type === '@xstate.snapshot').length).toBeGreaterThan(40);
    }
  });
});

inBrowser('an XState 5 application with the stock client shows up in the page', async () => {
  const { page, faults } = await visit(await inspecting.url);
  await page.waitForSelector('main[aria-busy="false"] .verdict h1');
  const { inspect, stop } = createWebSocketInspector({ url: await inspecting.inspectUrl });
  const actor = createActor(lamp, { inspect: inspect as never });
  actor.start();
  actor.send({ type: 'press' });
  await page.click('button:has-text("1 live")');
  await page.waitForSelector('.live-events :text("lamp: on")');
  expect(await page.locator('.actors b').allTextContents()).toEqual(['lamp']);
  stop();
  expect(faults).toEqual([]);
});

/** An application as the stock client sends it, with the ids that each begins with. */
async function application(url: string, state: 'on' | 'off'): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.once('open', resolve));
  const common = { _version: '0.7.2', id: null, createdAt: '1000', rootId: 'x:0', sessionId: 'x:0' };
  const snapshot = { status: 'active', value: state, context: {} };
  const definition = JSON.stringify(lamp.config);
  for (const event of [
    { ...common, type: '@xstate.actor', name: 'lamp', definition, snapshot },
    { ...common, type: '@xstate.event', sourceId: 'x:0', event: { type: 'press' } },
    { ...common, type: '@xstate.snapshot', event: { type: 'press' }, snapshot },
  ]) {
    socket.send(JSON.stringify(event));
  }
  return socket;
}

inBrowser('two applications that give the same ids to their actors are kept apart', async () => {
  const own = new Inspecting();
  const { page, faults } = await visit(await own.url);
  const first = await application(await own.inspectUrl, 'on');
  await page.click('button:has-text("1 live")');
  await page.waitForSelector('.live-events :text("lamp: unchanged")');
  const second = await application(await own.inspectUrl, 'off');
  await page.waitForSelector('.live-events :text("lamp (2): unchanged")');
  expect(await page.locator('.application').allTextContents()).toEqual(['Application 2 ', 'Application 1 ']);
  expect(await page.locator('.actors button').allTextContents()).toEqual(['lamp x:0', 'lamp x:0']);
  const active = page.locator('[aria-label="Details"] .chips').first();
  await page.locator('.actors button').nth(1).click();
  expect(await active.textContent()).toBe('on');
  await page.locator('.actors button').nth(0).click();
  expect(await active.textContent()).toBe('off');
  // A listener with the stock client can tell them apart as well.
  const heard = new Set<string>();
  createWebSocketReceiver({ server: await own.inspectUrl }).subscribe(({ sessionId }) => heard.add(sessionId ?? ''));
  await until(() => heard.size === 2);
  expect([...heard]).toEqual(['x:0', 'x:0@2']);
  first.close();
  await page.waitForSelector('.application:has-text("Application 1 has gone")');
  expect(await page.locator('.application').allTextContents()).toEqual(['Application 2 ', 'Application 1 has gone']);
  second.close();
  own.close();
  expect(faults).toEqual([]);
});

describe('a WebSocket', () => {
  const outcome = async (path: string, origin?: string): Promise<number | string> => {
    const url = new URL(await inspecting.inspectUrl);
    const socket = new WebSocket(`ws://${url.host}${path || url.pathname}`, origin === undefined ? {} : { origin });
    return new Promise((resolve) => {
      socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
      socket.on('open', () => resolve('open'));
      socket.on('error', () => {});
    }).finally(() => socket.terminate()) as Promise<number | string>;
  };

  test('is refused to a page elsewhere and to whoever has no token, not to an application of this machine', async () => {
    expect(await outcome('', 'https://example.com')).toBe(403);
    expect(await outcome('/wrong/inspect')).toBe(403);
    expect(await outcome('', 'http://localhost:5173')).toBe('open');
    expect(await outcome('')).toBe('open');
  });

  test('is closed on what is no event of the protocol, and says why', async () => {
    const socket = new WebSocket(await inspecting.inspectUrl);
    socket.on('open', () => socket.send('{"type":"something else"}'));
    const reason = await new Promise((resolve) => socket.on('close', (code, text) => resolve(`${code} ${text}`)));
    expect(reason).toBe('1007 expected an event of @statelyai/inspect');
  });
});
