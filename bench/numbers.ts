import process from 'node:process';
import { serverProfiles } from '../src/profiles/servers.ts';
import type { ScenarioDocument } from '../src/sim/scenarioFile/document.ts';
import { scenarioIn } from '../src/sim/scenarioFile/resolve.ts';
import { defineWorld, type SipWorld } from '../src/sim/sipWorld/definition.ts';
import { meanInterval, varianceOf } from '../src/sim/statistics/mean.ts';
import { MomentsSum } from '../src/sim/statistics/moments.ts';
import { Course, callsTable } from '../src/sim/sweep/course.ts';
import type { OfSeed } from '../src/sim/sweep/joint.ts';
import { Splitting, splitParts } from '../src/sim/sweep/splitting.ts';
import { callDatesOf, StepDates } from '../src/sim/sweep/stepDates.ts';
import { gapLoss, gapScenario } from '../test/support/gap.ts';

/**
 * What estimators of rare losses are worth: variance times processor time beside drawn runs, and how many of a thousand intervals of 95 %
 * cover the truth. Writes the table of docs/numbers.md. It takes some minutes.
 */
const experiments = Number(process.env.EXPERIMENTS ?? 1_000);
/** The number of one case, counted from 0; all without it. */
const only = process.env.CASE;

interface Case {
  readonly name: string;
  readonly world: SipWorld;
  readonly estimator: 'dates' | 'splitting';
  /** Seeds of one experiment. */
  readonly seeds: number;
  /** Where it is known in closed form; otherwise many seeds of another row tell it. */
  readonly truth: number | null;
}

const inMode1 = (document: ScenarioDocument): SipWorld =>
  defineWorld(scenarioIn(document, 'singleDeviceEmulation', serverProfiles.reject));

const hourMs = 3_600_000;

/** The gap while datagrams are lost: a REGISTER that is sent again makes it longer. */
const lossy = (windowMs: number, loss: number): ScenarioDocument => {
  const document = gapScenario(windowMs);
  const { links } = document;
  return {
    ...document,
    links: { ...links, appSip: { ...links?.appSip, loss }, pushServerSip: { ...links?.pushServerSip, loss } },
  };
};

/** One call at one date, long after the hand-over: it is lost only where several datagrams were. */
const atOneDate = (loss: number, at: string): ScenarioDocument => {
  const document = lossy(0, loss);
  return { ...document, steps: [...document.steps.slice(0, 2), { at, do: 'dial', call: 1 }] };
};

const cases: readonly Case[] = [
  {
    name: 'gap of mode 1, one call an hour',
    world: inMode1(gapScenario(hourMs)),
    estimator: 'dates',
    seeds: 40,
    truth: gapLoss(hourMs),
  },
  {
    name: 'the same with 1 % of datagrams lost',
    world: inMode1(lossy(hourMs, 0.01)),
    estimator: 'dates',
    seeds: 200,
    truth: null,
  },
  {
    name: 'network change, one call in ten minutes',
    world: defineWorld(
      scenarioIn(
        {
          name: 'network-change',
          title: 'Network change',
          steps: [
            { at: '1s', do: 'open' },
            { at: '20s', do: 'changeNetwork' },
            { at: ['19s', '619s'], do: 'dial', call: 1 },
          ],
        },
        'singleDeviceEmulation',
        serverProfiles.reject,
      ),
    ),
    estimator: 'dates',
    seeds: 40,
    truth: null,
  },
  {
    name: 'one call 4 s after the hand-over, 1 % lost',
    world: inMode1(atOneDate(0.01, '14s')),
    estimator: 'splitting',
    seeds: 100,
    truth: null,
  },
];

function makerOf({ estimator, world }: Case): { readonly most: number; of(seed: number): OfSeed } {
  if (estimator === 'splitting') {
    const split = new Splitting(world);
    return { most: splitParts, of: (seed) => split.of(seed) };
  }
  const [call] = callDatesOf(world) ?? [];
  if (call === undefined) throw new Error('no call has a window');
  const dates = new StepDates(world, call);
  return {
    most: call.dates,
    of: (seed) => {
      const { lost, undecided } = dates.of(seed);
      return { lost, open: lost + undecided, calls: 1 };
    },
  };
}

/** Microseconds of processor time. */
function cpuOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function rowOf(one: Case): string {
  const { name, world, estimator, seeds } = one;
  const maker = makerOf(one);
  const table = callsTable(world);
  // Both have computed what the machines do before their time is taken.
  for (let seed = 1; seed <= 20; seed++) maker.of(seed);
  for (let seed = 1; seed <= 500; seed++) new Course(world, table, seed).finish(Number.POSITIVE_INFINITY);
  const plainRuns = 20_000;
  const plainUs =
    cpuOf(() => {
      for (let seed = 1; seed <= plainRuns; seed++) new Course(world, table, seed).finish(Number.POSITIVE_INFINITY);
    }) / plainRuns;
  const samples: MomentsSum[] = [];
  const all = new MomentsSum(maker.most);
  const us = cpuOf(() => {
    for (let experiment = 0; experiment < experiments; experiment++) {
      const sum = new MomentsSum(maker.most);
      for (let index = 0; index < seeds; index++) {
        const { lost } = maker.of(1 + experiment * seeds + index);
        sum.add(lost);
        all.add(lost);
      }
      samples.push(sum);
    }
  });
  const moments = all.moments();
  // The mean of all experiments is that of a run as long as all of them: its half-width is a thirtieth of theirs.
  const share = moments.sum / moments.values / maker.most;
  const truth = one.truth ?? share;
  const covered = samples.filter((sum) => {
    const [low, high] = meanInterval(sum.moments(), maker.most, 0.95);
    return low <= truth && truth <= high;
  }).length;
  const gain = (share * (1 - share) * plainUs) / (varianceOf(moments, maker.most) * (us / moments.values));
  const [low, high] = meanInterval(moments, maker.most, 0.95);
  const percent = (value: number) => `${(100 * value).toPrecision(4)} %`;
  return `| ${name} | ${estimator} | ${percent(truth)}${one.truth === null ? '' : ', closed form'} | ${percent(share)} (${percent(low)} to ${percent(high)}) | ${Math.round(gain).toLocaleString('en-US')} | ${covered} of ${experiments} |`;
}

process.stdout.write(
  '| scenario | made by | truth | mean of all, 95 % | variance × time of drawn runs / its own | intervals that cover |\n| --- | --- | --- | --- | --- | --- |\n',
);
for (const [index, one] of cases.entries()) {
  if (only === undefined || only === String(index)) process.stdout.write(`${rowOf(one)}\n`);
}
