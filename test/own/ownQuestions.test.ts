import {
  defineProperty,
  defineSystem,
  envelope,
  type LinkDefinition,
  ladder,
  machinesOf,
  type PartyDefinition,
  raceWindow,
  replay,
  simulate,
} from 'ringproof';
import { describe, expect, test } from 'vitest';
import { createMachine, emit } from 'xstate';
import { lock } from '../../examples/own/lock.ts';
import { payment } from '../../examples/own/payment.ts';
import { worldParameterNamed, worldParameterNames } from '../../src/sim/check/questions/worldParameter.ts';
import { noFaults } from '../../src/sim/check/system/faultBudget.ts';
import { exploreUntimed } from '../../src/sim/check/untimed/explore.ts';
import { answerSystem } from '../../src/sim/jobs/question.ts';
import { judging } from '../../src/sim/own/judging.ts';
import { subjectOf } from '../../src/sim/own/runnable.ts';
import { systemSubject } from '../../src/sim/own/subject.ts';
import { worldOfSystem } from '../../src/sim/own/systemWorld.ts';

/** A ball that goes once through all of the parties. */
function ring(count: number, transport: 'tcp' | 'udp') {
  const names = Array.from({ length: count }, (_, index) => `p${index}`);
  const party = (index: number): PartyDefinition => {
    const done = emit({ type: 'observe', observation: { type: 'done' } } as never);
    const pass = emit({ type: 'send', to: `p${index + 1}`, message: { type: 'ball' } } as never);
    return { machine: createMachine({ on: { ball: { actions: index === count - 1 ? done : pass } } } as never) };
  };
  const link = (index: number): LinkDefinition => ({
    between: [`p${index}`, `p${index + 1}`],
    transport,
    latency: ['1ms', '9ms'],
  });
  return defineSystem({
    name: 'ring',
    title: 'A ball',
    parties: Object.fromEntries(names.map((name, index) => [name, party(index)])),
    links: Object.fromEntries(names.slice(1).map((name, index) => [`to-${name}`, link(index)])),
    steps: [{ at: '1s', party: 'p0', event: { type: 'ball' } }],
    properties: [
      defineProperty<boolean, { type: 'done' }>({
        name: 'arrives',
        says: 'the ball arrives',
        initial: false,
        on: { done: () => true },
        unfinished: (arrived) => (arrived ? null : 'it never arrives'),
        witnessed: (arrived) => arrived,
      }),
    ],
    until: '5s',
  });
}

describe('Envelopes of a system', () => {
  test('are exact to the millisecond', async () => {
    // The lease of a client begins at most 90 ms after that of the server, and the lock comes to another at least 5 ms after that.
    expect(await envelope(lock('9s'), 'oneHolder', 'ann.lease')).toMatchObject({ isDecided: true, safeUpToMs: 9_914 });
    expect(await envelope(payment(true), 'endsInTime', 'step.1')).toMatchObject({ witnessed: true, violatingMs: null });
  });

  test('are asked of every delay that there is, and of no other', async () => {
    const world = worldOfSystem(lock('9s'), 'lock.ts');
    for (const name of worldParameterNames(world)) {
      const changed = worldParameterNamed(world, name)?.within([3, 4]);
      expect(changed && worldParameterNamed(changed, name)?.window, name).toEqual([3, 4]);
      expect(worldParameterNamed(world, name)?.window, name).not.toEqual([3, 4]);
    }
    await expect(envelope(lock('9s'), 'oneHolder', 'ann.leese')).rejects.toThrow(/did you mean ann\.lease\?/);
    await expect(envelope(lock('9s'), 'oneHolder', 'step.9')).rejects.toThrow(/found step\.9 for delay/);
    await expect(envelope(lock('9s'), 'onehoder', 'ann.lease')).rejects.toThrow(/did you mean oneHolder/);
  });
});

describe('The untimed world of a system', () => {
  test.each([
    [2, 'tcp', 'holds'],
    [14, 'tcp', 'holds'],
    [14, 'udp', 'violated'],
  ] as const)('has room for %d parties (%s: %s)', (count, transport, verdict) => {
    const { states, complete, verdicts } = exploreUntimed(worldOfSystem(ring(count, transport), 'ring.ts'), {
      losses: 1,
    });
    expect(complete).toBe(true);
    expect(verdicts).toMatchObject([{ property: 'arrives', verdict, witnessed: true }]);
    // Before the step, on each of the links, at the end; over udp it may also be lost once, from each of the links.
    expect(states).toBe(count + 1 + (transport === 'udp' ? 1 : 0));
  });

  test('takes any delay: a lease as long as it likes is no cure', () => {
    const untimed = exploreUntimed(worldOfSystem(lock('1s'), 'lock.ts'));
    expect(untimed.verdicts).toMatchObject([{ property: 'oneHolder', verdict: 'violated' }]);
  });
});

test('A run is shown as a ladder, with the delays for which it goes wrong', () => {
  const bank = payment(false);
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
  const trace = seeds.map((seed) => simulate(bank, seed)).find(({ verdicts }) => verdicts.some((one) => one.violation));
  if (trace === undefined) throw new Error('no run');
  const lines = ladder(trace, 80).split('\n');
  expect(lines[0]).toMatch(/^ +shop +bank$/);
  expect(lines.some((line) => line.includes('✗ chargedOnce'))).toBe(true);
  expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
  expect(raceWindow(bank, trace)?.join('\n')).toMatch(/charge/);
  expect(raceWindow(lock('1s'), simulate(lock('1s'), 1))).toBeNull();
  expect(() => ladder(trace, 10)).toThrow(/found 10 for width; expected a whole number from 40 to 400/);
});

test('a delay that is violating whatever it is has one date, and no window', () => {
  const ask = { envelope: 'ann.lease', property: 'oneHolder' };
  const job = { system: 'lock', module: 'lock.ts', budget: noFaults, maximumBytes: 1e8, ask };
  const { text } = answerSystem(job, systemSubject(lock('10s'), 'lock.ts'));
  expect(text).toMatch(/; violated at 10s of its window$/);
});

test('a check that is told to end before it has begun says of every property that it is not decided', () => {
  const steps = judging(subjectOf(payment(true)), {});
  steps.next(true);
  expect(steps.next(false)).toMatchObject({
    done: true,
    value: Array(3).fill({ verdict: 'inconclusive', trace: null }),
  });
});

test.each([
  [
    'a seed that is none',
    () => simulate(payment(true), 1.5),
    /^simulate: found 1\.5 for seed; expected a whole number/,
  ],
  ['nothing', () => simulate(undefined as never, 1), /^simulate: found undefined; expected what defineScenario or/],
  ['a system, which has no machines of ours', () => machinesOf(payment(true) as never), /^machinesOf: found another/],
  ['no run to be drawn', () => ladder({} as never), /^ladder: found no trace; expected what `simulate` returns/],
  ['no run with a window', () => raceWindow(payment(true), {} as never), /^raceWindow: found no trace/],
  ['no run to be replayed', () => replay({} as never, 'mine.json'), /^mine\.json: found no trace/],
])('%s is refused by the function that was given it', (_, asked, message) => {
  expect(asked).toThrow(message);
});
