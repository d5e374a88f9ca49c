import { expect, test } from 'vitest';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import { simulate } from '../../src/sim/run/simulate.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../../src/sim/scenarioFile/resolve.ts';
import { partsOf, piecesTogether, type SweepPiece, type SweptPiece, sweepPiece } from '../../src/sim/sweep/piece.ts';
import { estimatorsOf } from '../../src/sim/sweep/plan.ts';
import { runWorlds } from '../../src/sim/sweep/runWorlds.ts';
import { type Sweep, sweep, worldsIn } from '../../src/sim/sweep/sweep.ts';
import { drawn, midnightMs } from '../../src/sim/workload/drawnDay.ts';

/** Every other push is lost, and the app is never open by itself. */
const document: ScenarioDocument = {
  name: 'lossy',
  title: 'Half of all pushes are lost',
  network: 'lte',
  push: 'apns',
  links: { notification: { loss: 0.5 } },
  workload: { calls: { perDay: 4 }, networkChanges: { perDay: 1 } },
  steps: [],
};
const place = { document, server: everyServerProfile.multi, modes: ['standard', 'continuous'] as const };
const scenario = scenarioIn(document, 'standard', everyServerProfile.multi);

function made(piece: SweepPiece): SweptPiece {
  const making = sweepPiece(worldsIn(place), piece, () => false);
  for (;;) {
    const step = making.next();
    if (step.done) return step.value;
  }
}

function swept(runs: number, take: (piece: SweepPiece) => SweptPiece): Sweep {
  const rounds = sweep([place], { confidence: 0.95, runs });
  for (;;) {
    const step = rounds.next(false);
    if (step.done) return step.value;
    for (const { piece, take: taken } of step.value) taken(take(piece));
  }
}

const days = 24;
const whole = swept(days, made);
const traces = Array.from({ length: days }, (_, index) => simulate(drawn(scenario, index + 1), index + 1));

test('a sweep of a workload counts the calls that simulate shows day by day', () => {
  const [cell] = whole.cells;
  const seen = traces.flatMap(({ records }) =>
    records.flatMap(({ observations }) => observations.map(({ type }) => type)),
  );
  const count = (type: string) => seen.filter((one) => one === type).length;
  expect(count('call.placed')).toBeGreaterThan(days);
  expect(cell?.measured.calls.made).toBe(count('call.placed'));
  expect(cell?.measured.calls.alerted).toBe(count('ringing.alerting'));
  const { lost = 0, made: calls = 1 } = cell?.measured.calls ?? {};
  expect(cell?.loss?.share).toBeCloseTo(lost / calls, 12);
});

test('the load of a day begins at midnight: what made the phone ready before is not in it', () => {
  const sent = traces.flatMap(({ records }) =>
    records.filter(
      ({ event, sourceRef, sentAtMs }) =>
        event.type === 'REGISTER' && sourceRef === 'pushServer' && sentAtMs >= midnightMs,
    ),
  );
  const [cell] = whole.cells;
  expect(cell?.measured.registers.pushServer).toBeGreaterThan(0);
  expect(cell?.measured.registers.app).toBe(0);
  expect(sent.length).toBeGreaterThan(0);
  expect(cell?.measured.observedMs).toBe(traces.reduce((sum, { endMs }) => sum + endMs - midnightMs, 0));
});

test('the interval is that of the share, and wider than if calls knew nothing of each other', () => {
  for (const { loss, measured } of whole.cells) {
    const [low, high] = loss?.interval ?? [1, 0];
    const share = measured.calls.lost / measured.calls.made;
    expect(low).toBeLessThan(share);
    expect(high).toBeGreaterThan(share);
    const alone = Math.sqrt((share * (1 - share)) / measured.calls.made);
    expect(high - low).toBeGreaterThan(2 * 1.96 * alone * 0.9);
  }
  // The same days in both modes: each loses the push or not in both.
  const [difference] = whole.comparisons;
  expect(difference?.interval[0]).toBeLessThanOrEqual(difference?.difference ?? -1);
});

test('pieces of days come to the same, in any order', () => {
  const inParts = (piece: SweepPiece) => {
    const parts = partsOf({ ...piece, runs: 10 })
      .concat({ ...piece, firstSeed: 11, runs: days - 10, whole: days - 10 })
      .map((part) => made({ ...part, whole: part.runs }));
    const forwards = parts.reduce(piecesTogether);
    const backwards = parts.reverse().reduce(piecesTogether);
    expect(JSON.stringify(backwards)).toBe(JSON.stringify(forwards));
    return forwards;
  };
  expect(JSON.stringify(swept(days, inParts))).toBe(JSON.stringify(whole));
});

test('dates and splitting say nothing of days', () => {
  expect(estimatorsOf(runWorlds(scenario))).toEqual(['drawn']);
});
