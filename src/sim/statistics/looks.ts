import { farthest, shareInterval } from './share.ts';

/**
 * Whoever looks at an interval again and again and stops when it suits him ends with one that misses too often. So the sizes at
 * which it is looked at are fixed in advance, each twice the one before, and the error is shared equally among them (Bonferroni):
 * whichever look is the last, its interval covers the truth with the confidence asked for.
 */
export interface Looks {
  /** After how many trials it is looked at, rising. */
  readonly sizes: readonly number[];
  /** The confidence that the interval of each single look must have. */
  readonly confidence: number;
}

/** Whether a share, wherever it is, is known as precisely as that after so many trials: the middle is the worst case. */
const isEnough = (trials: number, precision: number, confidence: number): boolean => {
  const half = Math.floor(trials / 2);
  return farthest(shareInterval(half, trials, confidence), half / trials) <= precision;
};

/** The fewest trials that are precise, where all from some number on are and `from` is not above it. */
function fewest(isPrecise: (trials: number) => boolean, from: number): number {
  let high = from;
  while (!isPrecise(high)) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isPrecise(middle)) high = middle;
    else low = middle;
  }
  return high;
}

const sharedBy = (confidence: number, looks: number): number => 1 - (1 - confidence) / looks;

/**
 * The looks after which a share is known up to `precision` (0 to 1) on either side with that confidence. The first is where no
 * hit at all would do, the last where every share would; with fewer trials than that, as many as there may be.
 */
export function looksFor(precision: number, confidence: number, mostTrials: number): Looks {
  for (let count = 1; ; count++) {
    const each = sharedBy(confidence, count);
    // The rule of three: 1 - (beyond / 2) ^ (1 / trials) <= precision.
    const first = Math.ceil(Math.log((1 - each) / 2) / Math.log1p(-precision));
    const last = Math.min(
      mostTrials,
      fewest((trials) => isEnough(trials, precision, each), first),
    );
    const sizes = [...doubling(first, last), last];
    if (sizes.length <= count) return { sizes, confidence: sharedBy(confidence, sizes.length) };
  }
}

function* doubling(first: number, last: number): Generator<number> {
  for (let size = first; size < last; size *= 2) yield size;
}
