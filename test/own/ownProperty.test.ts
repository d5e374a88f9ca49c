import { check, defineProperty, defineScenario, defineSystem, type PropertyDefinition, simulate } from 'ringproof';
import { describe, expect, test } from 'vitest';
import { createMachine, emit } from 'xstate';

const see = emit({ type: 'observe', observation: { type: 'seen' } } as never);
const machine = createMachine({ on: { go: { actions: see } } });

const whole: PropertyDefinition<unknown> = { name: 'mine', says: 'mine', initial: 0, on: {}, witnessed: () => true };
const propertyWith = (more: object) => defineProperty({ ...whole, ...more });

const systemWith = (more: object) =>
  defineSystem({
    name: 'seen',
    title: 'Something is seen',
    parties: { one: { machine } },
    links: {},
    steps: [{ at: '1s', party: 'one', event: { type: 'go' } }],
    properties: [propertyWith(more)],
    until: '3s',
  });

describe('A property that does not fit is refused', () => {
  test.each<[object, string]>([
    [{ violations: () => 'x' }, 'property mine: found the unknown key violations; .*did you mean violation'],
    [{ name: 'my own' }, 'found "my own" for name; expected a letter'],
    [{ says: '' }, 'found "" for says; expected a sentence'],
    [{ violation: 'x' }, 'found string for violation; expected a function'],
    [{ on: { seen: 1 } }, 'found number for on.seen; expected a function'],
    [{ on: 'seen' }, 'found seen for on; expected a function for each type'],
    [{ on: [] }, 'found a list for on; expected a function for each type'],
    [{ on: null }, 'found null for on; expected a function for each type'],
    [{ initial: undefined }, 'found undefined in initial; expected'],
    [{ violation: () => '' }, 'found an empty text in violation; expected a text, or null'],
    [{ unfinished: () => ({}) }, 'found an object in unfinished; expected a text, or null'],
    [{ initial: new Map() }, 'found not plain data: Map in initial'],
    [{ initial: 1, violation: () => true }, 'found true in violation; expected a text, or null'],
  ])('where it is defined: %j', (more, message) => {
    expect(() => propertyWith(more)).toThrow(new RegExp(message));
  });

  test('where something is left out', () => {
    const { witnessed: _, ...without } = whole;
    expect(() => defineProperty(without as never)).toThrow('property mine: found no witnessed; expected');
  });

  let outside = 0;
  test.each([
    [{ on: { seen: () => outside++ } }, 'property mine: found another result when computed again in on.seen'],
    [{ on: { seen: () => Math.random() } }, 'property mine: found Math.random in on.seen'],
    [{ on: { seen: () => undefined } }, 'property mine: found undefined in on.seen; expected the next state'],
    [
      {
        on: {
          seen: () => {
            throw new Error('on\npurpose');
          },
        },
      },
      'property mine: found on purpose in on.seen',
    ],
    [
      { initial: [], on: { seen: (all: number[]) => all.fill(all.push(1)) } },
      'property mine: found .*not extensible in on.seen',
    ],
    [{ on: { seen: () => 1 }, violation: (n: number) => n === 1 && n }, 'property mine: found false in violation'],
    ...[Number.NaN, -5, 0.5, '5s'].map((limit): [object, string] => [
      { withinMs: () => limit },
      `property mine: found ${limit} in withinMs; expected whole milliseconds`,
    ]),
  ])('where it is asked: %o', async (more, message) => {
    const refusal = { name: 'InputError', message: expect.stringMatching(message) };
    const checked = async () => check(systemWith(more));
    await expect(checked()).rejects.toThrow(expect.objectContaining(refusal));
  });

  test('where it keeps something outside that is the same when it is set twice', async () => {
    const holders = new Set<number>();
    const on = { seen: (n: number) => (holders.add(n).size > 9 ? 1 : 2) };
    const noted = systemWith({ on, violation: () => (holders.size > 0 ? 'held' : null) });
    await expect(check(noted)).rejects.toThrow('property mine: found another result when computed again in violation');
  });

  test('where it has the name of another, or of one of ours', () => {
    const document = { name: 'call', title: 'A call', steps: [{ at: '1s', do: 'open' }] } as const;
    const [mine, ours] = [propertyWith({}), propertyWith({ name: 'noInviteLost' })];
    expect(() => defineScenario(document, { properties: [mine, mine] })).toThrow('two properties named mine');
    expect(() => defineScenario(document, { properties: [ours] })).toThrow('two properties named noInviteLost');
    expect(() => defineScenario(document, { properties: [{ ...whole } as never] })).toThrow('expected defineProperty');
    expect(() => defineScenario(document, { property: [mine] } as never)).toThrow('did you mean properties');
  });
});

test('A property that was shown nothing of what it looks at has judged nothing, whatever it says', async () => {
  const verdictOf = async (on: object) => (await check(systemWith({ on })))[0];
  expect(await verdictOf({ sen: () => 1 })).toMatchObject({ verdict: 'holds', witnessed: false });
  expect(await verdictOf({ sen: () => 1, seen: () => 1 })).toMatchObject({ verdict: 'holds', witnessed: true });
});

test('A machine that goes back to a history state remembers which one', async () => {
  const looking = createMachine({
    initial: 'on',
    states: {
      on: {
        initial: 'first',
        states: { first: { on: { step: 'second' } }, second: { entry: see }, last: { type: 'history' } },
        on: { out: 'off' },
      },
      off: { on: { back: 'on.last' } },
    },
  });
  const atMostOnce = propertyWith({
    on: { seen: (times: number) => Math.min(times + 1, 2) },
    violation: (times: number) => (times > 1 ? 'seen twice' : null),
  });
  const system = defineSystem({
    name: 'history',
    title: 'History',
    parties: { one: { machine: looking } },
    links: {},
    // The state that is left and what is left of it are those of the first time but for what is remembered.
    steps: ['out', 'back', 'step', 'out', 'back'].map((type) => ({ after: '1s', party: 'one', event: { type } })),
    properties: [atMostOnce],
    until: '10s',
  });
  expect((await check(system))[0]?.verdict).toBe('violated');
  expect(simulate(system, 1).verdicts[0]?.verdict).toBe('violated');
});

describe('The time that a state may last', () => {
  /** At each of these seconds the next state of the list is entered; 0 is the first one. */
  const lasting = (seconds: Readonly<Record<number, number>>, limitsMs: Readonly<Record<number, number>>) =>
    defineSystem({
      name: 'lasting',
      title: 'States that last',
      parties: {
        one: {
          machine: createMachine({
            on: {
              go: {
                actions: emit(({ event }) => ({ type: 'observe', observation: { ...event, type: 'seen' } }) as never),
              },
            },
          }),
        },
      },
      links: {},
      steps: Object.entries(seconds).map(([at, to]) => ({ at: `${at}s`, party: 'one', event: { type: 'go', to } })),
      properties: [
        propertyWith({
          on: { seen: (_: number, { to }: { to: number }) => to },
          withinMs: (state: number) => limitsMs[state] ?? null,
          witnessed: (state: number) => state > 0,
        }),
      ],
      until: '20s',
    });

  test.each([
    ['is over where a longer one came before', lasting({ 1: 1, 5: 2, 8: 0 }, { 1: 10_000, 2: 2_000 }), 'violated'],
    ['may be longer than that of the state before', lasting({ 1: 1, 2: 2, 11: 0 }, { 1: 2_000, 2: 10_000 }), 'holds'],
    ['begins anew with each state', lasting({ 1: 1, 5: 2, 9: 0 }, { 1: 5_000, 2: 5_000 }), 'holds'],
    ['goes on where the state is entered from itself', lasting({ 1: 1, 4: 1, 7: 0 }, { 1: 5_000 }), 'violated'],
  ])('%s, for one run as for all', async (_, system, verdict) => {
    expect((await check(system))[0]?.verdict).toBe(verdict);
    expect(simulate(system, 1).verdicts[0]?.verdict).toBe(verdict);
  });
});
