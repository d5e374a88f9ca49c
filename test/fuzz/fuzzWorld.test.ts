import fc from 'fast-check';
import { fuzz, replay } from 'ringproof';
import { describe, expect, test } from 'vitest';
import { lock } from '../../examples/own/lock.ts';
import { payment } from '../../examples/own/payment.ts';
import { DrawnSchedule, drawSchedule, evenDraft } from '../../src/sim/fuzz/drawnSchedule.ts';
import { search } from '../../src/sim/fuzz/search.ts';
import { worldOfSystem } from '../../src/sim/own/systemWorld.ts';
import { Run } from '../../src/sim/run/run.ts';

const world = worldOfSystem(lock('10s'), 'lock.ts');
const limits = { shares: 60, lossyMessages: 40, losses: 2, duplicates: 1 };

describe('a schedule that is drawn', () => {
  test('has every event within its window, and no more faults than allowed', () => {
    fc.assert(
      fc.property(drawSchedule(limits), (draft) => {
        const run = new Run(world, new DrawnSchedule(world, draft), { record: true });
        run.finish();
        const { records } = run.trace(null);
        const messages = records.flatMap(({ sent }) => sent);
        for (const { serial, kind, atMs, sentAtMs, link } of records) {
          if (kind !== 'message') continue;
          const window = messages.find((one) => one.serial === serial)?.windowMs;
          // The second copy of a message is on its way from when the first one arrives.
          if (window === undefined) continue;
          expect(link).toMatch(/ToServer$/);
          expect(atMs - sentAtMs).toBeGreaterThanOrEqual(window[0]);
          expect(atMs - sentAtMs).toBeLessThanOrEqual(window[1]);
        }
        const cutAtMs = 7_000;
        const lost = records.filter(
          ({ fate, link, atMs }) => fate === 'lose' && !(String(link) === 'annToServer' && atMs >= cutAtMs),
        );
        expect(lost.length).toBeLessThanOrEqual(limits.losses);
        expect(records.filter(({ fate }) => fate === 'duplicate').length).toBeLessThanOrEqual(limits.duplicates);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('draws both ends of a window', () => {
    const datesOf = (share: number) => {
      const run = new Run(world, new DrawnSchedule(world, evenDraft(1, share)), { record: true });
      run.finish();
      return run.trace(null).records.filter(({ kind, event }) => kind === 'step' && String(event.type) === 'user.lock');
    };
    expect(datesOf(0).map(({ atMs }) => atMs)).toEqual([1_000, 2_000]);
    expect(datesOf(1).map(({ atMs }) => atMs)).toEqual([1_000, 5_000]);
  });
});

describe('a search', () => {
  test('throws what is thrown, and takes it for no counterexample', () => {
    const broken = () => {
      throw new RangeError('on purpose');
    };
    expect(() => search(fc.nat(), broken, { runs: 10, seed: 1 })).toThrow(new RangeError('on purpose'));
  });

  test('ends where it is told to', () => {
    let runs = 0;
    const found = search(fc.nat(), () => ++runs < 0, { runs: 1_000, seed: 1, onRun: () => runs < 7 });
    expect(found).toBeNull();
    expect(runs).toBe(7);
  });
});

describe('fuzz of a system', () => {
  test('finds what the checker finds, shrinks it to a run that is replayed, and finds it again', async () => {
    const { found, idle } = await fuzz(payment(false), { properties: ['chargedOnce'] });
    expect(found?.violated).toEqual(['chargedOnce']);
    expect(found?.sentence).toMatch(/^chargedOnce is violated: /);
    expect(found?.document).toBeNull();
    expect(idle).toEqual([]);
    if (found === null) return;
    expect(replay(JSON.parse(JSON.stringify(found.trace)), 'found.json', payment(false)).digest).toBe(
      found.trace.digest,
    );
    const again = await fuzz(payment(false), { properties: ['chargedOnce'] });
    expect(again.found?.trace.digest).toBe(found.trace.digest);
    const other = await fuzz(payment(false), { properties: ['chargedOnce'], seed: 2 });
    expect(other.found).not.toBeNull();
  });

  test('finds nothing where the checker proves that there is nothing', async () => {
    expect(await fuzz(lock('9.914s'), { runs: 1_500 })).toEqual({
      ...{ found: null, idle: [], runs: 1_500 },
      ...{ isViolated: false, isComplete: true },
    });
  });

  test('loses messages only where it may', async () => {
    // Without a loss the bank that remembers answers every try.
    const of = async (losses: number) =>
      (await fuzz(payment(true), { properties: ['endsAgree'], losses, runs: 3_000 })).found;
    expect(await of(0)).toBeNull();
    expect((await of(4))?.trace.records.filter(({ fate }) => fate === 'lose').length).toBeGreaterThan(0);
  });

  test('refuses numbers and properties that are none', async () => {
    await expect(fuzz(lock('10s'), { runs: 0 })).rejects.toThrow(/found 0 for runs; expected a whole number from 1/);
    await expect(fuzz(lock('10s'), { seed: 2 ** 31 })).rejects.toThrow(/for seed/);
    await expect(fuzz(lock('10s'), { properties: ['oneholder'] })).rejects.toThrow(/did you mean oneHolder/);
  });
});
