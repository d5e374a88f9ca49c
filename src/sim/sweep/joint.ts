import { type Differences, DifferencesSum, differencesTogether } from '../statistics/differences.ts';
import { type Moments, MomentsSum, momentsTogether } from '../statistics/moments.ts';

/**
 * What the same seeds have come to in several modes: how many calls, or how many dates, were lost. The same luck meets all modes, so
 * that each pair of them differs by little. Plain data, exact, merged in any order.
 */
export interface Joint {
  /** The largest value that there can be: the calls of a run, or the dates of all its calls. Of days the most calls that one had. */
  readonly most: number;
  readonly lost: readonly Moments[];
  /** Those that were lost, or not decided when the run ended. */
  readonly open: readonly Moments[];
  /** Per pair of modes, the earlier one first, by how much more of a seed the one and the other has lost. */
  readonly differences: readonly Differences[];
  /** Of days, which have a drawn number of calls: how many there were, by mode. Null where every run has `most`. */
  readonly calls: readonly number[] | null;
}

/** What one seed comes to in one mode. */
export interface OfSeed {
  readonly lost: number;
  readonly open: number;
  /** How many calls there were. */
  readonly calls: number;
}

/** The pairs of so many modes, in their order. */
export const pairsOf = (modes: number): (readonly [one: number, other: number])[] =>
  Array.from({ length: modes }, (_, one) =>
    Array.from({ length: modes - one - 1 }, (_, more) => [one, one + more + 1] as const),
  ).flat();

/** Adds up what seeds come to. */
export class JointSum {
  readonly #most: number | null;
  readonly #lost: readonly MomentsSum[];
  readonly #open: readonly MomentsSum[];
  readonly #pairs: ReturnType<typeof pairsOf>;
  readonly #differences: readonly DifferencesSum[];
  readonly #calls: number[];
  #mostCalls = 0;

  /** `most`: the largest value; null for days. */
  constructor(modes: number, most: number | null) {
    const largest = most ?? Number.POSITIVE_INFINITY;
    const moments = () => Array.from({ length: modes }, () => new MomentsSum(largest));
    this.#most = most;
    [this.#lost, this.#open] = [moments(), moments()];
    this.#pairs = pairsOf(modes);
    this.#differences = this.#pairs.map(() => new DifferencesSum(largest));
    this.#calls = new Array<number>(modes).fill(0);
  }

  /** Null for a mode that is left out from some seed on: it no longer makes a pair with those that go on. */
  add(each: readonly (OfSeed | null)[]): void {
    for (const [mode, found] of each.entries()) {
      if (found === null) continue;
      this.#lost[mode]?.add(found.lost);
      this.#open[mode]?.add(found.open);
      this.#calls[mode] = (this.#calls[mode] as number) + found.calls;
      if (found.calls > this.#mostCalls) this.#mostCalls = found.calls;
    }
    for (const [index, [one, other]] of this.#pairs.entries()) {
      const [first, second] = [each[one], each[other]];
      if (first && second) this.#differences[index]?.add(first.lost, second.lost);
    }
  }

  joint(): Joint {
    return {
      most: this.#most ?? this.#mostCalls,
      lost: this.#lost.map((one) => one.moments()),
      open: this.#open.map((one) => one.moments()),
      differences: this.#differences.map((one) => one.differences()),
      calls: this.#most === null ? [...this.#calls] : null,
    };
  }
}

/** What other seeds have come to as well. */
export function jointsTogether(one: Joint, other: Joint): Joint {
  const both = (moments: Moments, mode: number, of: readonly Moments[]) =>
    momentsTogether(moments, of[mode] as Moments);
  return {
    most: Math.max(one.most, other.most),
    lost: one.lost.map((moments, mode) => both(moments, mode, other.lost)),
    open: one.open.map((moments, mode) => both(moments, mode, other.open)),
    differences: one.differences.map((of, pair) => differencesTogether(of, other.differences[pair] as Differences)),
    calls: one.calls === null ? null : one.calls.map((calls, mode) => calls + (other.calls?.[mode] ?? 0)),
  };
}
