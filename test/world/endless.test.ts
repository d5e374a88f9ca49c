import { expect, test } from 'vitest';
import { setup } from 'xstate';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { eventTable } from '../../src/sim/system/eventTable.ts';
import { scenarioOf } from '../support/scenarios.ts';

test('a machine that goes round in circles is an error, not a hang', () => {
  const circling = setup({}).createMachine({
    initial: 'one',
    states: { one: { on: { 'user.open': 'two' } }, two: { always: 'three' }, three: { always: 'two' } },
  });
  const table = defineWorld(scenarioOf({ steps: [{ at: '1s', do: 'open' }] }), { app: { machine: circling as never } })
    .parties[4];
  expect(() => table?.react(0, eventTable.idOf({ type: 'user.open' }))).toThrow(/Infinite loop detected/);
});
