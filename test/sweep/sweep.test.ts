import { expect, test } from 'vitest';
import type { ModeName } from '../../src/machines/modeVariants.ts';
import { everyServerProfile } from '../../src/profiles/furtherServers.ts';
import type { ScenarioDocument } from '../../src/sim/scenarioFile/document.ts';
import { partsOf, sweepPiece } from '../../src/sim/sweep/piece.ts';
import type { SweepDemand } from '../../src/sim/sweep/plan.ts';
import { type Sweep, sweep, worldsIn } from '../../src/sim/sweep/sweep.ts';
import { gapLoss, gapScenario } from '../support/gap.ts';
import { example } from '../support/scenarios.ts';

function swept(
  document: ScenarioDocument,
  modes: readonly ModeName[],
  demand: Partial<SweepDemand>,
  server: keyof typeof everyServerProfile = 'reject',
  isStopped: (runs: number) => boolean = () => false,
): Sweep {
  let runs = 0;
  const stopped = () => isStopped(runs);
  const place = { document, server: everyServerProfile[server], modes };
  const rounds = sweep([place], { confidence: 0.95, ...demand });
  for (;;) {
    const step = rounds.next(stopped());
    if (step.done) return step.value;
    for (const { piece, take } of step.value) {
      for (const part of partsOf(piece).reverse()) {
        const making = sweepPiece(worldsIn(place), part, stopped);
        let made = making.next();
        for (; !made.done; made = making.next()) runs++;
        take(made.value);
      }
    }
  }
}

const lossIn = ({ cells }: Sweep) => {
  const loss = cells[0]?.loss;
  if (loss === undefined || loss === null) throw new Error('no loss');
  return loss;
};

const closedForm = gapLoss(10_000);

test('the gap of mode 1: the figure is that of the closed form, whatever makes it', () => {
  for (const demand of [
    { precision: 0.01 },
    { precision: 0.002 },
    { runs: 100, estimator: 'dates' as const },
    { runs: 2_000 },
  ]) {
    const { share, interval, estimator } = lossIn(swept(gapScenario(10_000), ['singleDeviceEmulation'], demand));
    expect(interval[0], estimator).toBeLessThanOrEqual(closedForm);
    expect(interval[1], estimator).toBeGreaterThanOrEqual(closedForm);
    if ('precision' in demand)
      expect(Math.max(share - interval[0], interval[1] - share)).toBeLessThanOrEqual(demand.precision);
  }
});

test('all dates at once know a rare loss from few runs', () => {
  const document = gapScenario(600_000);
  const dates = lossIn(swept(document, ['singleDeviceEmulation'], { runs: 60, estimator: 'dates' }));
  const drawn = lossIn(swept(document, ['singleDeviceEmulation'], { runs: 60, estimator: 'drawn' }));
  expect(dates.interval[1] - dates.interval[0]).toBeLessThan((drawn.interval[1] - drawn.interval[0]) / 100);
  expect(Math.abs(dates.share - gapLoss(600_000))).toBeLessThan(gapLoss(600_000) / 10);
});

test('the same demand gives the same bytes', () => {
  const once = () =>
    swept(example('home-open-home'), ['standard', 'singleDeviceEmulation'], { precision: 0.05 }, 'overwrite');
  expect(JSON.stringify(once())).toBe(JSON.stringify(once()));
});

test('where nothing is lost the figure is 0, and as sure as the rule of three has it', () => {
  const { share, interval, runs } = lossIn(swept(example('call-while-suspended'), ['continuous'], { precision: 0.01 }));
  expect([share, interval[0]]).toEqual([0, 0]);
  expect(interval[1]).toBeGreaterThan(1 - 0.025 ** (1 / runs) - 1e-12);
  expect(interval[1]).toBeLessThanOrEqual(0.01);
});

test('where every call is lost the figure is 1, and no surer', () => {
  const { share, interval } = lossIn(swept(example('push-lost'), ['standard'], { precision: 0.02 }, 'multi'));
  expect([share, interval[1]]).toEqual([1, 1]);
  expect(interval[0]).toBeGreaterThanOrEqual(0.98);
  expect(interval[0]).toBeLessThan(1);
});

test('modes under the same luck: the difference is surer than the two figures', () => {
  const { cells, comparisons } = swept(gapScenario(2_000), ['singleDeviceEmulation', 'leasedEmulation'], {
    runs: 60,
    estimator: 'dates',
  });
  const [difference] = comparisons;
  const widths = cells.map(({ loss }) => (loss ? loss.interval[1] - loss.interval[0] : 0));
  expect(difference?.modes).toEqual(['singleDeviceEmulation', 'leasedEmulation']);
  expect(difference?.difference).toBeCloseTo((cells[0]?.loss?.share ?? 0) - (cells[1]?.loss?.share ?? 0), 12);
  expect((difference?.interval[1] ?? 0) - (difference?.interval[0] ?? 0)).toBeLessThan(
    (widths[0] ?? 0) + (widths[1] ?? 0),
  );
});

test('a call that its run does not decide is neither saved nor lost', () => {
  const cut = { ...gapScenario(100), until: '9.05s' };
  const { cells } = swept(cut, ['standard'], { runs: 200 }, 'multi');
  const [cell] = cells;
  expect(cell?.measured.calls.undecided).toBeGreaterThan(0);
  expect(cell?.measured.calls.lost).toBe(0);
  expect(cell?.loss?.interval[1]).toBeGreaterThan((cell?.measured.calls.undecided ?? 0) / 200);
  const { share, interval } = lossIn(swept(cut, ['standard'], { runs: 40, estimator: 'dates' }, 'multi'));
  expect(share).toBe(0);
  expect(interval[1]).toBe(1);
});

test('of how many runs the waits are told makes no difference to what is lost', () => {
  const of = (whole?: number) =>
    swept(gapScenario(2_000), ['singleDeviceEmulation', 'standard'], { precision: 0.05, ...(whole && { whole }) });
  const [few, all] = [of(20), of()];
  expect([few.cells[0]?.measured.runs, (all.cells[0]?.measured.runs ?? 0) > 20]).toEqual([20, true]);
  expect(few.cells.map(({ loss }) => loss)).toEqual(all.cells.map(({ loss }) => loss));
  expect(few.comparisons).toEqual(all.comparisons);
});

test('a scenario without calls has loads and gaps, and no loss', () => {
  const { cells, comparisons } = swept(example('log-out-racing-a-refresh'), ['standard', 'continuous'], { runs: 5 });
  expect(cells.map(({ loss }) => loss)).toEqual([null, null]);
  expect(comparisons).toEqual([]);
  expect(cells[0]?.measured.registers.app).toBeGreaterThan(0);
});

test('a sweep that is stopped tells what there is', () => {
  const stopped = swept(
    gapScenario(10_000),
    ['singleDeviceEmulation'],
    { runs: 1_000 },
    'reject',
    (runs) => runs >= 30,
  );
  expect(stopped.cells[0]?.measured.runs).toBe(30);
  expect(lossIn(stopped).runs).toBe(30);
  const atOnce = swept(gapScenario(10_000), ['singleDeviceEmulation'], { precision: 0.01 }, 'reject', () => true);
  expect(atOnce.cells).toEqual([]);
});
