import { createWebSocketInspector } from '@statelyai/inspect';
import Elk from 'elkjs/lib/elk.bundled.js';
import { describe, expect, test } from 'vitest';
import { type AnyStateNode, assign, createActor, fromPromise, setup } from 'xstate';
import type { ChartState, Drawing } from '../../src/inspector/charts/chart.ts';
import { drawingOf, graphOf } from '../../src/inspector/charts/graph.ts';
import {
  hears,
  type OutlineState,
  outlineOf,
  regionOfDefinition,
  statesOf,
} from '../../src/inspector/model/outline.ts';
import { partyNames } from '../../src/machines/messages.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { machinesOf } from '../../src/sim/sipWorld/definition.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { axeViolations, inBrowser, visit } from './browser.ts';
import { served } from './inspecting.ts';

/** A machine with everything that one can have: within each other, all at once, timed, final, asking others. */
const player = setup({
  types: {
    context: {} as { volume: number },
    events: {} as { type: 'play' | 'pause' | 'stop' | 'louder' | 'eject' | 'retry' | 'reset' },
  },
  actors: { load: fromPromise(async () => 'song') },
  guards: { isNotTooLoud: ({ context }) => context.volume < 10 },
}).createMachine({
  id: 'player',
  context: { volume: 5 },
  initial: 'loading',
  on: { reset: '.loading' },
  states: {
    loading: { invoke: { src: 'load', onDone: 'ready', onError: 'broken' }, after: { 5000: 'broken' } },
    ready: {
      type: 'parallel',
      on: { eject: 'over' },
      states: {
        transport: {
          initial: 'stopped',
          states: {
            stopped: { on: { play: 'running' } },
            running: {
              initial: 'playing',
              on: { stop: 'stopped' },
              states: { playing: { on: { pause: 'paused' } }, paused: { on: { play: 'playing' } } },
            },
          },
        },
        volume: {
          initial: 'set',
          states: {
            set: {
              on: {
                louder: { guard: 'isNotTooLoud', actions: assign({ volume: ({ context }) => context.volume + 1 }) },
              },
            },
          },
        },
      },
    },
    broken: { on: { retry: 'loading' } },
    over: { type: 'final' },
  },
});

/** The definition as the stock client sends it. */
const definitionOf = (machine: { config: unknown }): string =>
  JSON.stringify(machine.config, (_key, value) => (typeof value === 'function' ? { type: value.name } : value));

const pathsIn = ({ path, states }: AnyStateNode): string[] => [
  path.join('.'),
  ...Object.values(states).flatMap(pathsIn),
];

const names = (rows: OutlineState['rows']) => rows.map((row) => row.map(({ name }) => name));

describe('the outline of a machine', () => {
  const { machine: outline } = outlineOf(definitionOf(player));

  test('has its states in rows by how many transitions they are away from the initial one', () => {
    expect(names(outline.rows)).toEqual([['loading'], ['ready', 'broken'], ['over']]);
    const ready = outline.rows[1]?.[0];
    expect(ready && names(ready.rows)).toEqual([['transport', 'volume']]);
    expect(outlineOf(definitionOf(player)).machine).toEqual(outline);
  });

  test('says what leads out of a state and where to', () => {
    expect(outline.rows[0]?.[0]?.lines.map(({ text, targets }) => [text, targets])).toEqual([
      ['done', ['ready']],
      ['error', ['broken']],
      ['◷ 5s', ['broken']],
    ]);
    const set = statesOf(outline).find(({ name }) => name === 'set');
    expect(set?.lines.map(({ text, targets }) => [text, targets])).toEqual([['louder [isNotTooLoud]', []]]);
  });

  test('of each of our own parties has every state of its machine', () => {
    const scenario = scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, 'standard');
    const machines = machinesOf({ ...scenario, server: everyServerProfile.multi });
    for (const party of partyNames) {
      const ids = pathsIn(machines[party].root);
      const drawn = statesOf(outlineOf(definitionOf(machines[party])).machine).map(({ path }) => path);
      expect(drawn.toSorted()).toEqual(ids.toSorted());
    }
  });

  test('has what is left of a definition that the client cut off, and says so', () => {
    const cut =
      '{"initial":"a","states":{"a":{"on":{"go":["[Object]"],"next":"b"}},"b":"[Object]","c":{"initial":"d","states":"[Object]"}}}';
    const { machine, isCut } = outlineOf(cut);
    expect([isCut, names(machine.rows)]).toEqual([true, [['a'], ['b'], ['c']]]);
    expect(outlineOf(definitionOf(player)).isCut).toBe(false);
  });

  test('is refused where the definition names a state that is not there', () => {
    expect(() => outlineOf('{"initial":"a","states":{"a":{"on":{"go":"b"}}}}')).toThrow(/b/);
  });
});

test('a transition hears its own event, or many', () => {
  expect(hears('press', 'press')).toBe(true);
  expect(hears('press', 'pressed')).toBe(false);
  expect(hears('mouse.*', 'mouse.down.left')).toBe(true);
  expect(hears('mouse.*', 'mousetrap')).toBe(false);
  expect(hears('*', 'anything')).toBe(true);
  expect(hears('*', 'xstate.init')).toBe(false);
});

const inspecting = served();

/** Whether one box lies in another, or beside it. */
const isWithin = (one: ChartState, other: ChartState): boolean =>
  one.x >= other.x &&
  one.y >= other.y &&
  one.x + one.width <= other.x + other.width &&
  one.y + one.height <= other.y + other.height;
const isBeside = (one: ChartState, other: ChartState): boolean =>
  one.x + one.width <= other.x ||
  other.x + other.width <= one.x ||
  one.y + one.height <= other.y ||
  other.y + other.height <= one.y;

describe('the picture of a machine of which nothing is known', () => {
  const layouter = new (Elk as unknown as typeof Elk.default)();
  const drawn = async (machine: { config: unknown }): Promise<Drawing> => {
    const region = regionOfDefinition(definitionOf(machine));
    return drawingOf(region, await layouter.layout(structuredClone(graphOf(region))));
  };

  test('has every transition as an arrow between its states, or as a line in the state that holds both', async () => {
    const { arrows, states } = await drawn(player);
    const said = arrows.map(({ from, to, lines }) => `${from ?? '•'} ${lines.map(({ text }) => text)} ${to}`);
    expect(said.toSorted()).toEqual([
      'broken retry loading',
      'loading done ready',
      'loading error,◷ 5s broken',
      'ready eject over',
      'ready.transport.running stop ready.transport.stopped',
      'ready.transport.running.paused play ready.transport.running.playing',
      'ready.transport.running.playing pause ready.transport.running.paused',
      'ready.transport.stopped play ready.transport.running',
      '•  loading',
      '•  ready.transport.running.playing',
      '•  ready.transport.stopped',
      '•  ready.volume.set',
    ]);
    const linesOf = (path: string) => states.find((one) => one.path === path)?.lines.map(({ text }) => text);
    expect([linesOf(''), linesOf('ready.volume.set'), linesOf('broken')]).toEqual([
      ['reset → loading'],
      ['louder [isNotTooLoud]'],
      [],
    ]);
  });

  test('has each state of our own parties within its parent and beside its siblings', async () => {
    const machines = machinesOf(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }, 'standard'));
    for (const machine of [player, ...Object.values(machines)]) {
      const { states, arrows } = await drawn(machine);
      const parentOf = ({ path }: ChartState) =>
        path === '' ? undefined : states.find((one) => one.path === path.split('.').slice(0, -1).join('.'));
      for (const one of states) {
        const parent = parentOf(one);
        expect(parent === undefined || isWithin(one, parent), one.path).toBe(true);
        const siblings = states.filter((other) => other !== one && parentOf(other) === parent && parent !== undefined);
        expect(siblings.filter((other) => !isBeside(one, other)).map(({ path }) => path)).toEqual([]);
      }
      expect(arrows.every(({ points }) => points.length > 1)).toBe(true);
    }
  });
});

describe.each([
  ['light', 'all'],
  ['dark', 'colours'],
] as const)('an application in %s', (colorScheme, rules) => {
  inBrowser('has its machine drawn: what is active, what it just did, what it hears', async () => {
    const visited = await visit(inspecting.url, { colorScheme });
    const { page, faults } = visited;
    const { inspect, stop } = createWebSocketInspector({ url: inspecting.inspectUrl });
    const actor = createActor(player, { inspect: inspect as never });
    actor.start();
    await page.click('button:has-text("live")');
    await page.click(`.actors button:has-text("${actor.sessionId}") >> nth=0`);
    // The picture comes as soon as it is laid out, and stays as it is.
    await page.waitForSelector('.live-chart svg .state.active:has-text("stopped")');
    const places = () =>
      page.evaluate<string[]>(
        "[...document.querySelectorAll('.live-chart svg rect, .live-chart svg path')].map((one) => ['x', 'y', 'd'].map((name) => one.getAttribute(name)).join())",
      );
    const drawnBefore = await places();
    expect(await axeViolations(visited, rules)).toEqual([]);
    actor.send({ type: 'play' });
    await page.waitForSelector('.live-chart .transition.taken:has-text("play")');
    expect(await page.locator('.live-chart .state.active > text:first-of-type').allTextContents()).toEqual([
      'player',
      'ready',
      'transport',
      'running',
      'playing',
      'volume',
      'set',
    ]);
    expect(await page.locator('.live-chart .transition.ready').allTextContents()).toEqual(
      expect.arrayContaining(['stop', 'pause', 'eject']),
    );
    expect(await page.locator('.live-chart svg').getAttribute('aria-label')).toBe(
      'player is in ready › transport › running › playing, ready › volume › set',
    );
    expect(await places()).toEqual(drawnBefore);
    actor.send({ type: 'stop' });
    await page.waitForSelector('.live-chart svg .state.active:has-text("stopped")');
    await page.click('.looks button:has-text("list")');
    await page.waitForSelector('.live-state.active > .state-name:has-text("stopped")');
    const active = () => page.locator('.live-state.active > .state-name').allTextContents();
    const boxes = () =>
      page.evaluate<number[][]>(
        "[...document.querySelectorAll('.live-state')].map(({ offsetLeft, offsetTop }) => [offsetLeft, offsetTop])",
      );
    const before = await boxes();
    expect(before).toHaveLength(12);
    actor.send({ type: 'play' });
    await page.waitForSelector('.lines .taken:has-text("play → running")');
    expect(await active()).toEqual([
      'player, active',
      'ready, active all at once',
      'transport, active',
      'running, active',
      'playing, initial, active',
      'volume, active',
      'set, initial, active',
    ]);
    expect(await page.locator('.chips:below(:text("Events that it hears now")) >> nth=0').textContent()).toContain(
      'pause',
    );
    expect(await boxes()).toEqual(before);
    actor.send({ type: 'louder' });
    await page.waitForSelector('.diff .new:has-text("volume6")');
    expect(await axeViolations(visited, rules)).toEqual([]);
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    expect(await active()).toContain('stopped, initial, active');
    await page.keyboard.press('End');
    expect(await active()).toContain('playing, initial, active');
    await page.click('.looks button:has-text("picture")');
    stop();
    expect(faults).toEqual([]);
  });
});

inBrowser('a machine that cannot be laid out is listed, and it is said why', async () => {
  const { page } = await visit(inspecting.url);
  await page.context().route('**/elk-worker.js', (route) => route.abort());
  const { inspect, stop } = createWebSocketInspector({ url: inspecting.inspectUrl });
  const actor = createActor(player, { inspect: inspect as never });
  actor.start();
  await page.click('button:has-text("live")');
  await page.click(`.actors button:has-text("${actor.sessionId}") >> nth=0`);
  await page.waitForSelector('.live-chart :text("It is listed, for the layout could not be loaded.")');
  await page.waitForSelector('.outline .live-state.active');
  stop();
});
