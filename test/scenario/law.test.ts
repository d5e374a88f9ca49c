import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { check } from '../../src/sim/check/questions/check.ts';
import { drawnLatencyMs, type Law, shareWithin } from '../../src/sim/data/law.ts';
import { propertyNamed } from '../../src/sim/properties/properties.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import { networks, type Preset, pushServices } from '../../src/sim/scenarioFile/presets.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { scenarioOf } from '../support/scenarios.ts';

const anyLaw = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 5 }),
    fc.uniqueArray(fc.integer({ min: 0, max: 9_000 }), { minLength: 7, maxLength: 7 }),
  )
  .map(([shares, latencies]): Law => {
    const rising = [0, ...shares.sort((one, other) => one - other).map((one) => one / 100), 1];
    const sorted = latencies.sort((one, other) => one - other);
    return { quantiles: rising.map((share, at) => [share, sorted[at] ?? 0] as const) };
  });

describe('a law', () => {
  test('draws within the window, rising with the luck', () => {
    fc.assert(
      fc.property(
        anyLaw,
        fc.integer({ min: 0, max: 9_000 }),
        fc.nat(5_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (law, low, width, one, other) => {
          const window = [low, low + width] as const;
          const [less, more] = one < other ? [one, other] : [other, one];
          const [first, second] = [drawnLatencyMs(law, window, less), drawnLatencyMs(law, window, more)];
          expect(first).toBeGreaterThanOrEqual(low);
          expect(second).toBeLessThanOrEqual(low + width);
          expect(first).toBeLessThanOrEqual(second);
        },
      ),
    );
  });

  test('gives its quantiles back where nothing is cut off', () => {
    fc.assert(
      fc.property(anyLaw, (law) => {
        const ends = [law.quantiles[0]?.[1] ?? 0, law.quantiles.at(-1)?.[1] ?? 0] as const;
        for (const [share, ms] of law.quantiles) expect(drawnLatencyMs(law, ends, share)).toBe(ms);
      }),
    );
  });

  test('is spread over what a narrower window leaves of it', () => {
    const law: Law = {
      quantiles: [
        [0, 0],
        [0.9, 100],
        [1, 1_000],
      ],
    };
    expect(shareWithin(law, 50)).toBeCloseTo(0.45);
    expect(drawnLatencyMs(law, [100, 1_000], 0.5)).toBe(550);
    expect(drawnLatencyMs(law, [0, 100], 0.5)).toBe(50);
  });
});

const presets: readonly Preset[] = [...Object.values(networks), ...Object.values(pushServices)];

describe('the laws of the presets', () => {
  const laws = presets.flatMap(({ title, links = {} }) =>
    Object.values(links).flatMap((link) => ('law' in link && link.law ? [{ title, link, law: link.law }] : [])),
  );

  test.each(laws)('$title: rises from share 0 to share 1 over its whole window, and has a source', ({ link, law }) => {
    expect(law.source).toMatch(/\S{3}/);
    expect(law.quantiles[0]).toEqual([0, link.latencyMs?.[0]]);
    expect(law.quantiles.at(-1)).toEqual([1, link.latencyMs?.[1]]);
    const flat = [law.quantiles.map(([share]) => share), law.quantiles.map(([, ms]) => ms)];
    for (const values of flat) expect(values).toEqual([...values].sort((one, other) => one - other));
  });

  test('APNs: 0.8 s on average and 2 s at the 95th percentile, as its source says', () => {
    const [apns] = laws;
    const draws = Array.from({ length: 10_000 }, (_, at) =>
      drawnLatencyMs(apns?.law as Law, apns?.link.latencyMs as [number, number], (at + 0.5) / 10_000),
    );
    expect(draws.reduce((sum, one) => sum + one, 0) / draws.length).toBeCloseTo(800, -2);
    expect(draws[9_500]).toBeCloseTo(2_000, -1);
  });
});

const steps = [
  { at: '1s', do: 'open' },
  { at: '10s', do: 'home' },
  { at: '60s', do: 'dial', call: 1 },
] as const;

/** Milliseconds that the push to the phone takes, by seed. */
const tookMs = (links: Parameters<typeof scenarioOf>[0]['links'], seeds: readonly number[]): number[] => {
  const definition = defineWorld(scenarioOf({ steps: [...steps], ...(links && { links }) }, 'continuous'));
  return seeds.map((seed) => {
    const arrival = simulate(definition, seed).records.find(({ event }) => event.type === 'notification');
    return (arrival?.atMs ?? 0) - (arrival?.sentAtMs ?? 0);
  });
};

describe('a run', () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);

  test('draws a latency by the law of its link, evenly without one, with the same luck', () => {
    const law: [number, string][] = [
      [0, '300ms'],
      [0.9, '400ms'],
      [1, '2s'],
    ];
    const [even, skewed] = [{}, { notification: { law } }].map((links) => tookMs(links, seeds));
    const soon = (all: readonly number[] = []) => all.filter((one) => one <= 400).length;
    expect(soon(even)).toBeLessThan(40);
    expect(soon(skewed)).toBeGreaterThan(160);
    const ranked = (all: readonly number[] = []) => seeds.toSorted((one, other) => (all[one] ?? 0) - (all[other] ?? 0));
    expect(ranked(even).slice(-5)).toEqual(ranked(skewed).slice(-5));
  });

  test('takes no law of a preset for a window that the scenario says itself', () => {
    const notification = { latency: ['300ms', '2s'] as [string, string] };
    const { links } = scenarioOf({ steps: [...steps], push: 'apns', links: { notification } });
    expect(links.notification.law).toBeUndefined();
  });
});

test('the checker takes every delay in the window, however rare', () => {
  const law: [number, string][] = [
    [0, '300ms'],
    [0.999, '1s'],
    [1, '40s'],
  ];
  const scenario = scenarioOf({ steps: [...steps], links: { notification: { law } } }, 'continuous');
  const [decision] = check(scenario, { properties: [propertyNamed('noInviteLost')] }).decisions;
  expect(decision?.verdict).toBe('violated');
});
