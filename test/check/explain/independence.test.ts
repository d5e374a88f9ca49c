import { describe, expect, test } from 'vitest';
import { partyNames } from '../../../src/machines/messages.ts';
import { StateClasses } from '../../../src/sim/check/engine/stateClasses.ts';
import { pathOfRun } from '../../../src/sim/check/explain/runPath.ts';
import { violationOn } from '../../../src/sim/check/explain/violation.ts';
import { sightingsOf, WorldSystem } from '../../../src/sim/check/system/worldSystem.ts';
import { propertyNamed } from '../../../src/sim/properties/properties.ts';
import { simulate } from '../../../src/sim/run/simulate.ts';
import type { Scenario } from '../../../src/sim/scenario/scenario.ts';
import type { ScenarioDocument } from '../../../src/sim/scenarioFile/document.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { eventTable, sightingTable } from '../../../src/sim/system/eventTable.ts';
import type { Fired } from '../../../src/sim/world/world.ts';
import { scenarioOf } from '../../support/scenarios.ts';

/** All pairs of steps of a run up to its violation, and whether they keep their order. */
function pairsIn(scenario: Scenario, name: string) {
  const followed = pathOfRun(defineWorld(scenario), propertyNamed(name), simulate(scenario, 1));
  if (followed === null) throw new Error(`${name} is not violated`);
  const { system, situations, path } = followed;
  const { keepsOrder } = violationOn(system, situations, path, 0);
  const fired = path.map(({ situation, position }) => system.fireInWorld(situations.of(situation), position));
  return fired.flatMap((second, other) =>
    fired.slice(0, other).flatMap((first, one) => {
      if (first === null || second === null) return [];
      return [{ first, second, isKept: keepsOrder(one + 1, other + 1) }];
    }),
  );
}

const isApart = ({ first, second }: { first: Fired; second: Fired }) => first.fired.party !== second.fired.party;
const both = (holds: (step: Fired) => boolean) => (pair: { first: Fired; second: Fired }) =>
  holds(pair.first) && holds(pair.second);

const gap: ScenarioDocument['steps'] = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
  { at: '10100ms', do: 'dial', call: 1 },
];

describe('steps of a violation keep their order', () => {
  test('where one of them cuts a link, whatever the other is', () => {
    const steps: ScenarioDocument['steps'] = [
      { at: '1s', do: 'open' },
      { at: '9s', do: 'cut', link: 'control' },
      { at: '10s', do: 'home' },
      { at: '20s', do: 'dial', call: 1 },
    ];
    const pairs = pairsIn(scenarioOf({ steps }, 'singleDeviceEmulation', 'reject'), 'noInviteLost');
    const cuts = pairs.filter(({ first, second }) => first.fired.party === -1 || second.fired.party === -1);
    expect(cuts.length).toBeGreaterThan(10);
    expect(cuts.every(({ isKept }) => isKept)).toBe(true);
  });

  test('where the property sees both, and not where nothing connects them', () => {
    const pairs = pairsIn(scenarioOf({ steps: gap, limits: { blackout: '0s' } }, 'standard', 'reject'), 'noBlackout');
    const isSeen = (step: Fired) =>
      sightingsOf(step).some((one) => ['app.reachable', 'push.enabled'].includes(sightingTable.of(one).type)) ||
      sightingsOf(step).some((one) => sightingTable.of(one).type === 'bindings');
    const seen = pairs.filter(isApart).filter(both(isSeen));
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.some(({ isKept }) => isKept)).toBe(true);
    expect(pairs.filter(isApart).some(({ isKept }) => !isKept)).toBe(true);
  });

  test('where one loses what the other sends: the phone leaves its network', () => {
    const steps: ScenarioDocument['steps'] = [...gap, { at: '10200ms', do: 'changeNetwork' }];
    const pairs = pairsIn(scenarioOf({ steps, limits: { blackout: '3s' } }, 'standard', 'reject'), 'noBlackout');
    const app = partyNames.indexOf('app');
    const toApp = ({ fired, created }: Fired) =>
      fired.party !== app && created.some(({ kind, party, link }) => kind === 'message' && party === app && link >= 0);
    const leaves = ({ fired }: Fired) => fired.kind === 'step' && eventTable.of(fired.event).type === 'network.change';
    const losing = pairs.filter(
      ({ first, second }) => (leaves(first) && toApp(second)) || (toApp(first) && leaves(second)),
    );
    expect(losing.length).toBeGreaterThan(2);
    expect(losing.every(({ isKept }) => isKept)).toBe(true);
  });

  test('where both send a message that one fault counts', () => {
    const kept = (from: 'app' | undefined) => {
      const fault = { do: 'delay', message: 'REGISTER', occurrence: 9, latency: '1s', ...(from && { from }) } as const;
      const scenario = scenarioOf({ steps: gap, faults: [fault] }, 'singleDeviceTakeover', 'multi');
      const pairs = pairsIn(scenario, 'singleRegistration').filter(isApart);
      const sends = ({ created }: Fired) =>
        created.some(({ kind, event }) => kind === 'message' && eventTable.of(event).type === 'REGISTER');
      const registers = pairs.filter(both(sends));
      return [registers.length, registers.filter(({ isKept }) => isKept).length] as const;
    };
    const [all, keptOfAll] = kept(undefined);
    expect(all).toBeGreaterThan(0);
    expect(keptOfAll).toBe(all);
    expect(kept('app')[1]).toBeLessThan(all);
  });
});

test('deadlines of other properties demand nothing of the dates', () => {
  const definition = defineWorld(scenarioOf({ steps: gap }, 'standard', 'reject'));
  const system = new WorldSystem(definition, ['noBlackout', 'beliefMatches'].map(propertyNamed), {
    losses: 0,
    duplicates: 0,
  });
  let found = -1;
  const classes = new StateClasses(system, {
    abstraction: 'inclusion',
    visit: (situation, stateClass) => {
      if (classes.situations.of(situation).pending.some((type) => isDeadlineOf(type, 0))) found = stateClass;
      return found >= 0;
    },
  });
  const isDeadlineOf = (type: number, property: number) => {
    const value = system.typeOf(type);
    return value.is === 'deadline' && value.property === property;
  };
  classes.explore();
  const deadlines = (property: number) => {
    const { timeline } = violationOn(system, classes.situations, classes.pathTo(found), property);
    return timeline.instances.filter(({ type }) => isDeadlineOf(type, 0)).length;
  };
  expect([deadlines(0), deadlines(1)]).toEqual([1, 0]);
});
