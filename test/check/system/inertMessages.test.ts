import { describe, expect, test } from 'vitest';
import { Hulls } from '../../../src/sim/check/engine/hulls.ts';
import { Situations } from '../../../src/sim/check/engine/situations.ts';
import { InertMessages, localStatesOf } from '../../../src/sim/check/system/inertMessages.ts';
import { LocalStates } from '../../../src/sim/check/system/localStates.ts';
import { WorldSystem } from '../../../src/sim/check/system/worldSystem.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { followed } from '../../support/classWalk.ts';
import { example, scenarioOf } from '../../support/scenarios.ts';

describe('an event is inert in a local state', () => {
  /** One event, which local state 3 alone minds. */
  const [event, minding] = [7, 3];
  const fresh = () => new LocalStates((local) => local !== minding);

  test('if it is ignored there and nothing has been seen to follow', () => {
    expect(fresh().isInert(1, event)).toBe(true);
    expect(fresh().isInert(minding, event)).toBe(false);
  });

  test('unless a local state that minds it has been seen to follow, however far away', () => {
    const states = fresh();
    states.see(1, 2);
    states.see(2, minding);
    expect(states.isInert(1, event)).toBe(false);
    expect(states.isInert(4, event)).toBe(true);
  });

  test('until such a step is seen: then what was said before is taken back', () => {
    const states = fresh();
    expect(states.see(1, 2)).toEqual([]);
    expect(states.isInert(1, event)).toBe(true);
    expect(states.see(4, minding)).toEqual([]);
    expect(states.see(2, 4)).toEqual([event]);
    expect(states.isInert(1, event)).toBe(false);
  });

  test('a step that leads where it is ignored as well takes nothing back', () => {
    const states = fresh();
    expect(states.isInert(1, event)).toBe(true);
    expect(states.see(1, 2)).toEqual([]);
    expect(states.see(2, 1)).toEqual([]);
    expect(states.isInert(2, event)).toBe(true);
  });
});

/** A world without its inert messages, explored; and how often the conjecture which they are had to be corrected. */
function explored(system: WorldSystem, seen = localStatesOf(system.definition)) {
  const inert = new InertMessages(system, seen);
  system.reduction = inert;
  let refuted = 0;
  const situations = new Situations(system);
  const invalidated = () => {
    if (!inert.isRefuted) return [];
    refuted++;
    return situations.renew(inert.takeRefuted());
  };
  new Hulls(situations, { visit: () => true, invalidated }).explore();
  return { inert, refuted, situations };
}

const textsOf = (situations: Situations): string[] =>
  Array.from({ length: situations.count }, (_, id) => JSON.stringify(situations.of(id)));

describe('what is left out changes nothing: a run of the simulator is a path but for messages that are ignored', () => {
  test.each([
    ['home-open-home', 'standard'],
    ['home-open-home', 'singleDeviceTakeover'],
    ['call-while-going-to-background', 'singleDeviceEmulation'],
    ['second-call-while-waking', 'continuous'],
  ] as const)('%s in %s', (name, mode) => {
    const definition = defineWorld(scenarioOf(example(name), mode, 'multi'));
    const system = new WorldSystem(definition, [], { losses: 0, duplicates: 0 });
    const { inert, situations } = explored(system);
    const whole = new Situations(new WorldSystem(definition, [], { losses: 0, duplicates: 0 }));
    new Hulls(whole, { visit: () => true }).explore(situations.count * 2);
    expect(situations.count).toBeLessThan(whole.count);
    for (let seed = 0; seed < 40; seed++) expect(followed(definition, seed, system)).toBeNull();
    expect(inert.isRefuted).toBe(false);
  });

  test.each(['standard', 'singleDeviceTakeover'] as const)(
    'a conjecture that is refuted on the way is corrected: what follows from the right one is all there, in %s',
    (mode) => {
      const definition = defineWorld(scenarioOf(example('home-open-home'), mode, 'multi'));
      const system = new WorldSystem(definition, [], { losses: 0, duplicates: 0 });
      const seen = localStatesOf(definition);
      const first = explored(system, seen);
      const second = explored(system, seen);
      expect(first.refuted).toBeGreaterThan(0);
      expect(second.refuted).toBe(0);
      const reached = new Set(textsOf(first.situations));
      expect(textsOf(second.situations).filter((text) => !reached.has(text))).toEqual([]);
    },
  );
});
