import { describe, expect, test } from 'vitest';
import type { MachineEvent } from '../../../src/machines/events.ts';
import { Hulls } from '../../../src/sim/check/engine/hulls.ts';
import { Situations } from '../../../src/sim/check/engine/situations.ts';
import { faultChoices } from '../../../src/sim/check/system/faultBudget.ts';
import { InertMessages, localStatesOf } from '../../../src/sim/check/system/inertMessages.ts';
import { LocalStates } from '../../../src/sim/check/system/localStates.ts';
import { WorldSystem } from '../../../src/sim/check/system/worldSystem.ts';
import { defineWorld } from '../../../src/sim/sipWorld/definition.ts';
import { registerOrder } from '../../../src/sim/sipWorld/registerOrder.ts';
import { eventTable } from '../../../src/sim/system/eventTable.ts';
import type { WorldDefinition } from '../../../src/sim/world/definition.ts';
import { scenarioOf } from '../../support/scenarios.ts';

describe('messages that may be without effect', () => {
  test('are neither REGISTERs that outdate older ones, nor messages that a fault delays', () => {
    const definition = defineWorld(
      scenarioOf({
        faults: [{ do: 'delay', message: 'control.background', occurrence: 1, latency: '700ms' }],
        steps: [
          { at: '1s', do: 'open' },
          { at: '5s', do: 'home' },
          { at: '9s', do: 'open' },
        ],
        until: '20s',
      }),
    );
    const system = new WorldSystem(definition, [], { losses: 0, duplicates: 0 });
    const situations = new Situations(system);
    new Hulls(situations, { visit: () => true }).explore(5_000);
    // As if every party ignored everything.
    const ignoring = definition.parties.map(() => new LocalStates(() => true));
    const inert = new InertMessages(system, ignoring);
    const locals = definition.parties.map(() => 0);
    const types = new Set(Array.from({ length: situations.count }, (_, id) => situations.of(id).pending).flat());
    const left = { out: new Set<string>(), in: new Set<string>() };
    for (const type of types) {
      const value = system.typeOf(type);
      if (value.is !== 'pending') continue;
      const isDelayed = value.windowMs[0] === 700;
      const name = `${eventTable.of(value.pending.event).type}${isDelayed ? ', delayed' : ''}`;
      left[inert.has(type, locals) ? 'out' : 'in'].add(name);
    }
    expect(left.in).toContain('control.background, delayed');
    expect(left.in).toContain('REGISTER');
    expect(left.out).toContain('control.enable');
    expect(left.out).toContain('REGISTER.200');
    expect(left.out).not.toContain('REGISTER');
  });

  test('are not those of which an onlooker sees something', () => {
    const seen = (sightings: number[]) => {
      const table = { react: (local: number) => ({ next: local, effects: [], sightings }) };
      const [states] = localStatesOf({ parties: [table] } as unknown as WorldDefinition);
      return states?.isInert(0, 1);
    };
    expect([seen([]), seen([3])]).toEqual([true, false]);
  });
});

test('a message that a fault of the scenario delays is neither lost nor doubled besides', () => {
  const delay = { do: 'delay', message: 'INVITE', occurrence: 1, latencyMs: [5, 5] } as const;
  const choices = faultChoices([{ demanded: delay, mayFail: true }], { losses: 1, duplicates: 1 });
  expect(choices).toEqual([{ fates: ['happen'], left: { losses: 1, duplicates: 1 } }]);
  expect(faultChoices([{ demanded: undefined, mayFail: true }], { losses: 1, duplicates: 1 })).toHaveLength(3);
});

test('a REGISTER outdates older ones of its sender, but neither its own retransmission, nor when it is out of date itself', () => {
  const register = (change: object) =>
    eventTable.idOf({
      type: 'REGISTER',
      contact: 'app@wifi',
      expires: 'asked',
      authorization: false,
      stale: false,
      ...change,
    } as unknown as MachineEvent);
  const [older, newer] = [register({}), register({ authorization: true })];
  expect(eventTable.of(registerOrder.outdatedBy(newer, older, 0))).toMatchObject({ type: 'REGISTER', stale: true });
  expect(registerOrder.outdatedBy(newer, newer, 0)).toBe(newer);
  expect(registerOrder.outdatedBy(register({ authorization: true, stale: true }), older, 0)).toBe(older);
});
