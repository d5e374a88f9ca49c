import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { LiveReport } from '../../src/cli/liveReport.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import type { WorldDefinition } from '../../src/sim/world/definition.ts';
import { gapScenario } from './liveSetup.ts';
import { runAgainst } from './virtualRun.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that are in use once nothing that nobody needs is left. */
const usedBytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

test('of a run that has been counted hardly anything is kept, so memory does not grow with their number', async () => {
  const scenario = gapScenario('singleDeviceEmulation', serverProfiles.reject);
  const report = new LiveReport({ scenario, counterexample: null }, 5_000);
  const runs = async (from: number, to: number) => {
    for (let seed = from; seed < to; seed++) {
      const schedule = (definition: WorldDefinition) => new SeededSchedule(definition, seed);
      const { record, trace } = await runAgainst(
        scenario,
        ({ method }) => (method === 'REGISTER' ? 200 : 480),
        schedule,
      );
      const { divergences, foreseen, latenessMs } = record;
      const result = {
        account: 'alice',
        trace,
        divergences,
        foreseen,
        latenessMs,
        left: [],
        strangers: 0,
        foreignCalls: { count: 0, from: [] },
        unreadable: { count: 0, first: null },
      };
      report.add(schedule, { ...result, refusal: null, isInterrupted: false });
    }
  };
  // What the machines come upon is remembered once.
  await runs(0, 150);
  const before = usedBytes();
  await runs(150, 300);
  const perRun = (usedBytes() - before) / 150;
  expect(report.comparison.measured.runs).toBe(300);
  expect(perRun).toBeLessThan(5_000);
}, 60_000);
