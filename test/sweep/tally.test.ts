import { simulate, sweep } from 'ringproof';
import { expect, test } from 'vitest';
import { payment } from '../../examples/own/payment.ts';
import { worldOfSystem } from '../../src/sim/own/systemWorld.ts';
import { shareInterval } from '../../src/sim/statistics/share.ts';
import { oneWorld } from '../../src/sim/sweep/runWorlds.ts';
import { type Tally, tallyOf, together } from '../../src/sim/sweep/tally.ts';

const bank = payment(false);

function tally(firstSeed: number, runs: number): Tally {
  const steps = tallyOf(oneWorld(worldOfSystem(bank, 'payment.ts')), { firstSeed, runs, isStopped: () => false });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

test('a sweep counts what simulate shows for each seed', async () => {
  const seeds = Array.from({ length: 40 }, (_, index) => 5 + index);
  const violating = seeds.filter((seed) =>
    simulate(bank, seed).verdicts.some(({ property, verdict }) => property === 'chargedOnce' && verdict === 'violated'),
  );
  const { runs, calls, properties } = await sweep(bank, { runs: 40, firstSeed: 5 });
  expect(violating.length).toBeGreaterThan(0);
  expect(violating.length).toBeLessThan(40);
  expect([runs, calls]).toEqual([40, null]);
  expect(properties.find(({ property }) => property === 'chargedOnce')).toEqual({
    property: 'chargedOnce',
    violatedRuns: violating.length,
    interval: shareInterval(violating.length, 40, 0.95),
    firstSeed: violating[0],
    witnessed: true,
  });
});

test('it makes no difference in how many pieces the seeds are swept, nor in which order', () => {
  expect(together(tally(18, 13), tally(1, 17))).toEqual(tally(1, 30));
  expect(together(tally(1, 17), tally(18, 13))).toEqual(tally(1, 30));
});

test('a sweep to a precision ends when every share is known as well as that', async () => {
  const { runs, isComplete, properties } = await sweep(bank, { precision: 0.1, confidence: 0.9 });
  expect(isComplete).toBe(true);
  for (const { violatedRuns, interval } of properties) {
    expect(interval[1] - violatedRuns / runs).toBeLessThanOrEqual(0.1);
    expect(violatedRuns / runs - interval[0]).toBeLessThanOrEqual(0.1);
  }
  expect(await sweep(bank, { precision: 0.01, runs: 50 })).toMatchObject({ runs: 50, isComplete: false });
  await expect(sweep(bank, { precision: 0 })).rejects.toThrow(/found 0 for precision; expected a share from 0.000001/);
  await expect(sweep(bank, { confidence: 1 })).rejects.toThrow(/found 1 for confidence; expected a share from 0.5/);
});

test('a sweep refuses numbers that are none', async () => {
  await expect(sweep(bank, { runs: 0.5 })).rejects.toThrow(/sweep: found 0.5 for runs; expected a whole number from 1/);
  await expect(sweep(bank, { firstSeed: -1 })).rejects.toThrow(/found -1 for firstSeed/);
});
