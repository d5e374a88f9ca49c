import { Script } from 'node:vm';
import { defineProperty, defineScenario, defineSystem, type SystemDefinition, simulate } from 'ringproof';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  type AnyStateMachine,
  and,
  assign,
  createMachine,
  emit,
  enqueueActions,
  fromPromise,
  not,
  raise,
  setup,
} from 'xstate';

const anything = defineProperty({ name: 'any', says: 'any', initial: 0, on: {}, witnessed: () => true });
const still = createMachine({ initial: 'a', states: { a: { on: { hello: 'a' } } } });

const systemWith = (machine: AnyStateMachine, more: Partial<SystemDefinition> = {}, delays = {}) =>
  defineSystem({
    name: 'mine',
    title: 'Mine',
    parties: { one: { machine, delays }, two: { machine: still } },
    links: { wire: { between: ['one', 'two'], transport: 'udp', latency: '5ms' } },
    steps: [{ at: '1s', party: 'one', event: { type: 'go' } }],
    properties: [anything],
    until: '600s',
    ...more,
  });

/** A machine that does something when it is told to go. */
const doing = (actions: unknown, context: object = { n: 0 }) =>
  createMachine({ context, initial: 'a', states: { a: { on: { go: { actions } } } } } as never);

/** What was found wrong. */
function problemsOf(attempted: () => unknown): string[] {
  try {
    attempted();
    return [];
  } catch (error) {
    return (error as { problems: { found: string }[] }).problems.map(({ found }) => found);
  }
}

const say = (to: string, type: string) => emit({ type: 'send', to, message: { type } } as never);
let outside = 0;
/** What somebody computes who lets no error pass. */
const attempt = Object.assign(
  (compute: () => number) => {
    try {
      return compute();
    } catch {
      return 0;
    }
  },
  { age: undefined as never as { readonly years: number } },
);

type Check = (guard: unknown) => boolean;

/** A machine that notes outside of its context that it was told to go: the same each time it is told. */
const forgetful = () => {
  const outside = { wasTold: false };
  const note = assign({ n: () => Number(Object.assign(outside, { wasTold: true }).wasTold) });
  const heard = { guard: () => outside.wasTold, target: 'b' };
  return createMachine({
    context: { n: 0 },
    initial: 'a',
    states: { a: { on: { go: { actions: note } }, after: { 100: heard, 5000: heard } }, b: {} },
  } as never);
};

describe('A machine that does not fit is refused with machine, state and event', () => {
  test.each([
    [
      'an actor',
      createMachine({ initial: 'a', states: { a: { invoke: { src: fromPromise(async () => 1) } } } }),
      /the actor .* invoked in state a of the machine of one; expected no actors/,
    ],
    ['code of its own', doing(() => console.log('x')), /code of its own as an action in state a of the machine of one/],
    [
      'a misspelt action',
      setup({ actions: { greet: say('two', 'hello') } }).createMachine({ entry: 'great' as never }),
      /did you mean greet/,
    ],
    [
      'a computed delay',
      doing(raise({ type: 'late' }, { delay: ({ context }) => (context as never as { n: number }).n })),
      /a delay that is computed in state a/,
    ],
    [
      'a delay without a value',
      createMachine({ after: { patience: {} } }),
      /the delay patience in its root .* has no value/,
    ],
    [
      'a guard that is not there',
      createMachine({ on: { go: { guard: not(and(['isReady'])) } } } as never),
      /the guard isReady in its root of the machine of one, which is not provided; expected a guard in `setup/,
    ],
    [
      'a guard that answers later',
      createMachine({ on: { go: { guard: async () => false } } } as never),
      /the async guard in its root of the machine of one; expected a guard that answers at once/,
    ],
    [
      'a guard that answers later, behind the name of others',
      setup({ guards: { slow: (async () => false) as never, both: and(['slow'] as never) } }).createMachine({
        on: { go: { guard: 'both' } },
      } as never),
      /the async guard slow in its root of the machine of one; expected a guard that answers at once/,
    ],
    [
      'a guard with a name that every object has',
      createMachine({ on: { go: { guard: 'constructor' } } } as never),
      /the guard constructor in its root of the machine of one, which is not provided/,
    ],
    [
      'actions that come later',
      doing(enqueueActions((async () => {}) as never)),
      /an async function in enqueueActions in state a of the machine of one/,
    ],
    ['no machine', undefined, /no machine of XState 5 as the machine of one; expected `createMachine` or `setup`/],
    ['a bare configuration', { on: { go: {} } }, /no machine of XState 5 as the machine of one/],
  ])('%s', (_, machine, message) => {
    expect(() => systemWith(machine as never)).toThrow(message);
  });

  test('one guard that several transitions of a state ask, once', () => {
    const machine = createMachine({
      on: { go: { guard: { type: 'isOld' } }, stay: { guard: { type: 'isOld' } } },
    } as never);
    expect(problemsOf(() => systemWith(machine))).toEqual([
      expect.stringMatching(/^the guard isOld in its root of the machine of one/),
    ]);
  });

  test('a delay that takes no time', () => {
    expect(() => systemWith(createMachine({ after: { 0: {} } }))).toThrow(
      /a delay of 0 ms in its root of the machine of one/,
    );
  });

  test('a delay that it does not use', () => {
    const machine = createMachine({ after: { 100: {} } });
    expect(() => systemWith(machine, {}, { patience: '1s' })).toThrow(
      /the delay patience, which the machine of one does not use/,
    );
  });

  test.each([
    [
      'luck in a guard',
      createMachine({ on: { go: { guard: () => Math.random() > 2 } } }),
      /found Math\.random in the machine of one, .* on go; expected what depends on luck as a step or a message/,
    ],
    [
      'a promise for an answer',
      createMachine({ on: { go: { guard: (() => Promise.resolve(false)) as never } } }),
      /found Promise in the machine of one, .* on go; expected an answer at once/,
    ],
    [
      'a guard that enqueueActions asks, and that answers later',
      doing(
        enqueueActions((({ check, enqueue }: never) => {
          if ((check as Check)(async () => false))
            (enqueue as { raise: (event: object) => void }).raise({ type: 'go' });
        }) as never),
      ),
      /found a promise in the machine of one, in state "a" on go; expected an answer at once/,
    ],
    [
      'a guard that enqueueActions asks, and that nobody provides',
      doing(enqueueActions((({ check }: never) => void (check as Check)('isOld')) as never)),
      /found the guard isOld, which is not provided, in the machine of one, in state "a" on go/,
    ],
    [
      'an event that it sends itself as an actor',
      doing(assign({ n: ({ self }) => Number(self.send({ type: 'go' })) })),
      /found self\.send in the machine of one, .* on go; expected `raise` for itself, `emit` for others/,
    ],
    [
      'a look at its own state',
      doing(assign({ n: ({ self }) => (self.getSnapshot().value === 'a' ? 1 : 2) })),
      /found self\.getSnapshot in the machine of one/,
    ],
    [
      'what it keeps outside and asks elsewhere',
      forgetful(),
      /another result when computed again in the machine of one/,
    ],
    [
      'luck, whoever catches its error',
      doing(assign({ n: () => attempt(Math.random) })),
      /found Math\.random in the machine of one/,
    ],
    [
      'a guard that throws',
      setup({ guards: { isOld: () => attempt.age.years > 3 } } as never).createMachine({
        on: { go: { guard: 'isOld' } },
      } as never),
      /found Cannot read .*\(reading 'years'\) by the guard 'isOld' in the machine of one/,
    ],
    [
      'transitions that never end',
      createMachine({ initial: 'a', on: { go: {} }, states: { a: { always: 'b' }, b: { always: 'a' } } }),
      /found transitions that never end in the machine of one, at its start; expected `always` and `raise` that come/,
    ],
    [
      'a message that is no plain data',
      doing(emit({ type: 'send', to: 'two', message: { type: 'hello', at: new Map() } } as never)),
      /not plain data: Map in the message hello in the machine of one, in state "a"; expected plain data/,
    ],
    ['luck', doing(assign({ n: () => Math.random() })), /Math\.random in the machine of one, in state "a" on go/],
    [
      'the clock',
      doing(assign({ n: () => Date.now() })),
      /Date in the machine of one, in state "a" on go; expected time as a named delay/,
    ],
    ['a new date', doing(assign({ n: () => new Date().getHours() })), /Date in the machine of one/],
    [
      'what it keeps outside',
      doing(assign({ n: () => outside++ })),
      /another result when computed again in the machine of one/,
    ],
    ['a promise', doing(assign({ n: async () => 1 } as never)), /found a promise in the machine of one/],
    [
      'an observation without a type',
      doing(emit({ type: 'observe', observation: {} } as never)),
      /an observation without a type in the machine of one/,
    ],
    [
      'a message without a type',
      doing(emit({ type: 'send', to: 'two' } as never)),
      /a message to two without a type in the machine of one/,
    ],
    [
      'nobody',
      doing(say('tow', 'hello')),
      /hello sent to tow in the machine of one, in state "a"; expected one of one, two/,
    ],
    [
      'a word that nobody knows',
      doing(say('two', 'hallo')),
      /the message hallo from one, which the machine of two never takes; .*did you mean hello/,
    ],
    [
      'what is neither sent nor shown',
      doing(emit({ type: 'shout' } as never)),
      /the emitted event shout in the machine of one, in state "a"; expected send or observe/,
    ],
    [
      'a counter that never ends',
      createMachine({
        context: { n: 0 },
        initial: 'a',
        states: {
          a: {
            on: { go: {} },
            after: { 100: { target: 'a', reenter: true, actions: assign({ n: ({ context }) => context.n + 1 }) } },
          },
        },
      } as never),
      /more than 500 values of n in the machine of one, in state "a"/,
    ],
    [
      'a delay in enqueueActions that nothing names',
      doing(
        enqueueActions(({ enqueue }) => enqueue.raise({ type: 'late' } as never, { delay: 33, id: 'late' } as never)),
      ),
      /a timer for late of 33 ms in the machine of one/,
    ],
  ])('%s', (_, machine, message) => {
    expect(() => simulate(systemWith(machine as never), 1)).toThrow(message);
  });

  describe('a guard that never ends', () => {
    beforeEach(() => {
      const { runInThisContext } = Script.prototype;
      // No spy of vitest's: it asks for what a machine must not ask for.
      Script.prototype.runInThisContext = function (options) {
        return runInThisContext.call(this, { ...options, timeout: 100 });
      };
      onTestFinished(() => void Object.assign(Script.prototype, { runInThisContext }));
    });
    const endless = (): boolean => {
      for (;;);
    };

    test('when it is asked', () => {
      expect(() => simulate(systemWith(createMachine({ on: { go: { guard: endless } } })), 1)).toThrow(
        /found no end within 5 s in the machine of one, .* on go; expected code that comes to an end/,
      );
    });

    test('when it is asked again after another event: it is named, and the clock is there afterwards', () => {
      let asked = 0;
      const later = () => (++asked > 2 ? endless() : true);
      const machine = createMachine({ on: { go: { guard: later }, wait: {} } });
      const steps = ['go', 'wait'].map((type) => ({ at: '1s', party: 'one', event: { type } }));
      expect(() => simulate(systemWith(machine, { steps }), 1)).toThrow(
        /found no end within 5 s in the machine of one, .* on go; expected code that comes to an end/,
      );
      expect([Date.now() > 0, Math.random() < 1, typeof setTimeout]).toEqual([true, true, 'function']);
    });
  });

  test('the clock is there again afterwards', () => {
    expect(() => simulate(systemWith(doing(assign({ n: () => Date.now() }))), 1)).toThrow();
    expect([Date.now() > 0, Math.random() < 1, typeof setTimeout]).toEqual([true, true, 'function']);
  });
});

describe('A system that does not fit is refused as a file would be', () => {
  test.each([
    [
      { links: { wire: { between: ['one', 'tow'], transport: 'udp', latency: '5ms' } } },
      /tow for links\.wire\.between; expected one of one, two; did you mean two/,
    ],
    [
      { links: { wire: { between: ['one', 'two'], transport: 'udp', latency: ['9ms', '5ms'] } } },
      /\["9ms","5ms"\] for links\.wire\.latency/,
    ],
    [
      { links: { wire: { between: ['one', 'two'], transport: 'udp', latency: '5ms', loss: 7 } } },
      /7 for links\.wire\.loss/,
    ],
    [
      { links: { wire: { between: ['one', 'two'], transport: 'tcp', latency: '5ms', loss: 0.5 } } },
      /tcp delivers once/,
    ],
    [{ steps: [{ party: 'one', event: { type: 'go' } }] }, /no date for steps\[1\]/],
    [{ steps: [{ at: '1s', party: 'three', event: { type: 'go' } }] }, /three for steps\[1\]\.party/],
    [{ properties: [] }, /no properties; expected at least one/],
    [{ properties: [anything, anything] }, /two properties named any/],
    [
      { links: { wire: { between: ['one', 'two'], transport: 'udp', latency: '0ms' } } },
      /"0ms" for links\.wire\.latency; expected at least 1ms/,
    ],
    [
      { steps: [{ at: '1s', party: 'one', event: { type: 'helo' } }] },
      /helo for steps\[1\]\.event; expected one of hello; did you mean hello/,
    ],
    [{ steps: [], faults: [{ do: 'lose', message: 'helo' }] }, /helo for faults\[1\]\.message; .*did you mean hello/],
    [{ steps: [], faults: [{ do: 'lose', message: 'hello', latency: '5s' }] }, /`latency` goes with `do: delay`/],
    [
      {
        steps: [],
        faults: [{ do: 'lose', message: 'hello' }],
        links: { wire: { between: ['one', 'two'], transport: 'tcp', latency: '5ms' } },
      },
      /lose for faults\[1\], where every link is tcp/,
    ],
    [{ until: 'soon' }, /"soon" for until/],
    [
      { until: '900ms', steps: [{ at: '1s', party: 'two', event: { type: 'hello' } }] },
      /steps\[1\] after the end of the run/,
    ],
    [{ untill: '3s' }, /the unknown key untill.*did you mean until/],
  ])('%o', (more, message) => {
    expect(() => systemWith(still, more as never)).toThrow(message);
  });
});

describe('A hand-over of one’s own', () => {
  const document = { name: 'mine', title: 'Mine', steps: [{ at: '1s', do: 'open' }] } as const;

  test.each([
    [{ ...document, links: { appSip: { latency: ['9ms', '5ms'] } } }, {}, /\["9ms","5ms"\] for links\.appSip\.latency/],
    [{ ...document, links: { appSip: { loss: 7 } } }, {}, /7 for links\.appSip\.loss/],
    [document, { mode: 'standrad' }, /standrad for mode; expected one of .*did you mean standard/],
    [document, { server: 'mutli' }, /mutli for server; expected one of .*did you mean multi/],
    [document, { machines: { pushserver: { machine: still } } }, /pushserver in machines; .*did you mean pushServer/],
  ])('is refused where it does not fit: %o with %o', (given, own, message) => {
    expect(() => defineScenario(given as never, own as never)).toThrow(message);
  });
});

test('A machine that has come to its end takes nothing any more, as in XState', () => {
  const machine = createMachine({
    initial: 'a',
    on: { ask: { actions: emit({ type: 'observe', observation: { type: 'answered' } } as never) } },
    states: { a: { on: { go: 'b' } }, b: { type: 'final' } },
  });
  const steps = ['ask', 'go', 'ask'].map((type, at) => ({ at: `${at + 1}s`, party: 'one', event: { type } }));
  const answers = { name: 'answers', says: 'asked', initial: 0, on: { answered: (n: number) => n + 1 } };
  const violation = (n: number) => (n > 1 ? 'answered after its end' : null);
  const once = defineProperty({ ...answers, violation, witnessed: (n) => n > 0 });
  const [verdict] = simulate(systemWith(machine, { steps, properties: [once] }), 1).verdicts;
  expect(verdict?.verdict).toBe('holds');
});

test('A message that its receiver takes without doing anything is no unknown word', () => {
  const deaf = createMachine({ on: { hello: {} } });
  const talking = doing(say('two', 'hello'));
  const system = systemWith(talking, { parties: { one: { machine: talking }, two: { machine: deaf } } });
  expect(simulate(system, 1).verdicts.map(({ verdict }) => verdict)).toEqual(['holds']);
});

test('What throws something that is no error is refused in one line', () => {
  const nothing = () => {
    throw null;
  };
  expect(() => simulate(systemWith(doing(assign(nothing))), 1)).toThrow(
    'mine: found null, thrown in the machine of one, in state "a" on go; expected plain data and pure functions',
  );
});
