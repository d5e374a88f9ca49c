import { fuzz, type LinkDefinition, type OwnSystem, type SystemDefinition } from 'ringproof';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/sim/check/questions/check.ts';
import { exploreUntimed } from '../../src/sim/check/untimed/explore.ts';
import { worldOfSystem } from '../../src/sim/own/systemWorld.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { everythingSeen } from './everyRun.ts';
import { never, onlyThese, type Said, seenText, talk } from './talk.ts';

type Links = Readonly<Record<string, Omit<LinkDefinition, 'between'>>>;

interface Case {
  readonly name: string;
  readonly links: Links;
  readonly words: readonly (readonly Said[])[];
  readonly budget?: { readonly losses?: number; readonly duplicates?: number };
  readonly more?: Partial<Pick<SystemDefinition, 'faults' | 'steps'>>;
}

const latency = ['1ms', '3ms'] as const;
const [tcp, udp] = [{ transport: 'tcp', latency } as const, { transport: 'udp', latency } as const];
const numbered = (type: string, over?: string) =>
  [1, 2, 3].map((n): readonly Said[] => [{ type, n, ...(over !== undefined && { over }) }]);

const cases: readonly Case[] = [
  {
    name: 'two links, of which one loses a message',
    links: { signals: udp, control: tcp },
    words: [
      [
        { type: 'signal', n: 1, over: 'signals' },
        { type: 'order', n: 1, over: 'control' },
      ],
      [{ type: 'order', n: 2, over: 'control' }],
    ],
    budget: { losses: 1 },
  },
  {
    name: 'two links of tcp, of which each has its own order',
    links: { one: tcp, other: { ...tcp, latency: ['2ms', '3ms'] } },
    words: [[{ type: 'a', over: 'one' }], [{ type: 'b', over: 'other' }], [{ type: 'c', over: 'one' }]],
  },
  {
    name: 'a fault on one of two links',
    links: { one: { ...tcp, latency: ['1ms', '9ms'] }, other: tcp },
    words: [
      [
        { type: 'a', n: 1, over: 'one' },
        { type: 'a', n: 2, over: 'other' },
        { type: 'a', n: 3, over: 'other' },
      ],
    ],
    more: {
      faults: [{ do: 'delay', message: 'a', link: 'other', occurrence: 1, latency: ['7ms', '8ms'] }],
    },
  },
  {
    name: 'one of two links is emptied',
    links: { one: udp, other: { ...udp, emptiedBy: ['moved'] } },
    words: [
      [
        { type: 'a', over: 'one' },
        { type: 'b', over: 'other' },
      ],
    ],
    more: {
      steps: [
        { at: '1ms', party: 'speaker', event: { type: 'say0' } },
        { at: ['2ms', '4ms'], party: 'hearer', event: { type: 'moved' } },
      ],
    },
  },
  {
    name: 'one of two links is cut for a while',
    links: { one: tcp, other: tcp },
    words: [[{ type: 'a', over: 'one' }], [{ type: 'b', over: 'other' }]],
    more: {
      steps: [
        { at: '1ms', party: 'speaker', event: { type: 'say0' } },
        { at: '2ms', party: 'speaker', event: { type: 'say1' } },
        { at: ['1ms', '3ms'], cut: 'one' },
        { after: '1ms', repair: 'one' },
      ],
    },
  },
  { name: 'udp that keeps its order', links: { wire: { ...udp, ordered: true } }, words: numbered('a') },
  {
    name: 'udp that keeps its order and loses',
    links: { wire: { ...udp, ordered: true } },
    words: numbered('a'),
    budget: { losses: 2 },
  },
  {
    name: 'udp that keeps its order and doubles',
    links: { wire: { ...udp, ordered: true } },
    words: numbered('a'),
    budget: { duplicates: 2 },
  },
  {
    name: 'udp that keeps its order, loses, doubles, and delays one',
    links: { wire: { ...udp, ordered: true } },
    words: numbered('a'),
    budget: { losses: 1, duplicates: 1 },
    more: { faults: [{ do: 'delay', message: 'a', occurrence: 1, latency: ['6ms', '7ms'] }] },
  },
  { name: 'udp on which newer outdates older', links: { wire: { ...udp, outdates: ['a'] } }, words: numbered('a') },
  {
    name: 'udp on which newer outdates older, loses and doubles',
    links: { wire: { ...udp, outdates: ['a'] } },
    // A third word makes ten times as many runs, and none of another kind.
    words: numbered('a').slice(0, 2),
    budget: { losses: 1, duplicates: 1 },
  },
  {
    name: 'several types of which a newer one outdates an older one of another',
    links: { wire: { ...udp, outdates: ['bind', 'unbind'] } },
    words: [[{ type: 'bind', n: 1 }], [{ type: 'unbind' }, { type: 'other' }], [{ type: 'bind', n: 2 }]],
  },
  {
    name: 'the same message over a link that outdates and one that does not',
    links: { one: { ...udp, outdates: ['a'] }, other: udp },
    words: [
      [
        { type: 'a', n: 1, over: 'one' },
        { type: 'a', n: 1, over: 'other' },
      ],
      [
        { type: 'a', n: 2, over: 'other' },
        { type: 'a', n: 2, over: 'one' },
      ],
    ],
  },
  {
    name: 'several connections of tcp on which newer outdates older',
    links: { wire: { ...tcp, ordered: false, outdates: ['a'] } },
    words: numbered('a'),
  },
];

const systemOf = ({ links, words, more }: Case, properties: SystemDefinition['properties']): OwnSystem =>
  talk(links, words, { ...more, ...(properties.length > 0 && { properties }) });

/** No more properties than one exploration can have. */
const inParts = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / 30) }, (_, part) => items.slice(30 * part, 30 * part + 30));

describe.each(cases)('$name', (one) => {
  const budget = { losses: 0, duplicates: 0, ...one.budget };
  const all = everythingSeen(worldOfSystem(systemOf(one, []), 'talk'), budget);
  /** Of a world as it is: neither are its machines tried before each question, nor is the window of a violation widened. */
  const decided = (properties: SystemDefinition['properties']) =>
    check(worldOfSystem(systemOf(one, properties), 'talk'), { budget }).decisions;

  test('the checker finds just what a naive clock finds', () => {
    const [only] = decided([onlyThese(all)]);
    expect(only?.counterexample?.trace.verdicts ?? only?.verdict).toBe('holds');
    for (const texts of inParts([...all])) {
      const checked = decided(texts.map(never));
      expect(checked.map(({ verdict }, index) => [texts[index], verdict])).toEqual(
        texts.map((text) => [text, 'violated']),
      );
      // Each counterexample is a run of the simulator that says the same.
      const ofRun = checked.map(({ counterexample, property }) =>
        counterexample?.trace.verdicts.find((one) => one.property === property),
      );
      expect(ofRun.map((verdict) => verdict?.violation?.what)).toEqual(texts.map((text) => `heard was: ${text}`));
    }
  });

  test('seeded runs are among them', () => {
    // The luck of a link strikes also what a fault delays.
    const { losses = 0, duplicates = 0 } = one.more?.faults === undefined ? budget : {};
    const links = Object.fromEntries(
      Object.entries(one.links).map(([name, link]) => [
        name,
        link.transport === 'udp'
          ? { ...link, ...(losses > 0 && { loss: 0.2 }), ...(duplicates > 0 && { duplicate: 0.3 }) }
          : link,
      ]),
    );
    const world = worldOfSystem(systemOf({ ...one, links }, []), 'talk');
    const every = everythingSeen(world, { losses: losses > 0 ? 3 : 0, duplicates: duplicates > 0 ? 3 : 0 });
    const heard = (seed: number) =>
      simulate(world, seed).records.flatMap(({ observations }) =>
        observations.map((seen) => (seen as unknown as { what: string }).what),
      );
    const runs = Array.from({ length: 100 }, (_, seed) => seenText(heard(seed + 1)));
    expect(runs.filter((run) => !every.has(run))).toEqual([]);
    expect(new Set(runs).size > 1).toBe(every.size > 1);
  });

  test('drawn runs are among them', async () => {
    expect((await fuzz(systemOf(one, [onlyThese(all)]), { ...budget, runs: 200 })).found).toBeNull();
  });

  test('so are they among all orders whatever the delays', () => {
    if (budget.duplicates > 0 || one.more?.faults !== undefined) return;
    for (const texts of inParts([...all])) {
      const world = worldOfSystem(systemOf(one, texts.map(never)), 'talk');
      const { verdicts } = exploreUntimed(world, { losses: budget.losses });
      expect(verdicts.filter(({ verdict }) => verdict !== 'violated').map(({ property }) => property)).toEqual([]);
    }
  });
});
