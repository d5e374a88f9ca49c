import { describe, expect, test } from 'vitest';
import { type ExploreOptions, StateClasses } from '../../../src/sim/check/engine/stateClasses.ts';
import type { TimedSystem } from '../../../src/sim/check/engine/timedSystem.ts';
import type { ExplorationOrder } from '../../../src/sim/check/engine/waitingList.ts';
import { alternatingBit, ifip83, levelCrossing } from '../../support/petriNet.ts';

function explored(
  system: TimedSystem,
  abstraction: ExploreOptions['abstraction'],
  order: ExplorationOrder = 'breadthFirst',
) {
  const classes = new StateClasses(system, { abstraction, order });
  expect(classes.explore()).toBe('complete');
  return classes;
}

const sizes = (system: TimedSystem) => {
  const classes = explored(system, 'equality');
  return { classes: classes.count, edges: classes.edges, markings: classes.situations.count };
};

describe('linear state classes of nets with published counts', () => {
  test('IFIP 1983', () => {
    expect(sizes(ifip83())).toEqual({ classes: 12, edges: 29, markings: 8 });
  });

  test('alternating bit protocol', () => {
    expect(sizes(alternatingBit())).toEqual({ classes: 16, edges: 22, markings: 14 });
  });

  test.each([
    [1, { classes: 11, edges: 14, markings: 10 }],
    [2, { classes: 123, edges: 218, markings: 30 }],
    [3, { classes: 3_101, edges: 7_754, markings: 94 }],
  ])('level crossing with %i trains', (trains, expected) => {
    expect(sizes(levelCrossing(trains))).toEqual(expected);
  });
});

describe('maximal classes do not depend on the order of exploration', () => {
  test.each([
    [1, 10],
    [2, 37],
    [3, 172],
  ])('level crossing with %i trains', (trains, expected) => {
    for (const order of ['breadthFirst', 'depthFirst'] as const) {
      const classes = explored(levelCrossing(trains), 'inclusion', order);
      expect(classes.maximalCount).toBe(expected);
    }
  });

  test('the maximal classes reach every marking that the others reach', () => {
    expect(explored(levelCrossing(3), 'inclusion').situations.count).toBe(94);
  });
});
