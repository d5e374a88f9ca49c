import { describe, expect, test } from 'vitest';
import { Hulls } from '../../../src/sim/check/engine/hulls.ts';
import { Situations } from '../../../src/sim/check/engine/situations.ts';
import { check } from '../../../src/sim/check/questions/check.ts';
import type { FaultBudget } from '../../../src/sim/check/system/faultBudget.ts';
import { WorldSystem } from '../../../src/sim/check/system/worldSystem.ts';
import type { Property } from '../../../src/sim/properties/property.ts';
import { simulate } from '../../../src/sim/run/simulate.ts';
import type { Scenario } from '../../../src/sim/scenario/scenario.ts';
import { withCalls } from '../../../src/sim/scenarioFile/withCalls.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { sipEvent } from '../../../src/sim/sipWorld/events.ts';
import { eventTable } from '../../../src/sim/system/eventTable.ts';
import type { AnyProperty } from '../../../src/sim/system/property.ts';
import { example, scenarioOf } from '../../support/scenarios.ts';

const none: FaultBudget = { losses: 0, duplicates: 0 };

/** Everything that is found in the world of a scenario, to be looked into situation by situation. */
function exploredWorld(scenario: Scenario, budget: FaultBudget = none) {
  const definition = defineWorld(scenario);
  const system = new WorldSystem(definition, [], budget);
  const situations = new Situations(system);
  new Hulls(situations, { visit: () => true }).explore(20_000);
  const parties = definition.parties.length;
  const ids = Array.from({ length: situations.count }, (_, id) => id);
  return {
    types: [...new Set(ids.flatMap((id) => [...situations.of(id).pending]))].map((type) => system.typeOf(type)),
    losses: (id: number) => situations.wordOf(id, parties + 2),
    duplicates: (id: number) => situations.wordOf(id, parties + 3),
    occurrences: ids.flatMap((id) => situations.of(id).words.slice(parties + 5)),
    /** What fired, with what became of the messages that it sent. */
    moves: ids.flatMap((id) =>
      situations.of(id).pending.flatMap((type, position) => {
        const isNext = !situations.waits(situations.typesAt(id), position);
        const list = isNext ? situations.movesOf(id, position) : 0;
        return Array.from({ length: isNext ? situations.choices(list) : 0 }, (_, index) => {
          const { target, choice } = situations.moveAt(situations.move(list, index));
          return { from: id, target, fired: system.typeOf(type), fates: system.fatesOf(choice) };
        });
      }),
    ),
  };
}

describe('a budget of faults', () => {
  const suspended = scenarioOf(example('call-while-suspended'));

  test('is used up by just the messages that are lost or doubled', () => {
    const { moves, losses, duplicates } = exploredWorld(suspended, { losses: 1, duplicates: 1 });
    const ofFate = (fate: string) => moves.filter(({ fates }) => fates.some((one) => one === fate));
    expect(ofFate('lose').length).toBeGreaterThan(0);
    expect(ofFate('duplicate').length).toBeGreaterThan(0);
    for (const { from, target, fired, fates } of moves) {
      if (fired.is === 'end') continue;
      expect(losses(from) - losses(target)).toBe(fates.filter((fate) => fate === 'lose').length);
      expect(duplicates(from) - duplicates(target)).toBe(fates.filter((fate) => fate === 'duplicate').length);
    }
  });

  test('doubles messages, and neither loses nor doubles their copies', () => {
    const { moves, types } = exploredWorld(suspended, { losses: 1, duplicates: 2 });
    expect(types.some((type) => type.is === 'pending' && type.pending.isCopy)).toBe(true);
    const doubled = moves.filter(({ fired }) => fired.is === 'pending' && fired.fate === 'duplicate');
    expect(doubled.length).toBeGreaterThan(0);
    // The copy is what a doubled message brings about first.
    for (const { fates } of doubled) expect(fates[0]).toBe('happen');
  });

  test('is of no use where every link but the last one of a push is reliable', () => {
    const tls = { transport: 'tls' } as const;
    const links = { callerSip: tls, appSip: tls, pushServerSip: tls };
    const { moves } = exploredWorld(scenarioOf({ ...example('call-while-suspended'), links }), {
      losses: 1,
      duplicates: 0,
    });
    const losing = moves.filter(({ fates }) => fates.includes('lose'));
    expect(losing.length).toBeGreaterThan(0);
    for (const { fired } of losing) {
      expect(fired.is === 'pending' && eventTable.of(fired.pending.event).type).toMatch(/^push/);
    }
  });
});

test('a fault that the scenario demands counts its messages no further than it needs to', () => {
  const document = { ...withCalls(example('call-while-suspended'), 2) };
  const { occurrences } = exploredWorld(
    scenarioOf({ ...document, faults: [{ do: 'lose', message: 'notification', occurrence: 1 }] }),
  );
  expect([...new Set(occurrences)].sort()).toEqual([0, 1]);
});

test('a REGISTER that a newer one has overtaken is out of date', () => {
  const { types } = exploredWorld(
    scenarioOf({ links: { appSip: { latency: ['20ms', '900ms'] } }, steps: [{ at: '1s', do: 'open' }] }),
  );
  const registers = types.flatMap((type) => {
    const event = type.is === 'pending' && type.pending.event >= 0 ? sipEvent(type.pending.event) : null;
    return event?.type === 'REGISTER' ? [event.stale] : [];
  });
  expect(new Set(registers)).toEqual(new Set([true, false]));
});

describe('obligations', () => {
  /** A property that counts the steps of the environment, and must be told of each within so long after the one before. */
  const steady = (limitMs: number, keyOf: (steps: number) => string): AnyProperty => {
    const property: Property<{ steps: number; isLate: boolean }> = {
      name: `within ${limitMs} ms`,
      sentence: () => 'a step comes in time after the one before',
      appliesTo: () => true,
      initial: { steps: 0, isLate: false },
      next: (state, sighting) =>
        sighting.type === 'environment' && state.steps < 3 ? { ...state, steps: state.steps + 1 } : state,
      obligations: ({ steps }) => (steps > 0 && steps < 3 ? [{ key: keyOf(steps), limitMs }] : []),
      missed: (state) => ({ ...state, isLate: true }),
      violation: ({ isLate }) => (isLate ? { what: 'late', calls: [] } : null),
      witnessed: ({ steps }) => steps > 0,
    };
    return property as unknown as AnyProperty;
  };
  const steps = [
    { at: '4s', do: 'open' },
    { at: '8s', do: 'home' },
    { at: '12s', do: 'open' },
  ] as const;
  const scenario = scenarioOf({ steps: [...steps] });
  const verdicts = (...properties: AnyProperty[]) =>
    check(scenario, { properties }).decisions.map(({ verdict }) => verdict);

  test('begin anew when their key changes, and only then', () => {
    expect(verdicts(steady(5_000, (count) => `after ${count}`))).toEqual(['holds']);
    expect(verdicts(steady(5_000, () => 'always the same'))).toEqual(['violated']);
  });

  test('end at their last moment, not before it', () => {
    expect(verdicts(steady(4_000, (count) => `after ${count}`))).toEqual(['holds']);
    expect(verdicts(steady(3_999, (count) => `after ${count}`))).toEqual(['violated']);
  });

  test('of one property have a time each, from the state that names their key first', () => {
    const named = (keys: readonly (readonly string[])[]): AnyProperty => {
      const property: Property<{ steps: number; late: string | null }> = {
        name: 'several keys',
        sentence: () => 'each key is over in time',
        appliesTo: () => true,
        initial: { steps: 0, late: null },
        next: (state, sighting) =>
          sighting.type === 'environment' ? { ...state, steps: Math.min(state.steps + 1, 3) } : state,
        obligations: ({ steps }) => (keys[steps] ?? []).map((key) => ({ key, limitMs: 9_000 })),
        missed: (state, key) => ({ ...state, late: key }),
        violation: ({ late }) => (late === null ? null : { what: late, calls: [] }),
        witnessed: () => true,
      };
      return property as unknown as AnyProperty;
    };
    // The steps come at 4, 8 and 12 s, the end at 20 s.
    const verdict = (keys: readonly (readonly string[])[]) => {
      const world = scenarioOf({ steps: [...steps], until: '20s' });
      const [decision] = check(world, { properties: [named(keys)] }).decisions;
      const [simulated] = simulate(world, 1, { properties: [named(keys)] }).verdicts;
      const sentence = decision?.counterexample?.trace.verdicts;
      expect(sentence === undefined).toBe(simulated?.verdict === 'holds');
      return [decision?.verdict, simulated?.violation?.what ?? null];
    };
    expect(verdict([[], ['one', 'other'], ['one', 'other'], ['one']])).toEqual(['violated', 'one']);
    expect(verdict([[], ['one', 'other'], ['one', 'other'], ['other']])).toEqual(['violated', 'other']);
    expect(verdict([[], ['one'], ['one', 'other'], ['other']])).toEqual(['violated', 'other']);
    expect(verdict([[], ['one', 'other'], ['one', 'other'], []])).toEqual(['holds', null]);
    expect(verdict([[], ['one'], ['other'], ['one']])).toEqual(['holds', null]);
  });

  test('of several properties run on when one of them is missed', () => {
    expect(
      verdicts(
        steady(3_000, () => 'all'),
        steady(7_500, () => 'all'),
      ),
    ).toEqual(['violated', 'violated']);
  });

  test('of one property run on when that of another one begins', () => {
    const other = steady(5_000, (count) => `after ${count}`);
    expect(
      verdicts(
        steady(7_500, () => 'all'),
        other,
      ),
    ).toEqual(['violated', 'holds']);
  });
});

describe('the end of a run', () => {
  const seen = (type: string, isWrongAt: 'once' | 'end'): AnyProperty => {
    const property: Property<boolean> = {
      name: `${type} ${isWrongAt}`,
      sentence: () => type,
      appliesTo: () => true,
      initial: false,
      next: (state, sighting) => state || sighting.type === type,
      violation: (state) => (state && isWrongAt === 'once' ? { what: type, calls: [] } : null),
      unfinished: (state) => (state && isWrongAt === 'end' ? { what: type, calls: [] } : null),
      witnessed: (state) => state,
    };
    return property as unknown as AnyProperty;
  };
  const ignored = (until: string) =>
    scenarioOf({
      user: 'ignores',
      until,
      steps: [
        { at: '1s', do: 'open' },
        { at: '10s', do: 'dial', call: 1 },
      ],
    });
  const verdict = (until: string, property: AnyProperty) =>
    check(ignored(until), { properties: [property] }).decisions[0]?.verdict;

  test('comes after everything that happens by then: a patience of 30 s ends at 40 s', () => {
    expect(verdict('40s', seen('call.abandoned', 'once'))).toBe('violated');
    expect(verdict('39999ms', seen('call.abandoned', 'once'))).toBe('holds');
  });

  test('is where it is judged what must not be left over', () => {
    expect(verdict('20s', seen('call.placed', 'end'))).toBe('violated');
    expect(verdict('20s', seen('call.connected', 'once'))).toBe('holds');
  });

  test('comes after a step that happens at its very date', () => {
    const opened = (until: string) => {
      const scenario = scenarioOf({ until, steps: [{ at: '20s', do: 'open' }] });
      const options = { properties: [seen('environment', 'once')] };
      const simulated = simulate(scenario, 1, options).verdicts[0]?.verdict;
      return [check(scenario, options).decisions[0]?.verdict, simulated];
    };
    expect(opened('20s')).toEqual(['violated', 'violated']);
    expect(opened('19999ms')).toEqual(['holds', 'holds']);
  });
});
