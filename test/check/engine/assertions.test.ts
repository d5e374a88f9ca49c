import { describe, expect, test } from 'vitest';
import { assertCanonical, assertNotEmpty } from '../../../src/sim/check/engine/canonical.ts';
import { fireInto, newSource, turnTo } from '../../../src/sim/check/engine/firing.ts';
import { Situations } from '../../../src/sim/check/engine/situations.ts';
import { StateClasses } from '../../../src/sim/check/engine/stateClasses.ts';
import type { TimedSystem } from '../../../src/sim/check/engine/timedSystem.ts';
import { EventTypes } from '../../../src/sim/check/system/eventTypes.ts';
import { UntimedWorld } from '../../../src/sim/check/untimed/untimedWorld.ts';
import { properties } from '../../../src/sim/properties/properties.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { Observers } from '../../../src/sim/system/observers.ts';
import { PropertyTable } from '../../../src/sim/system/property.ts';
import { World } from '../../../src/sim/world/world.ts';
import { levelCrossing } from '../../support/petriNet.ts';
import { scenarioOf } from '../../support/scenarios.ts';

describe('a zone', () => {
  // Of two events the first happens after 1 to 4 ms, the second after 2 to 3 ms.
  const zone = [0, -1, -2, 4, 0, 2, 3, 2, 0];
  const place = 2;
  const changed = (at: number, bound: number) => Int32Array.from([9, 9, ...zone.with(at, bound)]);

  test('is canonical and not empty: every bound that says too much, too little or nothing is found', () => {
    const matrix = changed(0, 0);
    expect(() => assertCanonical(matrix, place, 3)).not.toThrow();
    expect(() => assertNotEmpty(matrix, place, 3)).not.toThrow();
    expect(() => assertCanonical(changed(5, 3), place, 3)).toThrow('[1][2] is 3, not 2');
    expect(() => assertCanonical(changed(5, 1_000_000_000), place, 3)).toThrow('[1][2]');
    expect(() => assertCanonical(changed(3, 6), place, 3)).toThrow('[1][0] is 6, not 5');
    expect(() => assertCanonical(changed(4, 1), place, 3)).toThrow('differs from itself');
    expect(() => assertNotEmpty(changed(3, 0), place, 3)).toThrow('event 1 of a zone happens after 1 to 0 ms');
    expect(() => assertNotEmpty(changed(2, 1), place, 3)).toThrow('event 2');
  });

  test('is so after every firing along a thousand walks', () => {
    const situations = new Situations(levelCrossing(3));
    let firings = 0;
    for (let walk = 0; walk < 1_000; walk++) {
      const source = newSource();
      let move = situations.start();
      for (let [fired, length] = [0, 0]; length < 12; length++) {
        const { target } = situations.moveAt(move);
        const pending = situations.sizeOf(target);
        const zone = new Int32Array((pending + 1) ** 2);
        fireInto(zone, source, fired, situations, move);
        assertCanonical(zone, 0, pending + 1);
        assertNotEmpty(zone, 0, pending + 1);
        turnTo(source, zone, 0, pending);
        const firable = Array.from({ length: pending }, (_, at) => at + 1).filter((at) => source.leads[at] === 0);
        fired = firable[(walk + length * length) % firable.length] as number;
        move = situations.move(situations.movesOf(target, fired - 1), 0);
        firings++;
      }
    }
    expect(firings).toBe(12_000);
  });

  test('never begins with a window that ends before it begins', () => {
    const pending = [{ type: 0, origin: -1 }];
    const system: TimedSystem = {
      start: { words: [], pending, choice: 0 },
      fire: () => [],
      windowOf: () => [5, 3],
      groupOf: () => 0,
      isOrdered: () => false,
    };
    expect(() => new StateClasses(system, { abstraction: 'equality' }).explore()).toThrow('a window from 5 to 3 ms');
  });
});

describe('numbers that share a word are refused where they have no room', () => {
  const definition = defineWorld(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }));

  test('an event of a party, a link or a timer too many', () => {
    const types = new EventTypes(definition);
    const [one] = World.start(definition).world.pending;
    if (one === undefined) throw new Error('nothing is pending at the start');
    expect(types.idOfPending(one, one.windowMs, 'happen')).toBe(0);
    for (const beyond of [{ party: 15 }, { from: 15 }, { link: 31 }, { index: 4_095 }, { event: 2 ** 40 }]) {
      expect(() => types.idOfPending({ ...one, ...beyond }, one.windowMs, 'happen')).toThrow(/no room|too large/);
    }
  });

  test('a link too many of the untimed world', () => {
    const links = Array.from({ length: 32 }, () => definition.links[0] as (typeof definition.links)[0]);
    expect(() => new UntimedWorld({ ...definition, links }, [], 0)).toThrow('32 links');
  });

  test('a property too many', () => {
    const [property] = properties;
    if (property === undefined) throw new Error('there are no properties');
    const tables = Array.from({ length: 32 }, () => new PropertyTable(property, definition.scenario));
    expect(() => new Observers(tables, { keepsViolated: false })).toThrow('32 properties');
    expect(new Observers(tables.slice(1), { keepsViolated: false }).count).toBe(1);
  });
});
