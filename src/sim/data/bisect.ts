/** The answer to a yes-no question; null where a check was inconclusive. */
export type Answer = boolean | null;

/**
 * The largest value between two bounds, both included, up to which the answer stays true. The answer must be true up
 * to some value and false beyond. `low - 1` where it is never true; null where a check was inconclusive.
 */
export function largestTrue(low: number, high: number, isTrue: (value: number) => Answer): number | null {
  const asking = bisecting(low, high);
  let asked = asking.next(null);
  while (!asked.done) asked = asking.next(isTrue(asked.value));
  return asked.value;
}

/** The same for whoever finds the answers in steps: it gives the value that it asks about, and is given the answer. */
export function* bisecting(low: number, high: number): Generator<number, number | null, Answer> {
  let [holding, failing] = [low - 1, high + 1];
  // Doubling first: the limit is usually far closer to the lower bound than to the upper one.
  for (let step = 1; failing > high && holding < high; step *= 2) {
    const value = Math.min(high, holding + step);
    const answer = yield value;
    if (answer === null) return null;
    if (answer) holding = value;
    else failing = value;
  }
  while (failing - holding > 1) {
    const middle = Math.floor((holding + failing) / 2);
    const answer = yield middle;
    if (answer === null) return null;
    if (answer) holding = middle;
    else failing = middle;
  }
  return holding;
}
