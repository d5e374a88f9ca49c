import { createWebSocketInspector } from '@statelyai/inspect';
import { afterAll, describe, expect, test } from 'vitest';
import { type AnyStateNode, assign, createActor, fromPromise, setup } from 'xstate';
import { hears, type OutlineState, outlineOf, statesOf } from '../../src/inspector/model/outline.ts';
import { partyNames } from '../../src/machines/messages.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { machinesOf } from '../../src/sim/world/definition.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { axeViolations, Inspecting, inBrowser, visit } from './browser.ts';

/** A machine with everything that one can have: within each other, all at once, timed, final, asking others. */
const player = setup({
  types: { context: {} as { volume: number }, events: {} as { type: 'play' | 'pause' | 'stop' | 'louder' | 'eject' } },
  actors: { load: fromPromise(async () => 'song') },
  guards: { isNotTooLoud: ({ context }) => context.volume < 10 },
}).createMachine({
  id: 'player',
  context: { volume: 5 },
  initial: 'loading',
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
    broken: {},
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

const inspecting = new Inspecting();
afterAll(() => inspecting.close());

describe.each(['light', 'dark'] as const)('an application in %s', (colorScheme) => {
  inBrowser('has its machine drawn: what is active, what it just did, what it hears', async () => {
    const visited = await visit(await inspecting.url, { colorScheme });
    const { page, faults } = visited;
    const { inspect, stop } = createWebSocketInspector({ url: await inspecting.inspectUrl });
    const actor = createActor(player, { inspect: inspect as never });
    actor.start();
    await page.click('button:has-text("live")');
    await page.click(`.actors button:has-text("${actor.sessionId}") >> nth=0`);
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
    expect(await axeViolations(visited)).toEqual([]);
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    expect(await active()).toContain('stopped, initial, active');
    await page.keyboard.press('End');
    expect(await active()).toContain('playing, initial, active');
    stop();
    expect(faults).toEqual([]);
  });
});
