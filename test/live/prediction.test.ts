import { expect, test } from 'vitest';
import { withRoundTrip } from '../../src/cli/livePlan.ts';
import { Comparison } from '../../src/live/compared.ts';
import { crossingsIn } from '../../src/live/crossing.ts';
import type { LiveResult } from '../../src/live/liveJob.ts';
import { comparedRun, type RealNetwork } from '../../src/live/prediction.ts';
import { reproductionOf } from '../../src/live/reproduction.ts';
import { serverProfiles } from '../../src/profiles/servers.ts';
import type { Dated } from '../../src/sim/run/retimed.ts';
import { SeededSchedule } from '../../src/sim/run/seededSchedule.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { Trace } from '../../src/sim/trace/trace.ts';
import { gapScenario } from './liveSetup.ts';

const scenario = gapScenario('singleDeviceEmulation', serverProfiles.reject);
const isLost = ({ verdicts }: Trace) =>
  verdicts.some(({ property, verdict }) => property === 'noInviteLost' && verdict === 'violated');
const seeds = Array.from({ length: 40 }, (_, seed) => seed);
const lost = simulate(scenario, seeds.find((seed) => isLost(simulate(scenario, seed))) ?? 0);
const fineSeed = seeds.find((seed) => !isLost(simulate(scenario, seed))) ?? 0;
const fine = simulate(scenario, fineSeed);

/** A live run that was given the delays of `fineSeed`, and what became of it. */
const measured = (trace: Trace, latenessMs: number): LiveResult => ({
  account: 'alice',
  trace,
  divergences: [],
  foreseen: trace.records.filter(({ kind }) => kind !== 'start') as Dated[],
  left: [],
  strangers: 0,
  foreignCalls: { count: 0, from: [] },
  unreadable: { count: 0, first: null },
  latenessMs,
  refusal: null,
  isInterrupted: false,
});

function comparisonOf(result: LiveResult, network: RealNetwork | null = null) {
  const comparison = new Comparison(5_000);
  comparison.add(comparedRun(scenario, (definition) => new SeededSchedule(definition, fineSeed), result, network));
  return comparison.result();
}

test('a run that was on time is compared with what its seed predicts', () => {
  expect(comparisonOf(measured(fine, 3))).toMatchObject({ agreeing: 1, predictedAgain: 0, disturbed: 0 });
  expect(comparisonOf(measured(lost, 3))).toMatchObject({ agreeing: 0, disturbed: 0, lostUndisturbed: 1 });
});

test('a late run is predicted again from the delays as they happened, and says nothing of those of the scenario', () => {
  const { predicted, ...counts } = comparisonOf(measured(lost, 8_000));
  expect(counts).toMatchObject({ agreeing: 1, predictedAgain: 1, disturbed: 1, lostUndisturbed: 0 });
  expect(predicted.lost).toBe(1);
});

test('lateness that changes nothing takes nothing from a measurement', () => {
  expect(comparisonOf(measured(fine, 8_000))).toMatchObject({ agreeing: 1, predictedAgain: 1, disturbed: 0 });
});

test('what a real network did is compared with the delays that it had, and is neither lateness nor the fault of the server', () => {
  expect(comparisonOf(measured(lost, 3), { scenario })).toMatchObject({ agreeing: 1, disturbed: 0, network: 1 });
  expect(comparisonOf(measured(fine, 3), { scenario })).toMatchObject({ agreeing: 1, disturbed: 0, network: 0 });
  expect(comparisonOf(measured(lost, 8_000), { scenario })).toMatchObject({ disturbed: 1, network: 0 });
});

test('the round trips that were measured are in the prediction, half of one each way', () => {
  const { links } = withRoundTrip(scenario, { lowMs: 31, highMs: 90.5, count: 10 });
  for (const name of ['appSip', 'pushServerSip', 'callerSip'] as const) {
    expect(links[name].latencyMs).toEqual([15, 46]);
  }
  expect(links.control).toEqual(scenario.links.control);
});

test('a REGISTER and an INVITE that leave in the same millisecond are named where a loss is not reproduced', () => {
  const invite = fine.records.find(({ event, targetRef }) => event.type === 'INVITE' && targetRef === 'sipServer');
  const together = {
    ...fine,
    records: fine.records.map((one) =>
      one.targetRef === 'sipServer' && one.event.type === 'REGISTER' ? { ...one, atMs: invite?.atMs ?? 0 } : one,
    ),
  };
  expect(crossingsIn(fine)).toEqual([]);
  const crossed = reproductionOf(lost, together)?.crossed ?? [];
  expect(crossed.length).toBeGreaterThan(0);
  for (const { first, second } of crossed) {
    expect([first.event.type, second.event.type]).toContain('REGISTER');
    expect(first.sourceRef).not.toBe(second.sourceRef);
  }
});

test('a call without a final answer is not decided', () => {
  const isEnd = (type: string) => type === 'call.connected' || type === 'call.failed';
  const unanswered = {
    ...fine,
    records: fine.records.map((one) => ({
      ...one,
      observations: one.observations.filter(({ type }) => !isEnd(type)),
    })),
  };
  const { measured: tally, agreeing } = comparisonOf(measured(unanswered, 0));
  expect(tally).toMatchObject({ calls: 1, undecided: 1, lost: 0 });
  expect(agreeing).toBe(0);
  expect(reproductionOf(lost, unanswered)?.isDecided).toBe(false);
});
