import { describe, expect, test } from 'vitest';
import { registrationModeNames } from '../../../src/machines/registrationModes.ts';
import { Hulls } from '../../../src/sim/check/engine/hulls.ts';
import { moveTargetAt, Situations } from '../../../src/sim/check/engine/situations.ts';
import type { TimedSystem } from '../../../src/sim/check/engine/timedSystem.ts';
import { WorldSystem } from '../../../src/sim/check/system/worldSystem.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { alternatingBit, ifip83, zeno } from '../../support/petriNet.ts';
import { example, scenarioOf } from '../../support/scenarios.ts';

/** Where one comes from a situation by events that need no time at all. */
function instantTargets(system: TimedSystem, situations: Situations, id: number): number[] {
  return situations.of(id).pending.flatMap((type, position) => {
    if (system.windowOf(type)[0] > 0 || situations.waits(situations.typesAt(id), position)) return [];
    const list = situations.movesOf(id, position);
    return Array.from({ length: situations.choices(list) }, (_, index) =>
      situations.moves.at(situations.move(list, index) + moveTargetAt),
    );
  });
}

/**
 * Whether infinitely many events can happen in no time: such a run comes round to a situation, and each event of the
 * round is created in it, so that all of them have windows that begin at 0.
 */
function hasZenoRun(system: TimedSystem): boolean {
  const situations = new Situations(system);
  const hulls = new Hulls(situations, { visit: () => true });
  expect(hulls.explore()).toBe('complete');
  // A round is what is left once every situation is taken away from which no instant event leads to one that is left.
  const targets = Array.from({ length: situations.count }, (_, id) => instantTargets(system, situations, id));
  const left = new Set(targets.keys());
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const id of left) if (!targets[id]?.some((target) => left.has(target))) left.delete(id);
  }
  return left.size > 0;
}

describe('infinitely many events in no time', () => {
  test('are noticed where there are some', () => {
    expect(hasZenoRun(zeno())).toBe(true);
    // Its fourth transition hands a token back to itself within [0, 2].
    expect(hasZenoRun(ifip83())).toBe(true);
    // Sending, receiving and acknowledging may all take no time, again and again.
    expect(hasZenoRun(alternatingBit())).toBe(true);
  });

  const names = ['call-while-suspended', 'call-while-going-to-background', 'home-open-home', 'network-change'];
  test.each(names)('are not possible in %s', (name) => {
    for (const mode of registrationModeNames) {
      const system = new WorldSystem(defineWorld(scenarioOf(example(name), mode)), [], { losses: 0, duplicates: 0 });
      expect(hasZenoRun(system), mode).toBe(false);
    }
  });
});
