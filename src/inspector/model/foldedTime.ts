/** Pauses up to about this length are drawn in proportion; longer ones grow by their logarithm only. */
const linearUpToMs = 150;

const weightOf = (ms: number): number => Math.log1p(ms / linearUpToMs);

/** An axis on which a hand-over of 200 ms and a wait of a minute can both be seen: between 0 and 1. */
export class FoldedTime {
  readonly #datesMs: readonly number[];
  readonly #positions: readonly number[];

  /** The dates are those between which time is folded. */
  constructor(dates: readonly number[], endMs: number) {
    this.#datesMs = [...new Set([0, ...dates, endMs])].filter((ms) => ms <= endMs).sort((one, other) => one - other);
    let sum = 0;
    const sums = this.#datesMs.map((ms, index) => {
      sum += weightOf(ms - (this.#datesMs[index - 1] ?? 0));
      return sum;
    });
    this.#positions = sums.map((one) => (sum === 0 ? 0 : one / sum));
  }

  /** Where a date is. */
  at(ms: number): number {
    const next = this.#datesMs.findIndex((date) => date >= ms);
    if (next < 0) return 1;
    if (next === 0) return 0;
    return between(ms, this.#datesMs, this.#positions, next);
  }

  /** Which date is there. */
  msAt(position: number): number {
    const next = this.#positions.findIndex((one) => one >= position);
    if (next < 0) return this.#datesMs.at(-1) ?? 0;
    return next === 0 ? 0 : between(position, this.#positions, this.#datesMs, next);
  }
}

function between(value: number, from: readonly number[], to: readonly number[], next: number): number {
  const [low, high] = [from[next - 1] ?? 0, from[next] ?? 0];
  const [start, end] = [to[next - 1] ?? 0, to[next] ?? 0];
  return high === low ? end : start + ((value - low) / (high - low)) * (end - start);
}
