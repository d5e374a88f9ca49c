import { type Interval, shareInterval } from './share.ts';

/** What two sides came to in the same trials: how often only the one or only the other was hit. */
export interface Discordant {
  readonly trials: number;
  readonly onlyOne: number;
  readonly onlyOther: number;
}

/**
 * The interval of the probability of the one minus that of the other, where both met the same luck in each trial. Only the
 * discordant trials count, as in McNemar's test: their share of all, and the share of the one among them, each with its exact interval
 * at half the error (Bonferroni). So it covers the difference with at least that confidence.
 */
export function differenceInterval({ trials, onlyOne, onlyOther }: Discordant, confidence: number): Interval {
  const each = (1 + confidence) / 2;
  const discordant = onlyOne + onlyOther;
  const shares = shareInterval(discordant, trials, each);
  const lead = shareInterval(onlyOne, discordant, each).map((share) => 2 * share - 1) as [number, number];
  const products = shares.flatMap((share) => lead.map((one) => share * one));
  return [Math.min(...products), Math.max(...products)];
}
