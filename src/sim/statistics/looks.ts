import { farthest, shareInterval } from './share.ts';

/**
 * Whoever looks at an interval again and again and stops when it suits him ends with one that misses too often. So the looks are
 * fixed in advance, and the error is shared equally among them (Bonferroni): whichever look is the last, its interval covers the truth with
 * the confidence asked for.
 */
export interface Looks<Look> {
  readonly looks: readonly Look[];
  /** The confidence that the interval of each single look must have. */
  readonly confidence: number;
}

/** The looks that can be made, where how many there are depends on how sure each must be, and the other way round. */
export function sharingError<Look>(confidence: number, looksAt: (each: number) => readonly Look[]): Looks<Look> {
  const sharedBy = (looks: number) => 1 - (1 - confidence) / looks;
  for (let count = 1; ; count++) {
    const looks = looksAt(sharedBy(count));
    if (looks.length <= count) return { looks, confidence: sharedBy(looks.length) };
  }
}

/** After how many trials without a hit the share is known up to `precision` (0 to 1): as the upper end of an interval has it. */
export const trialsWithoutHit = (precision: number, confidence: number): number =>
  Math.ceil(Math.log((1 - confidence) / 2) / Math.log1p(-precision));

const worst = new Map<string, number>();

/** After how many trials every share is known up to `precision` on either side: the worst is a half. */
export function trialsAtWorst(precision: number, confidence: number): number {
  const key = `${precision} ${confidence}`;
  const trials = worst.get(key) ?? searchedAtWorst(precision, confidence);
  worst.set(key, trials);
  return trials;
}

function searchedAtWorst(precision: number, confidence: number): number {
  const isEnough = (trials: number): boolean => {
    const half = Math.floor(trials / 2);
    return farthest(shareInterval(half, trials, confidence), half / trials) <= precision;
  };
  let high = trialsWithoutHit(precision, confidence);
  while (!isEnough(high)) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Sizes from the first to the last one, each twice the one before. */
export function doubling(first: number, last: number): number[] {
  const sizes: number[] = [];
  for (let size = first; size < last; size *= 2) sizes.push(size);
  return [...sizes, last];
}
