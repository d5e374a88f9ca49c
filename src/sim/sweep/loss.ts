import { type Differences, meanDifferenceInterval } from '../statistics/differences.ts';
import { meanInterval } from '../statistics/mean.ts';
import type { Moments } from '../statistics/moments.ts';
import { farthest, type Interval } from '../statistics/share.ts';
import { type Joint, pairsOf } from './joint.ts';

/**
 * What made a figure. `drawn`: runs with everything drawn, of which it counts the lost calls. `dates`: runs with everything drawn but the
 * dates of the calls, of which it takes all. `splitting`: runs that go on in many ways wherever a fault has befallen them.
 */
export const estimators = ['drawn', 'dates', 'splitting'] as const;
export type Estimator = (typeof estimators)[number];

/** The share of calls that are lost, from 0 to 1. */
export interface Loss {
  readonly share: number;
  /** What covers the true share. Calls that were not decided when their run ended count as saved at its lower end, as lost at its upper end. */
  readonly interval: Interval;
  readonly estimator: Estimator;
  /** How many runs made the figure. */
  readonly runs: number;
}

/** By how much more calls the one mode loses than the other, in shares from -1 to 1. */
export interface LossDifference {
  readonly difference: number;
  readonly interval: Interval;
}

/** Whether no end of its interval is farther from a figure than that. */
export const isPrecise = ({ share, interval }: Loss, precision: number): boolean =>
  farthest(interval, share) <= precision;

/**
 * How many calls a run has on average, and so of how much more than that `most` is. Of days their number is taken as it came: how many
 * calls are lost scatters more than how many there are.
 */
const perRunOf = ({ most, calls, lost }: Joint, mode: number): { perRun: number; scale: number } => {
  const perRun = calls === null ? most : (calls[mode] as number) / (lost[mode] as Moments).values;
  return { perRun, scale: most / perRun };
};

/** The losses of some of the modes of which these are the values, by their places; null where there was no call. */
export function lossesOf(
  joint: Joint,
  estimator: Estimator,
  confidence: number,
  modes: readonly number[],
): (Loss | null | undefined)[] {
  const { most, lost, open } = joint;
  return lost.map((moments, mode) => {
    if (!modes.includes(mode)) return undefined;
    const { values, sum } = moments;
    const { perRun, scale } = perRunOf(joint, mode);
    if (perRun === 0) return null;
    const [low] = meanInterval(moments, most, confidence);
    const [, high] = meanInterval(open[mode] as Moments, most, confidence);
    const interval: Interval = [low * scale, Math.min(1, high * scale)];
    return { share: values === 0 ? 0 : sum / values / perRun, interval, estimator, runs: values };
  });
}

/** The differences of all pairs of modes, in the order of `pairsOf`, where both met the same luck; null for the others. */
export function pairedDifferences(joint: Joint, confidence: number): (LossDifference | null)[] {
  const { most, lost, open, differences } = joint;
  return pairsOf(lost.length).map(([one, other], pair) => {
    const [first, second] = [lost[one] as Moments, lost[other] as Moments];
    if (first.values === 0 || first.values !== second.values) return null;
    // The same days have the same calls in every mode.
    const { perRun, scale } = perRunOf(joint, one);
    if (perRun === 0) return null;
    const undecided = (mode: number) =>
      ((open[mode] as Moments).sum - (lost[mode] as Moments).sum) / first.values / perRun;
    const [low, high] = meanDifferenceInterval(differences[pair] as Differences, most, confidence);
    return {
      difference: (first.sum - second.sum) / first.values / perRun,
      interval: [Math.max(-1, low * scale - undecided(other)), Math.min(1, high * scale + undecided(one))],
    };
  });
}

/** The difference of two modes of which each has a figure of its own. Both intervals must hold. */
export const differenceOf = (one: Loss, other: Loss): LossDifference => ({
  difference: one.share - other.share,
  interval: [one.interval[0] - other.interval[1], one.interval[1] - other.interval[0]],
});
