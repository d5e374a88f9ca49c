import { defineProperty, defineSystem } from 'ringproof';
import { expect, test } from 'vitest';
import { createMachine, emit } from 'xstate';
import { check } from '../../../src/sim/check/questions/check.ts';
import { worldOfSystem } from '../../../src/sim/own/systemWorld.ts';

/** A hearer that is asleep from 10 ms on, and ignores then what would have disturbed it before. */
const asleepAt10 = defineSystem({
  name: 'asleep',
  title: 'Asleep',
  parties: {
    speaker: {
      machine: createMachine({
        on: { speak: { actions: emit({ type: 'send', to: 'hearer', message: { type: 'word' } } as never) } },
      }),
    },
    hearer: {
      machine: createMachine({
        initial: 'awake',
        states: {
          awake: { on: { word: 'disturbed', sleep: 'asleep' } },
          disturbed: {},
          asleep: { entry: emit({ type: 'observe', observation: { type: 'asleep' } } as never) },
        },
      }),
    },
  },
  links: { air: { between: ['speaker', 'hearer'], transport: 'udp', latency: ['1ms', '20ms'] } },
  steps: [
    { at: '1ms', party: 'speaker', event: { type: 'speak' } },
    { at: '10ms', party: 'hearer', event: { type: 'sleep' } },
  ],
  properties: [
    defineProperty<boolean, { type: 'asleep' }>({
      name: 'neverAsleep',
      says: 'nobody falls asleep',
      initial: false,
      on: { asleep: () => true },
      violation: (isAsleep) => (isAsleep ? 'somebody did' : null),
      witnessed: () => true,
    }),
  ],
  until: '30ms',
});

test('a message that a step makes ineffective arrives after it, also where both have one date', () => {
  const [decision] = check(worldOfSystem(asleepAt10, 'here')).decisions;
  const records = decision?.counterexample?.trace.records.filter(({ kind }) => kind !== 'start') ?? [];
  const order = records.map(({ event, atMs }) => [event.type, atMs]);
  expect(order.slice(0, 2)).toEqual([
    ['speak', 1],
    ['sleep', 10],
  ]);
});
