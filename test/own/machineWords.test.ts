import { defineProperty, defineSystem, type SystemDefinition, simulate } from 'ringproof';
import { describe, expect, test } from 'vitest';
import { type AnyStateMachine, assign, createMachine, emit, setup } from 'xstate';

const anything = defineProperty({ name: 'any', says: 'any', initial: 0, on: {}, witnessed: () => true });

const systemOf = (machine: AnyStateMachine, delays: SystemDefinition['parties'][string]['delays'] = {}) =>
  defineSystem({
    name: 'mine',
    title: 'Mine',
    parties: { one: { machine, delays }, two: { machine: createMachine({ on: { hello: {} } }) } },
    links: { wire: { between: ['one', 'two'], transport: 'udp', latency: '5ms' } },
    steps: [{ at: '1s', party: 'one', event: { type: 'go' } }],
    properties: [anything],
    until: '60s',
  });

describe('A delay that is no time is refused with its name, state and machine', () => {
  const waiting = (delay: unknown) =>
    setup({ delays: { late: delay as number } }).createMachine({
      on: { go: {} },
      initial: 'a',
      states: { a: { after: { late: {} } } },
    });

  test.each([
    [Number.NaN, 'a delay of NaN ms'],
    [-10, 'a delay of -10 ms'],
    [0.5, 'a delay of 0.5 ms'],
    [Number.POSITIVE_INFINITY, 'a delay of Infinity ms'],
    [0, 'a delay of 0 ms'],
    ['1s', 'string as a delay'],
    [() => 1_000, 'a delay that is computed'],
  ])('%s', (delay, found) => {
    expect(() => systemOf(waiting(delay))).toThrow(`${found} for late in state a of the machine of one; expected`);
    // `enqueueActions` may use what no state names.
    const unused = setup({ delays: { late: delay as number } }).createMachine({});
    expect(() => systemOf(unused)).toThrow(`${found} for late in the machine of one; expected`);
    expect(() => systemOf(waiting(delay), { late: ['1s', '2s'] })).not.toThrow();
  });

  test.each(['-1', '0.5', 'Infinity'])('a literal %s, whatever stands beside the machine', (delay) => {
    const machine = createMachine({ after: { [delay]: {} }, on: { go: {} } });
    expect(() => systemOf(machine)).toThrow(`a delay of ${delay} ms in its root`);
    expect(() => systemOf(machine, { [delay]: '1s' })).toThrow(`a delay of ${delay} ms in its root`);
  });

  test.each(['toString', 'constructor'])('a delay of the name %s is one like any other', (name) => {
    const machine = createMachine({ after: { [name]: {} }, on: { go: {} } });
    expect(() => systemOf(machine)).toThrow(`the delay ${name} in its root of the machine of one, which has no value`);
    const provided = setup({ delays: { [name]: 3_000 } }).createMachine({ after: { [name]: {} }, on: { go: {} } });
    for (const system of [systemOf(machine, { [name]: '3s' }), systemOf(provided)])
      expect(simulate(system, 1).records.map(({ atMs }) => atMs)).toContain(3_000);
  });
});

describe('What a machine says and keeps is told in words', () => {
  const going = (actions: unknown, context: unknown = {}) =>
    systemOf(createMachine({ context, on: { go: { actions } } } as never));
  const emitting = (event: object) => going(emit(event as never));
  const late = { type: 'send', to: 'two', delay: 5_000, message: { type: 'hello' } };

  test.each([
    [
      () => emitting(late),
      /the unknown key delay in { type: 'send' } in the machine of one, .* on go; expected one of/,
    ],
    [() => going(emit((() => late) as never)), /the unknown key delay in { type: 'send' }/],
    [() => emitting({ ...late, delay: undefined, via: 'wire' }), /the unknown key delay .*\n.*the unknown key via/],
    [() => emitting({ type: 'send', ovr: 'wire', to: 'two', message: { type: 'hello' } }), /did you mean over\?/],
    [() => emitting({ type: 'observe', observations: 1, observation: { type: 'x' } }), /did you mean observation\?/],
    [() => going(assign({ n: () => -1 * 0 })), /not plain data: -0 in the machine of one/],
    [() => going([], { n: 1n }), /not plain data: 1n in the machine of one, at its start/],
    [() => going([], { n: Object.create(null) }), /not plain data: an object without a prototype/],
    [() => going([], { n: () => 1 }), /not plain data: a function/],
  ])('%s', (system, message) => {
    expect(() => simulate(system(), 1)).toThrow(message);
  });

  test('a circle is called one', () => {
    const circle: Record<string, unknown> = {};
    circle.again = circle;
    expect(() => simulate(going([], circle), 1)).toThrow(/not plain data: more than 100 levels, or a circle/);
  });

  test('an input, which nobody gives; a machine that does without it is taken', () => {
    const machineOf = (context: (given: { input: { n: number } | undefined }) => object) =>
      systemOf(createMachine({ context, on: { go: {} } } as never));
    const message = 'the input of the machine of one, which nobody gives it; expected what it needs in its context';
    expect(() => machineOf(({ input }) => ({ n: input?.n }))).toThrow(message);
    expect(() => machineOf(({ input }) => ({ n: (input as { n: number }).n }))).toThrow(message);
    expect(() => machineOf(({ input }) => ({ n: input?.n ?? 0 }))).not.toThrow();
  });
});
