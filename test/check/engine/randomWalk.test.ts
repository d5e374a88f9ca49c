import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explored } from '../../../src/sim/check/engine/exploring.ts';
import { randomWalk } from '../../../src/sim/check/engine/randomWalk.ts';
import { Situations } from '../../../src/sim/check/engine/situations.ts';
import { datesOf, inOrder } from '../../../src/sim/check/engine/timeline.ts';
import { timelineThrough } from '../../../src/sim/check/explain/violation.ts';
import { violationsOnWalks } from '../../../src/sim/check/questions/violationsOnWalks.ts';
import { noFaults } from '../../../src/sim/check/system/faultBudget.ts';
import { WorldSystem } from '../../../src/sim/check/system/worldSystem.ts';
import { propertyNamed } from '../../../src/sim/properties/properties.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import type { AnyProperty } from '../../../src/sim/system/property.ts';
import type { WorldDefinition } from '../../../src/sim/world/definition.ts';
import { example, scenarioOf } from '../../support/scenarios.ts';

const call = example('call-while-going-to-background');
const gap = defineWorld(scenarioOf(call, 'singleDeviceEmulation', 'reject'));
const safe = defineWorld(scenarioOf(call, 'continuous', 'multi'));
const noInviteLost = propertyNamed('noInviteLost');

describe('a random walk', () => {
  test('has dates: it is the path of a run, to its end', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(2), (seed, losses) => {
        const system = new WorldSystem(gap, [noInviteLost], { losses, duplicates: 0 });
        const situations = new Situations(system);
        const path = randomWalk(situations, seed, () => false);
        expect(datesOf(timelineThrough(system, situations, path), inOrder)).not.toBeNull();
        expect(situations.of(path.at(-1)?.move.target ?? -1).pending).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('goes the same way with the same seed, and other ways with others', () => {
    const walk = (seed: number) => {
      const situations = new Situations(new WorldSystem(gap, [], noFaults));
      return randomWalk(situations, seed, () => false).map(({ position }) => position);
    };
    expect(walk(7)).toEqual(walk(7));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => walk(seed).join())).size).toBeGreaterThan(5);
  });

  test('ends where it is told to', () => {
    const situations = new Situations(new WorldSystem(gap, [], noFaults));
    let visits = 0;
    expect(randomWalk(situations, 1, () => ++visits === 4)).toHaveLength(3);
  });
});

describe('what random walks come to', () => {
  const nowhere = () => ({ classes: 0, edges: 0, waiting: 0, bytes: 0 });
  const walked = (definition: WorldDefinition, judged: readonly AnyProperty[], losses = 0, goesOn = true) =>
    explored(violationsOnWalks(definition, judged, { losses, duplicates: 0 }, nowhere), () => goesOn);

  test('is a violation that the simulator confirms, with its race window', () => {
    const found = walked(gap, [propertyNamed('answeredOnce'), noInviteLost]);
    expect([...found.keys()]).toEqual([1]);
    const { trace, kind, window } = found.get(1) ?? {};
    expect(trace?.verdicts.find(({ property }) => property === 'noInviteLost')?.verdict).toBe('violated');
    expect(kind).toBe('any');
    expect(window?.delays.length).toBeGreaterThan(0);
  });

  test('is nothing where the property holds, and what only a fault violates takes a fault', () => {
    expect(walked(safe, [noInviteLost]).size).toBe(0);
    expect(walked(safe, [noInviteLost], 1).size).toBe(1);
  });

  test('is nothing for who is interrupted', () => {
    expect(walked(gap, [noInviteLost], 0, false).size).toBe(0);
  });
});
