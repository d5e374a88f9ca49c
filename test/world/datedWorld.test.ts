import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../src/machines/registrationModes.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { worldOf } from '../../src/sim/own/runnable.ts';
import { alertsWithin } from '../../src/sim/properties/alertsWithin.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import { judge, simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { resolveScenario } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import type { AnyProperty } from '../../src/sim/system/property.ts';
import { startDated } from '../../src/sim/world/datedWorld.ts';
import type { WorldDefinition } from '../../src/sim/world/definition.ts';
import { type Room, Situations } from '../../src/sim/world/situations.ts';
import { type Fired, World } from '../../src/sim/world/world.ts';
import { talk } from '../own/talk.ts';
import { example, exampleNames } from '../support/scenarios.ts';

/** What has happened, when, and what it has come to, without the identity of what it happened to. */
const told = ({ fired, fate, reaction }: Fired, atMs: number) =>
  [fired.kind, fired.party, fired.event, fired.from, fired.link, fired.isCopy, fate, reaction?.next, atMs].join(' ');

/** A run in an ordinary world, all of whose events are pending at once. */
function ordinaryRun(definition: WorldDefinition, seed: number): string[] {
  const schedule = new SeededSchedule(definition, seed);
  const { world, started } = World.start(definition, schedule.schedule);
  const lines = started.map((outcome) => told(outcome, 0));
  for (;;) {
    const position = schedule.next(world.pending);
    const next = world.pending[position];
    if (next === undefined || next.dueMs > definition.scenario.untilMs) return [...lines, world.locals.join()];
    schedule.nowMs = next.dueMs;
    const outcome = world.fire(position, next.fate);
    schedule.happened(next);
    lines.push(told(outcome, next.dueMs));
  }
}

/** The same run among what is known of the world. */
function datedRun(definition: WorldDefinition, seed: number, situations: Situations): string[] {
  const schedule = new SeededSchedule(definition, seed);
  const { world, started } = startDated(definition, schedule.schedule, situations);
  const lines = started.map((outcome) => told(outcome, 0));
  for (;;) {
    const nextMs = world.nextMs();
    if (nextMs > definition.scenario.untilMs) return [...lines, world.locals.join()];
    schedule.nowMs = nextMs;
    const outcome = world.fire();
    schedule.happened(outcome.fired);
    lines.push(told(outcome, nextMs));
  }
}

/** Cuts and repairs in either order, and registrations that overtake each other on links that double every other datagram. */
const cutAndDoubled: ScenarioDocument = {
  name: 'cut-and-doubled',
  title: 'Cut and doubled',
  links: {
    appSip: { duplicate: 0.5, latency: ['1ms', '900ms'] },
    pushServerSip: { duplicate: 0.5, latency: ['1ms', '900ms'] },
  },
  steps: [
    { at: '1s', do: 'open' },
    { at: '2s', do: 'home' },
    { after: ['0s', '1s'], do: 'open' },
    { after: ['0s', '1s'], do: 'home' },
    { at: ['4s', '6s'], do: 'cut', link: 'pushServerSip' },
    { at: ['4s', '6s'], do: 'repair', link: 'pushServerSip' },
    { at: ['3s', '9s'], do: 'dial', call: 1 },
    { at: ['9s', '15s'], do: 'open' },
  ],
  until: '60s',
};

const drawnWorld = fc.record({
  name: fc.constantFrom('cut-and-doubled', ...exampleNames),
  mode: fc.constantFrom(...registrationModeNames),
  server: fc.constantFrom('multi', 'reject', 'hold', 'kamailio', 'asterisk-single'),
  network: fc.constantFrom('lte', 'lossy', 'wifi-to-lte'),
  push: fc.constantFrom('apns', 'fcm-doubled'),
  firstSeed: fc.nat(100_000),
} as const);

type Drawn = typeof drawnWorld extends fc.Arbitrary<infer One> ? Omit<One, 'firstSeed'> : never;

const definitionOf = ({ name, mode, server, network, push }: Drawn) =>
  defineWorld(
    resolveScenario(
      { ...(name === cutAndDoubled.name ? cutAndDoubled : example(name)), network, push },
      everyServerProfile,
      {
        mode,
        server: everyServerProfile[server],
      },
    ),
  );

describe('a world that goes from situation to situation as runs before it have', () => {
  test('tells apart what was sent before from what was created before, and cut links from repaired ones', () => {
    for (const mode of registrationModeNames) {
      const definition = definitionOf({
        name: cutAndDoubled.name,
        mode,
        server: 'multi',
        network: 'lte',
        push: 'apns',
      });
      const situations = new Situations(definition, rooms['all is remembered']);
      for (let seed = 1; seed <= 150; seed++)
        expect(datedRun(definition, seed, situations)).toEqual(ordinaryRun(definition, seed));
    }
  });

  test('does what an ordinary world does where more is under way at once than is remembered of it', () => {
    const many = Array.from({ length: 45 }, (_, n) => ({ type: 'a', n }));
    const wire = { transport: 'udp', latency: ['1ms', '9ms'], duplicate: 0.2 } as const;
    const talked = talk({ wire }, [many.slice(0, 2), many.slice(2, 22), many.slice(22, 40), many.slice(40), many]);
    const definition = worldOf({ ...talked, definition: { ...talked.definition, until: '40ms' } }, 1);
    const situations = new Situations(definition, rooms['all is remembered']);
    for (let seed = 1; seed <= 6; seed++)
      expect(datedRun(definition, seed, situations)).toEqual(ordinaryRun(definition, seed));
  });

  const rooms: Readonly<Record<string, Room>> = {
    'all is remembered': { moves: 1e9, movesPerEvent: 0, situations: 1e9 },
    'little is remembered, and runs go on as ordinary worlds': { moves: 40, movesPerEvent: 0.05, situations: 60 },
    'nothing is remembered': { moves: 0, movesPerEvent: 0, situations: 0 },
  };
  for (const [title, room] of Object.entries(rooms)) {
    test(`does what an ordinary world does where ${title}`, () => {
      fc.assert(
        fc.property(drawnWorld, ({ firstSeed, ...drawn }) => {
          const definition = definitionOf(drawn);
          const situations = new Situations(definition, room);
          for (let seed = firstSeed; seed < firstSeed + 12; seed++)
            expect(datedRun(definition, seed, situations)).toEqual(ordinaryRun(definition, seed));
        }),
        { numRuns: 30 },
      );
    });
  }

  test('runs that are not recorded come to the verdicts of those that are, also after thousands of them', () => {
    for (const [name, mode] of [
      ['second-call-while-waking', 'standard'],
      ['unregister-lost', 'singleDeviceEmulation'],
    ] as const) {
      const definition = definitionOf({ name, mode, server: 'reject', network: 'lossy', push: 'fcm-doubled' });
      for (let seed = 1; seed <= 2_060; seed++) {
        const verdicts = judge(definition, seed);
        if (seed < 20 || seed > 2_000) expect(verdicts).toEqual(simulate(definition, seed).verdicts);
      }
    }
  });

  test('what comes after a missed obligation finds the property overdue, as in a run that is recorded', () => {
    const definition = definitionOf({
      ...{ name: 'second-call-while-waking', mode: 'standard', server: 'multi' },
      ...{ network: 'lte', push: 'apns' },
    });
    const properties = [alertsWithin(1_500, 1) as unknown as AnyProperty];
    const late = Array.from({ length: 40 }, (_, seed) => {
      const verdicts = judge(definition, seed, { properties });
      expect(verdicts).toEqual(simulate(definition, seed, { properties }).verdicts);
      return verdicts[0]?.verdict;
    });
    expect(late).toContain('violated');
    expect(late).toContain('holds');
  });
});
