import { expect, test } from 'vitest';
import type { Clock } from '../../src/live/clock.ts';
import { inLanes, type Pace } from '../../src/live/fleet.ts';

/** The dates at which pieces of work may begin, each of which takes no time. */
async function beginnings(count: number, pace: Pace): Promise<number[]> {
  const waited: number[] = [];
  const clock: Clock = {
    nowMs: () => 0,
    afterReading: () => () => {},
    after: (delayMs, callback) => {
      waited.push(delayMs);
      queueMicrotask(callback);
      return () => {};
    },
  };
  await inLanes(count, pace, clock, new AbortController().signal, async () => true);
  return waited.sort((one, other) => one - other);
}

test('runs begin at a rate; with a ramp the first ones spread over it, and the others follow at the rate', async () => {
  expect(await beginnings(5, { parallel: 3, perSecond: 10 })).toEqual([0, 100, 200, 300, 400]);
  expect(await beginnings(5, { parallel: 3, perSecond: 10, rampMs: 6_000 })).toEqual([0, 2_000, 4_000, 6_000, 6_100]);
});

test('a ramp is that of the runs that there are, where they are fewer than may go on at once', async () => {
  expect(await beginnings(2, { parallel: 5_000, perSecond: 10, rampMs: 6_000 })).toEqual([0, 3_000]);
});
