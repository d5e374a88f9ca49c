import { expect, test } from 'vitest';
import { setup } from 'xstate';
import { eventTable } from '../../src/sim/world/eventTable.ts';
import { PartyTable } from '../../src/sim/world/partyTable.ts';

test('a machine that goes round in circles is an error, not a hang', () => {
  const circling = setup({}).createMachine({
    initial: 'one',
    states: { one: { on: { 'user.open': 'two' } }, two: { always: 'three' }, three: { always: 'two' } },
  });
  const table = new PartyTable('app', circling);
  expect(() => table.step(0, eventTable.idOf({ type: 'user.open' }))).toThrow(/Infinite loop detected/);
});
