import { check, defineProperty, defineSystem, fuzz, type LinkDefinition, replay } from 'ringproof';
import { describe, expect, test } from 'vitest';
import { createMachine, emit } from 'xstate';
import { exploreUntimed } from '../../src/sim/check/untimed/explore.ts';
import { worldOfSystem } from '../../src/sim/own/systemWorld.ts';
import { simulate } from '../../src/sim/run/simulate.ts';

type Seen = { type: 'first' | 'second' | 'answer' };

/** A speaker says two words to a phone, which answers the second one and may move meanwhile. */
function phone(link: Partial<LinkDefinition> & Pick<LinkDefinition, 'transport'>, alsoTold: 'speaker' | null = null) {
  const send = (to: string, type: string) => emit({ type: 'send', to, message: { type } } as never);
  const show = (type: Seen['type']) => emit({ type: 'observe', observation: { type } } as never);
  const speaker = {
    on: {
      go: { actions: [send('phone', 'first'), send('phone', 'second')] },
      answer: { actions: show('answer') },
      moved: {},
    },
  };
  const heard = {
    on: {
      first: { actions: show('first') },
      second: { actions: [show('second'), send('speaker', 'answer')] },
      moved: {},
    },
  };
  const ends = (name: string, says: string, type: Seen['type']) =>
    defineProperty<boolean, Seen>({
      name,
      says,
      initial: false,
      on: { [type]: () => true },
      unfinished: (done) => (done ? null : `not: ${says}`),
      witnessed: (done) => done,
    });
  return defineSystem({
    name: 'phone',
    title: 'A phone that moves',
    parties: {
      speaker: { machine: createMachine(speaker as never) },
      phone: { machine: createMachine(heard as never) },
    },
    links: { wire: { between: ['speaker', 'phone'], latency: ['5ms', '500ms'], ...link } as LinkDefinition },
    steps: [
      { at: '1s', party: 'speaker', event: { type: 'go' } },
      { at: ['1010ms', '2s'], party: 'phone', event: { type: 'moved' } },
      ...(alsoTold ? [{ at: '1s', party: alsoTold, event: { type: 'moved' } }] : []),
    ],
    properties: [
      ends('arrives', 'the first word arrives', 'first'),
      defineProperty<string, Seen>({
        name: 'inOrder',
        says: 'the first word comes first',
        initial: '',
        on: { first: (so) => `${so}1`, second: (so) => `${so}2` },
        violation: (so) => (so.startsWith('2') ? 'the second came first' : null),
        witnessed: (so) => so !== '',
      }),
      ends('answered', 'the answer arrives', 'answer'),
    ],
    until: '5s',
  });
}

const verdicts = async (system: ReturnType<typeof phone>) =>
  Object.fromEntries((await check(system)).map(({ property, verdict }) => [property, verdict]));

describe('A link that a step empties', () => {
  test('loses what is under way to whom is told, for the checker, every driver and whatever the delays', async () => {
    expect(await verdicts(phone({ transport: 'tcp' }))).toEqual({
      arrives: 'holds',
      inOrder: 'holds',
      answered: 'holds',
    });
    const moving = phone({ transport: 'tcp', emptiedBy: ['moved'] });
    const [arrives] = await check(moving, { properties: ['arrives'] });
    expect(arrives).toMatchObject({ verdict: 'violated' });
    const trace = arrives?.trace;
    if (!trace) throw new Error('no run');
    expect(trace.records.flatMap(({ lostSerials }) => lostSerials).length).toBeGreaterThan(0);
    expect(replay(trace, 'found.json', moving).digest).toBe(trace.digest);
    expect((await fuzz(moving, { properties: ['arrives'] })).found?.violated).toEqual(['arrives']);
    const untimed = exploreUntimed(worldOfSystem(moving, 'phone.ts')).verdicts;
    expect(untimed.find(({ property }) => property === 'arrives')?.verdict).toBe('violated');
  });

  test('loses nothing that goes the other way', () => {
    const moving = worldOfSystem(phone({ transport: 'tcp', emptiedBy: ['moved'] }), 'phone.ts');
    for (let seed = 1; seed <= 100; seed++) {
      const { records } = simulate(moving, seed);
      const lost = records.flatMap(({ lostSerials }) => lostSerials);
      const answers = records.flatMap(({ sent }) =>
        sent.filter(({ event }) => String(event.type) === 'answer').map(({ serial }) => serial),
      );
      expect(lost.filter((serial) => answers.includes(serial))).toEqual([]);
    }
  });

  test('names an event that one party is told', () => {
    expect(() => phone({ transport: 'tcp', emptiedBy: ['mooved'] })).toThrow(/emptiedBy.*did you mean moved\?/);
    expect(() => phone({ transport: 'tcp', emptiedBy: ['moved'] }, 'speaker')).toThrow(
      /which phone and speaker are told; expected an event that one party is told/,
    );
  });
});

test('several connections of tcp lose nothing and keep no order', async () => {
  expect(await verdicts(phone({ transport: 'tcp', ordered: false }))).toEqual({
    arrives: 'holds',
    inOrder: 'violated',
    answered: 'holds',
  });
  expect(() => phone({ transport: 'udp', ordered: false })).toThrow(/no `ordered`: udp keeps no order anyway/);
});

describe('A law of latencies', () => {
  const of = (law: LinkDefinition['law'], latency?: LinkDefinition['latency']) =>
    phone({ transport: 'udp', law, ...(latency ? { latency } : { latency: undefined }) } as never);

  test('is drawn from by runs, and its ends are the window', async () => {
    const system = of([
      [0, '10ms'],
      [0.9, '20ms'],
      [1, '400ms'],
    ]);
    const world = worldOfSystem(system, 'phone.ts');
    const tookMs = Array.from({ length: 300 }, (_, seed) => simulate(world, seed + 1))
      .flatMap(({ records }) => records)
      .filter(({ kind }) => kind === 'message')
      .map(({ atMs, sentAtMs }) => atMs - sentAtMs);
    const quick = tookMs.filter((ms) => ms <= 20).length / tookMs.length;
    expect(Math.min(...tookMs)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...tookMs)).toBeLessThanOrEqual(400);
    expect(quick).toBeGreaterThan(0.85);
    expect(quick).toBeLessThan(0.95);
    // The checker takes every latency in the window.
    expect(await verdicts(system)).toMatchObject({ inOrder: 'violated' });
  });

  test.each([
    [undefined, undefined, /expected `latency` or `law`/],
    [
      [
        [0, '0ms'],
        [1, '5ms'],
      ],
      undefined,
      /expected a law from at least 1ms on/,
    ],
    [
      [
        [0, '10ms'],
        [1, '5ms'],
      ],
      undefined,
      /expected quantiles such as/,
    ],
    [
      [
        [0, '10ms'],
        [1, '20ms'],
      ],
      '30ms',
      /expected a law that reaches into the window/,
    ],
  ] as const)('%j with %s is refused', (law, latency, message) => {
    expect(() => of(law as LinkDefinition['law'], latency)).toThrow(message);
  });
});
