import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lanesOf, takenBy } from '../../src/cli/lanes.ts';

test('each job is taken once, by a thread that begins with neighbours and rests only when none is left', () => {
  const asking = fc.infiniteStream(fc.nat(15));
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 1, max: 16 }), asking, (jobs, threads, asks) => {
      const lanes = lanesOf(jobs, threads);
      const taken: number[][] = lanes.map(() => []);
      for (let count = 0; count < jobs; count++) {
        const thread = (asks.next().value as number) % threads;
        const index = takenBy(thread, lanes);
        expect(index).not.toBeNull();
        taken[thread]?.push(index as number);
      }
      expect(taken.flat().toSorted((one, other) => one - other)).toEqual(Array.from({ length: jobs }, (_, at) => at));
      for (const thread of lanes.keys()) expect(takenBy(thread, lanes)).toBeNull();
    }),
  );
  const even = lanesOf(10, 2);
  const turns = Array.from({ length: 10 }, (_, turn) => takenBy(turn % 2, even));
  expect(turns).toEqual([0, 5, 1, 6, 2, 7, 3, 8, 4, 9]);
});
