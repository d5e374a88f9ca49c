import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { type Bound, identifiersOf, type TimedAutomaton } from '../../../src/sim/check/automaton/automaton.ts';
import { automatonOf } from '../../../src/sim/check/automaton/fromWorld.ts';
import { toTChecker } from '../../../src/sim/check/automaton/tchecker.ts';
import { toUppaal } from '../../../src/sim/check/automaton/uppaal.ts';
import { check } from '../../../src/sim/check/questions/check.ts';
import { type FaultBudget, noFaults } from '../../../src/sim/check/system/faultBudget.ts';
import { worldOfSystem } from '../../../src/sim/own/systemWorld.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import type { WorldDefinition } from '../../../src/sim/world/definition.ts';
import { never, talk } from '../../own/talk.ts';
import { exactTiming } from '../../support/exactTiming.ts';
import { testWith, wished } from '../../support/programs/program.ts';
import { scenarioOf } from '../../support/scenarios.ts';
import { type ReadModel, readTChecker, readUppaal } from './readModels.ts';
import { labelsReached } from './wholeUnitClock.ts';

interface Cell {
  readonly name: string;
  readonly world: WorldDefinition;
  readonly budget?: FaultBudget;
}

const latency = ['1ms', '3ms'] as const;
const [tcp, udp] = [{ transport: 'tcp', latency } as const, { transport: 'udp', latency } as const];
const heard = (...texts: string[]) => texts.map(never);

/** Words over a link, and what is heard in which order: small enough for a clock that tries every unit. */
const spoken = (name: string, ...given: Parameters<typeof talk>): Cell => ({
  name,
  world: worldOfSystem(talk(...given), 'here'),
});

const orders = heard('heard a1,heard a2', 'heard a2,heard a1', 'heard a1', 'heard a1,heard a1,heard a2');
const twoWords = [[{ type: 'a', n: 1 }], [{ type: 'a', n: 2 }]];
const lateFirst = (latency: string) => [{ do: 'delay', message: 'a', occurrence: 1, latency }] as const;

const spokenCells: readonly Cell[] = [
  spoken('udp overtakes', { wire: udp }, twoWords, { properties: orders }),
  spoken('tcp keeps the order', { wire: tcp }, twoWords, { properties: orders }),
  { ...spoken('udp loses', { wire: udp }, twoWords, { properties: orders }), budget: { losses: 1, duplicates: 0 } },
  { ...spoken('udp doubles', { wire: udp }, twoWords, { properties: orders }), budget: { losses: 0, duplicates: 1 } },
  spoken('one that is late holds back, and what it held back comes with it', { wire: tcp }, twoWords, {
    properties: orders,
    faults: [...lateFirst('7ms')],
  }),
  spoken('one that is too late is never heard, nor what follows it', { wire: tcp }, twoWords, {
    properties: [...orders, ...heard('', 'heard a2')].map((one, index) => ({ ...one, name: `p${index}` })),
    faults: [...lateFirst('30ms')],
  }),
  spoken('what is due with the end is heard before it', { wire: { ...udp, latency: '10ms' } }, twoWords.slice(0, 1), {
    properties: heard('', 'heard a1'),
    until: '11ms',
  }),
  spoken(
    'what can come after the end may not be heard',
    { wire: { ...udp, latency: ['9ms', '11ms'] } },
    twoWords.slice(0, 1),
    {
      properties: heard('', 'heard a1'),
      until: '11ms',
    },
  ),
];

/** A call in a hand-over of which everything is exact but the date of the call. */
const gap = (mode: 'standard' | 'singleDeviceEmulation', server: 'reject' | 'hold', until: string): Cell => ({
  name: `a call in a hand-over: ${mode} on ${server}`,
  world: defineWorld(
    scenarioOf(
      {
        until,
        timing: exactTiming,
        links: Object.fromEntries(
          ['callerSip', 'appSip', 'pushServerSip', 'control'].map((link) => [link, { latency: '40ms' }]),
        ),
        steps: [
          { at: '1s', do: 'open' },
          { at: '10s', do: 'home' },
          { at: ['10s', '10020ms'], do: 'dial', call: 1 },
        ],
      },
      mode,
      server,
    ),
  ),
});

const cells = [
  ...spokenCells,
  gap('singleDeviceEmulation', 'reject', '20s'),
  gap('singleDeviceEmulation', 'hold', '12s'),
  gap('standard', 'reject', '11s'),
];

const claimedIn = ({ properties, claims }: WorldDefinition) => properties.filter(claims);
const modelOf = ({ world, budget = noFaults }: Cell): TimedAutomaton => automatonOf(world, claimedIn(world), budget);
/** What `check` finds violated, as the labels of the model. */
const violatedIn = ({ world, budget = noFaults }: Cell): Set<string> => {
  const names = identifiersOf(claimedIn(world).map(({ name }) => name));
  const { decisions } = check(world, { budget });
  expect(decisions.map(({ verdict }) => verdict)).not.toContain('inconclusive');
  return new Set(decisions.flatMap(({ verdict }, index) => (verdict === 'violated' ? [names[index] as string] : [])));
};

const numbered = ({ initial, invariants, edges }: ReadModel, name: (location: string) => boolean) => ({
  initial,
  invariants: [...invariants].filter(([location]) => name(location)),
  edges,
});

const verdicts = { violated: 0, holds: 0 };

describe.each(cells)('$name', (cell) => {
  const model = modelOf(cell);
  const tchecker = readTChecker(toTChecker(model));

  test('a clock of whole units finds violated what `check` does, and never comes into the trap', () => {
    const { labels } = labelsReached(tchecker);
    const violated = violatedIn(cell);
    expect(new Set(labels)).toEqual(violated);
    verdicts.violated += violated.size;
    verdicts.holds += claimedIn(cell.world).length - violated.size;
  });

  test('the model of UPPAAL is the same one', () => {
    const uppaal = readUppaal(toUppaal(model));
    expect(numbered(uppaal, () => true)).toEqual(numbered(tchecker, (location) => location !== 'nowhere'));
    for (const [location, labels] of uppaal.labels) {
      // What is wrong stays wrong, so it is written where an edge leads.
      if (location !== uppaal.initial) expect(labels, location).toEqual(tchecker.labels.get(location));
    }
    expect(uppaal.queries).toEqual(model.labels.map((label) => `A[] not wrong_${label}`));
  });
});

test('both verdicts have been compared', () => {
  expect(verdicts.violated).toBeGreaterThan(10);
  expect(verdicts.holds).toBeGreaterThan(20);
});

/** Where TChecker is installed it judges as well: https://github.com/ticktac-project/tchecker. */
const tckReach = wished('tck-reach', process.env.TCHECKER_BIN, 'tck-reach');

testWith(tckReach)('TChecker finds violated what `check` does', () => {
  for (const cell of cells) {
    const model = modelOf(cell);
    const violated = violatedIn(cell);
    for (const label of model.labels) {
      const { stdout } = spawnSync(tckReach.binary, ['-a', 'aLU-covreach', '-l', label], {
        input: `${toTChecker(model)}\n`,
        encoding: 'utf8',
      });
      expect(/REACHABLE (\w+)/.exec(stdout)?.[1], `${cell.name}: ${label}`).toBe(`${violated.has(label)}`);
    }
  }
});

describe('a model', () => {
  test('has few clocks, each for one pending event at a time', () => {
    const { clocks, locations } = modelOf(gap('singleDeviceEmulation', 'reject', '20s'));
    expect(clocks).toBeLessThan(20);
    for (const { invariant } of locations) {
      const own = invariant.map(({ clock }: Bound) => clock);
      expect(new Set(own).size).toBe(own.length);
    }
  });

  test('is refused where the world is too large, with what to cut', () => {
    const { world } = gap('standard', 'reject', '11s');
    const model = (most: number) => automatonOf(world, claimedIn(world), noFaults, most);
    expect(() => model(10)).toThrow('a world of more than 10 situations');
    expect(model(100).locations.length).toBeGreaterThan(10);
  });

  test('is refused where a delayed message may hold others back or not', () => {
    const { world } = spoken('', { wire: tcp }, twoWords, {
      faults: [{ do: 'delay', message: 'a', occurrence: 1, latency: ['2ms', '9ms'] }],
    });
    expect(() => automatonOf(world, claimedIn(world), noFaults)).toThrow('beyond their own delays');
  });

  test('has identifiers of its own for names that are none, or equal', () => {
    expect(identifiersOf(['a b', 'a-b', '5 ms', 'trap'])).toEqual(['a_b', 'a_b_2', '_5_ms', 'trap_2']);
  });
});
