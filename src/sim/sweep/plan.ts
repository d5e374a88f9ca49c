import { doubling, type Looks, sharingError, trialsAtWorst, trialsWithoutHit } from '../statistics/looks.ts';
import { varianceOf } from '../statistics/mean.ts';
import type { Moments } from '../statistics/moments.ts';
import type { WorldDefinition } from '../world/definition.ts';
import type { Estimator } from './loss.ts';
import type { RunWorlds } from './runWorlds.ts';
import { commonDates } from './stepDates.ts';

/** How precisely, and how surely, a sweep is to know what is lost. */
export interface SweepDemand {
  /** No end of an interval is to be farther from its figure than that, from 0 to 1; without it all runs are made. */
  readonly precision?: number;
  /** How sure an interval is to be, above 0 and below 1. */
  readonly confidence: number;
  /** How many runs are made, or at most where there is a precision. */
  readonly runs?: number;
  /** What makes the figures; without it whatever needs the fewest runs. */
  readonly estimator?: Estimator;
  /** Where there is a precision, of how many runs waits, load and properties are told at most; default 2,000. */
  readonly whole?: number;
}

/** How many runs a place takes is known beforehand only where no precision is demanded. */
export const isForeknown = ({ precision }: SweepDemand): boolean => precision === undefined;

/** An estimate after so many runs in all. */
export interface Look {
  readonly estimator: Estimator;
  readonly runs: number;
}

/** How a sweep of one scenario on one server goes. Where some looks are at drawn runs and others not, a mode takes part in either. */
export interface Plan extends Looks<Look> {
  /** Runs with everything drawn that are made before the looks, for what no other estimator says. */
  readonly drawn: number;
  /** So many drawn runs are made whole; of those beyond only what becomes of the calls is of use. */
  readonly whole: number;
}

/** So many drawn runs tell the waits and the load; where they tell the loss as precisely as wanted, nothing else is needed. */
const fewDrawn = 2_000;
/** And so many at least look for a run that loses a call, which is there to be looked at. */
const leastDrawn = 200;
/** Runs with all dates, repetitions of splitting, and days that are looked at first. */
const fewest = { dates: 40, splitting: 40, days: 60 } as const;
const mostRepetitions = 640;
/** Where more drawn runs than that would be needed to see no loss, splitting is worth its while. */
const manyDrawn = 20_000;

const canLose = ({ links }: WorldDefinition): boolean =>
  links.some(({ lossy, loss, duplicate }) => lossy && (loss > 0 || duplicate > 0));

/** What makes the figures of a scenario, unless the user says. */
function estimatorFor(definition: WorldDefinition, trials: number): Estimator {
  if (commonDates(definition) !== null) return 'dates';
  return canLose(definition) && trials > manyDrawn ? 'splitting' : 'drawn';
}

/** The estimators that can tell something of a scenario. The dates of a day's calls are all drawn. */
export const estimatorsOf = ({ common, isOfDays }: RunWorlds): Estimator[] => [
  'drawn',
  ...(isOfDays || commonDates(common) === null ? [] : (['dates'] as const)),
  ...(!isOfDays && canLose(common) ? (['splitting'] as const) : []),
];

/** How to sweep days: each is made whole, and their calls tell of each other. */
function planOfDays({ precision, confidence, runs: most = Number.POSITIVE_INFINITY }: SweepDemand): Plan {
  const every = { drawn: 0, whole: Number.POSITIVE_INFINITY };
  if (precision === undefined) return { looks: [{ estimator: 'drawn', runs: most }], confidence, ...every };
  const looks = sharingError(confidence, (each) =>
    looksWith('drawn', Math.min(fewest.days, most), trialsAtWorst(precision, each), most),
  );
  return { ...looks, ...every };
}

/** How to sweep a scenario that has calls; these are its worlds in one of the modes. */
export function planOf({ common: definition, isOfDays }: RunWorlds, demand: SweepDemand): Plan {
  if (isOfDays) return planOfDays(demand);
  const { precision, confidence, runs, estimator, whole = fewDrawn } = demand;
  const most = runs ?? Number.POSITIVE_INFINITY;
  if (precision === undefined) {
    const only = estimator ?? 'drawn';
    return {
      looks: [{ estimator: only, runs: most }],
      confidence,
      drawn: only === 'drawn' ? 0 : Math.min(most, fewDrawn),
      whole: only === 'drawn' ? most : fewDrawn,
    };
  }
  const first = trialsWithoutHit(precision, confidence);
  const chosen = estimator ?? estimatorFor(definition, first);
  const drawsFirst = estimator === undefined && first <= fewDrawn;
  const looks = sharingError(confidence, (each): readonly Look[] => {
    const without = trialsWithoutHit(precision, each);
    const last = trialsAtWorst(precision, each);
    if (chosen === 'drawn') return looksWith('drawn', without, last, most);
    const more =
      chosen === 'dates'
        ? looksWith('dates', fewest.dates, last, most)
        : looksWith('splitting', fewest.splitting, mostRepetitions, most);
    return drawsFirst ? inTurns(looksWith('drawn', without, last, most), more) : more;
  });
  const [start] = looks.looks;
  const isDrawn = start?.estimator === 'drawn';
  return {
    ...looks,
    drawn: isDrawn ? 0 : Math.min(most, Math.max(whole, leastDrawn)),
    whole: isDrawn ? Math.min(start.runs, whole) : whole,
  };
}

/** The looks of both lists in turns, until both are over. */
const inTurns = (one: readonly Look[], other: readonly Look[]): Look[] =>
  Array.from({ length: Math.max(one.length, other.length) }, (_, turn) =>
    [one[turn], other[turn]].filter((look) => look !== undefined),
  ).flat();

/** Whether drawn runs know the share sooner than runs with all dates, each of which takes as long as `cost` drawn ones. */
export function isDrawnSooner(moments: Moments, most: number, cost: number): boolean {
  const share = moments.sum / moments.values / most;
  return cost * varianceOf(moments, most) > share * (1 - share);
}

const looksWith = (estimator: Estimator, first: number, last: number, most: number): Look[] =>
  doubling(first, Math.min(last, most)).map((runs) => ({ estimator, runs }));
