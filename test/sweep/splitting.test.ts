import { expect, test } from 'vitest';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { defineWorld } from '../../src/sim/sipWorld/definition.ts';
import { meanInterval } from '../../src/sim/statistics/mean.ts';
import { MomentsSum } from '../../src/sim/statistics/moments.ts';
import { shareInterval } from '../../src/sim/statistics/share.ts';
import { Course, callsTable } from '../../src/sim/sweep/course.ts';
import { Splitting, splitParts } from '../../src/sim/sweep/splitting.ts';

/** The hand-over of mode 1 while datagrams are lost, and a call at one date in the midst of what is sent again. */
const worldOf = (loss: number, at: string) => {
  const document: ScenarioDocument = {
    name: 'lossy',
    title: 'A call while REGISTERs are sent again',
    links: {
      appSip: { transport: 'udp', loss, latency: ['20ms', '80ms'] },
      pushServerSip: { transport: 'udp', loss, latency: '10ms' },
      callerSip: { transport: 'tcp' },
    },
    steps: [
      { at: '1s', do: 'open' },
      { at: '10s', do: 'home' },
      { at, do: 'dial', call: 1 },
    ],
  };
  return defineWorld(scenarioIn(document, 'singleDeviceEmulation', everyServerProfile.reject));
};

function repetitions(world: ReturnType<typeof worldOf>, count: number) {
  const split = new Splitting(world);
  const sum = new MomentsSum(splitParts);
  for (let seed = 1; seed <= count; seed++) sum.add(split.of(seed).lost);
  return sum.moments();
}

test('splitting and drawn runs tell the same', () => {
  const world = worldOf(0.2, '11s');
  const table = callsTable(world);
  let lost = 0;
  for (let seed = 1; seed <= 2_000; seed++) {
    const course = new Course(world, table, seed);
    course.finish(Number.POSITIVE_INFINITY);
    lost += course.lost;
  }
  const drawn = shareInterval(lost, 2_000, 0.999);
  const split = meanInterval(repetitions(world, 30), splitParts, 0.999);
  expect(lost).toBeGreaterThan(100);
  expect(split[0]).toBeLessThan(drawn[1]);
  expect(split[1]).toBeGreaterThan(drawn[0]);
});

test('splitting sees what thousands of drawn runs do not', () => {
  const world = worldOf(0.03, '14s');
  const moments = repetitions(world, 30);
  const share = moments.sum / moments.values / splitParts;
  const [low, high] = meanInterval(moments, splitParts, 0.95);
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThan(0.001);
  expect(low).toBeLessThan(share);
  expect(high).toBeGreaterThan(share);
});

test('the same seed gives the same repetition, another one another', () => {
  const split = new Splitting(worldOf(0.2, '11s'));
  expect(split.of(5)).toEqual(split.of(5));
  expect(split.of(6)).not.toEqual(split.of(5));
});
