import {
  check,
  defineSystem,
  envelope,
  type LinkDefinition,
  ladder,
  raceWindow,
  type SystemDefinition,
  simulate,
} from 'ringproof';
import { describe, expect, test } from 'vitest';
import { faultOn, serialOf } from '../../src/inspector/model/fault.ts';
import { never, type Said, talk } from './talk.ts';

type Link = Omit<LinkDefinition, 'between'>;

const tcp = { transport: 'tcp', latency: ['1ms', '4ms'] } as const;
const udp = { transport: 'udp', latency: ['1ms', '4ms'] } as const;
const both = { signals: udp, control: tcp };
const words: readonly Said[][] = [[{ type: 'a', over: 'signals' }], [{ type: 'a', over: 'control' }]];

describe('A message between two parties that have two links', () => {
  const said = (over?: unknown) => talk(both, [[{ type: 'a', ...(over !== undefined && { over: over as string }) }]]);

  test.each([
    [
      undefined,
      /a from speaker to hearer without `over`, in the machine of speaker, in state .*one of signals, control/,
    ],
    ['controll', /controll as `over` of a from speaker to hearer, .*one of signals, control; did you mean control\?/],
    ['', / as `over` of a from speaker to hearer.*one of signals, control/],
    [7, /7 for `over` of a to hearer in the machine of speaker.*the name of a link/],
  ])('with %j for its link is refused', (over, message) => {
    expect(() => simulate(said(over), 1)).toThrow(message);
  });

  test('names one that runs between them', async () => {
    const third = { ...both } as Record<string, Link>;
    const system = talk(third, [[{ type: 'a', over: 'other' }]]);
    const elsewhere = {
      ...system.definition,
      parties: { ...system.definition.parties, third: system.definition.parties.hearer },
      links: { ...system.definition.links, other: { ...tcp, between: ['speaker', 'third'] } },
    } as SystemDefinition;
    expect(() => simulate({ is: 'system', definition: elsewhere }, 1)).toThrow(
      /other as `over`.*one of signals, control/,
    );
    await expect(check({ is: 'system', definition: elsewhere }, { workers: 0 })).rejects.toThrow(
      /one of signals, control/,
    );
  });

  test('may name the only link, and need not', () => {
    for (const over of [undefined, 'wire'])
      expect(ladder(simulate(talk({ wire: tcp }, [[{ type: 'a', ...(over && { over }) }]]), 1))).not.toMatch(
        /over wire/,
      );
  });
});

describe('Links between the same two', () => {
  test('are told apart in the ladder, in the race window and in the envelope', async () => {
    const system = talk(both, words, { properties: [never('heard a,heard a', 0)] });
    const text = ladder(simulate(system, 1));
    expect(text).toMatch(/over signals/);
    expect(text).toMatch(/over control/);
    const race = talk(both, [
      [
        { type: 'a', n: 1, over: 'signals' },
        { type: 'b', over: 'control' },
      ],
    ]);
    const [found] = await check(
      { ...race, definition: { ...race.definition, properties: [never('heard b,heard a1', 0)] } },
      { workers: 0 },
    );
    expect(found?.window.join('\n')).toMatch(/speaker to hearer over (signals|control)\)/);
    expect(raceWindow(race, found?.trace as never)?.join('\n')).toMatch(/over (signals|control)\)/);
    const asked = { ...race.definition, properties: [never('heard b,heard a1', 0)] };
    const answer = (delay: string) => envelope({ is: 'system', definition: asked }, 'never0', delay);
    expect(await answer('signals.latency')).toMatchObject({ isDecided: true });
    await expect(answer('signal.latency')).rejects.toThrow(/signals\.latency/);
  });

  test('have windows of their own, whichever a message takes first', async () => {
    const links = {
      slow: { transport: 'tcp', latency: ['5ms', '30ms'] },
      quick: { transport: 'tcp', latency: ['1ms', '10ms'] },
    } as const;
    const steps = [
      { at: ['1ms', '9ms'], party: 'speaker', event: { type: 'say0' } },
      { at: ['1ms', '9ms'], party: 'speaker', event: { type: 'say1' } },
    ] as const;
    const properties = [never('heard a1,heard a2', 0)];
    const several = [[{ type: 'a', n: 1, over: 'slow' }], [{ type: 'a', n: 2, over: 'quick' }]];
    const [found] = await check(talk(links, several, { steps, properties, until: '90ms' }), { workers: 0 });
    // The quick one arrives at 19 ms at the latest, the slow one leaves at 1 ms at the earliest.
    expect(found?.window).toContain('a n=1 (speaker to hearer over slow): after 5ms to 18ms (of 5ms to 30ms)');
  });

  test('outdate nothing of each other', () => {
    const outdating = { ...udp, outdates: ['a'] };
    const isOutdated = (over: string) => {
      const several = [[{ type: 'a', n: 1, over: 'one' }], [{ type: 'a', n: 2, over }]];
      const system = talk({ one: outdating, other: outdating }, several);
      const runs = Array.from({ length: 100 }, (_, seed) => JSON.stringify(simulate(system, seed).records));
      return runs.some((run) => run.includes('"a1!"'));
    };
    expect([isOutdated('one'), isOutdated('other')]).toEqual([true, false]);
  });

  test('have faults of their own', () => {
    const heard = (faults: SystemDefinition['faults']) =>
      simulate(talk(both, words, { faults: faults ?? [] }), 1).records.map(({ link, fate }) => `${link} ${fate}`);
    expect(heard([{ do: 'lose', message: 'a', link: 'signals' }])).toContain('signals lose');
    expect(heard([{ do: 'lose', message: 'a', link: 'signals' }])).not.toContain('control lose');
    expect(() => heard([{ do: 'lose', message: 'a', link: 'signal' }])).toThrow(
      /faults\[1\]\.link.*did you mean signals\?/,
    );
    expect(() => heard([{ do: 'lose', message: 'a', link: 'control' }])).toThrow(
      /lose for faults\[1\], where every link is tcp/,
    );
    expect(() => heard([{ do: 'delay', message: 'a', from: 'hearer', to: 'hearer', latency: '1s' }])).toThrow(
      /where no link runs/,
    );
  });

  test('have faults of their own in the page', () => {
    const system = talk(both, words);
    const trace = simulate(system, 1);
    for (const link of ['signals', 'control']) {
      const serial = trace.records.find((one) => one.kind === 'message' && one.link === link)?.serial ?? -1;
      const fault = faultOn(trace, serial, { do: 'delay', latencyMs: 9 });
      expect(fault).toMatchObject({ link, occurrence: 1 });
      expect(serialOf(trace, fault as never)).toBe(serial);
      const late = simulate(talk(both, words, { faults: [{ do: 'delay', message: 'a', link, latency: '9ms' }] }), 1);
      expect(late.records.filter(({ atMs, sentAtMs }) => atMs - sentAtMs === 9).map((one) => one.link)).toEqual([link]);
    }
    expect(
      faultOn(simulate(talk({ wire: tcp }, [[{ type: 'a' }]]), 1), 1, { do: 'delay', latencyMs: 9 }),
    ).not.toHaveProperty('link');
  });
});

describe('What is refused of a link', () => {
  const other: Link = { transport: 'udp', latency: '1ms' };
  test.each([
    ['outdates on tcp', { ...tcp, outdates: ['a'] }, /no `outdates`: on a link that keeps its order/],
    ['outdates on udp in order', { ...other, ordered: true, outdates: ['a'] }, /no `outdates`: on a link that keeps/],
    ['a message that nobody takes', { ...other, outdates: ['b'] }, /b for links\.wire\.outdates.*one of /],
    ['no type at all', { ...other, outdates: [] }, /links\.wire\.outdates.*at least one entry/],
    ['an order that is there anyway', { ...tcp, ordered: true }, /no `ordered`: tcp keeps its order anyway/],
    ['an order that is not there anyway', { ...other, ordered: false }, /no `ordered`: udp keeps no order anyway/],
    [
      'a latency that is no duration',
      { ...other, latency: '5 parsecs' },
      /"5 parsecs" for links\.wire\.latency.*a duration/,
    ],
    [
      'half a window',
      { ...tcp, latency: ['1ms', '100000h'] },
      /"100000h" for links\.wire\.latency\[2\].*at most a year/,
    ],
    ['loss of tcp', { ...tcp, loss: 0.1 }, /tcp delivers once/],
  ] as const)('%s', (_, wire, message) => {
    expect(() => talk({ wire: wire as never }, [[{ type: 'a' }]])).toThrow(message);
  });

  test('more than 30', () => {
    const links = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`l${at}`, tcp]));
    expect(() => talk(links(31), [[{ type: 'a', over: 'l0' }]])).toThrow(/31 links; expected at most 30/);
    expect(simulate(talk(links(30), [[{ type: 'a', over: 'l29' }]]), 1).records.map(({ link }) => link)).toContain(
      'l29',
    );
  });

  test.each([
    ['environment', /the key environment in parties; expected another name: that of the steps/],
    ['2nd', /the key 2nd in parties; expected letters, digits/],
  ])('a party named %s', (name, message) => {
    const { definition } = talk({ wire: tcp }, [[{ type: 'a' }]]);
    const parties = { ...definition.parties, [name]: definition.parties.hearer as never };
    expect(() => defineSystem({ ...definition, parties })).toThrow(message);
  });

  test('one from a party to itself', () => {
    const { definition } = talk({ wire: tcp }, [[{ type: 'a' }]]);
    const links = { ...definition.links, inner: { ...tcp, between: ['hearer', 'hearer'] as const } };
    expect(() => defineSystem({ ...definition, links })).toThrow(/inner from hearer to itself; expected two parties/);
  });
});
