import type { Quantile } from '../statistics/quantile.ts';
import { farthest } from '../statistics/share.ts';
import type { Loss, LossDifference } from '../sweep/loss.ts';

export const grouped = (value: number): string => value.toLocaleString('en-US');

/** As many decimals as show the first digit of a reach. */
function decimalsFor(reach: number): number {
  if (reach <= 0) return 1;
  return Math.min(12, Math.max(0, -Math.floor(Math.log10(reach))));
}

/** A reach to one digit, upwards. */
function reachText(reach: number): string {
  const decimals = decimalsFor(reach);
  return (Math.ceil(reach * 10 ** decimals - 1e-9) / 10 ** decimals).toFixed(decimals);
}

/**
 * A share in percent with what covers it: `28.7 ±0.9`, and `<0.9` where nothing was lost at all, `>99.1` where everything was. What
 * would be rounded to nothing is told with both ends: `0.47 (0 to 4)`.
 */
export function lossText({ share, interval }: Loss): string {
  const reach = 100 * farthest(interval, share);
  if (share === 0) return `<${reachText(reach)}`;
  if (share === 1) return `>${(100 - Number(reachText(reach))).toFixed(decimalsFor(reach))}`;
  if (Number((100 * share).toFixed(decimalsFor(reach))) > 0) return withReach(100 * share, reach);
  const [low, high] = interval;
  return `${Number((100 * share).toPrecision(2))} (${Number((100 * low).toPrecision(2))} to ${reachText(100 * high)})`;
}

const withReach = (value: number, reach: number): string => `${value.toFixed(decimalsFor(reach))} ±${reachText(reach)}`;

/** A difference in percentage points. */
export const differenceText = ({ difference, interval }: LossDifference): string =>
  withReach(100 * Math.abs(difference), 100 * farthest(interval, difference));

const seconds = (ms: number | null): string => (ms === null ? '…' : (ms / 1_000).toFixed(ms < 10_000 ? 2 : 1));

/** A quantile of milliseconds in seconds, with its interval: `1.13 s (1.08 to 1.17)`. */
export const quantileText = ({ value, interval: [low, high] }: Quantile): string =>
  `${seconds(value)} s (${seconds(low)} to ${seconds(high)})`;

/** A share that is an upper bound, in percent, rounded up. */
export const shareText = (share: number): string => `${reachText(100 * share)} %`;
