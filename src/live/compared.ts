import type { Trace } from '../sim/trace/trace.ts';
import { crossingsIn } from './crossing.ts';
import { Counter, type Tally, undecidedIn } from './tally.ts';

/** Prediction and measurement of the same runs. */
export interface Compared {
  readonly predicted: Tally;
  readonly measured: Tally;
  /** Runs in which the same properties were violated as the model had predicted, and the same calls decided. */
  readonly agreeing: number;
  /** Runs that this machine was late for, predicted again from the delays as they happened. */
  readonly predictedAgain: number;
  /** Those of them in which the lateness changed what had to happen: for the delays of the scenario they prove nothing. */
  readonly disturbed: number;
  /** Calls to and by the user that were lost in the other runs. */
  readonly lostUndisturbed: number;
  /** Runs in which a real network, and not this machine, made other things happen than were predicted for it. */
  readonly network: number;
  /** Of the runs that came out otherwise, those in which messages left in the same millisecond and may have crossed. */
  readonly crossed: number;
}

/** One run: what was predicted from its seed, and what happened. */
export interface ComparedRun {
  readonly predicted: Trace;
  /** Predicted again from the dates as they happened; null where they are those that were given. */
  readonly predictedAgain: Trace | null;
  /** Whether this machine was late. */
  readonly isLate: boolean;
  readonly measured: Trace;
}

const violatedIn = ({ verdicts }: Trace): string =>
  verdicts
    .filter(({ verdict }) => verdict === 'violated')
    .map(({ property }) => property)
    .join();

const isAlike = (one: Trace, other: Trace): boolean =>
  violatedIn(one) === violatedIn(other) && undecidedIn(one).join() === undecidedIn(other).join();

const lostIn = ({ lost, byUser }: Tally): number => lost + byUser.lost;

/** Compares runs with what the model predicts for the same delays, one after the other, without keeping them. */
export class Comparison {
  readonly #predicted: Counter;
  readonly #measured: Counter;
  readonly #undisturbed: Counter;
  readonly #counts = { agreeing: 0, predictedAgain: 0, disturbed: 0, network: 0, crossed: 0 };

  constructor(lateAfterMs: number) {
    this.#predicted = new Counter(lateAfterMs);
    this.#measured = new Counter(lateAfterMs);
    this.#undisturbed = new Counter(lateAfterMs);
  }

  add({ predicted, predictedAgain, isLate, measured }: ComparedRun): void {
    const expected = predictedAgain ?? predicted;
    const isOther = !isAlike(expected, predicted);
    const isDisturbed = isOther && isLate;
    if (isOther && !isLate) this.#counts.network++;
    this.#predicted.add(expected);
    this.#measured.add(measured);
    if (isDisturbed) this.#counts.disturbed++;
    else this.#undisturbed.add(measured);
    if (predictedAgain !== null) this.#counts.predictedAgain++;
    if (isAlike(expected, measured)) this.#counts.agreeing++;
    else if (crossingsIn(measured).length > 0) this.#counts.crossed++;
  }

  result(): Compared {
    return {
      predicted: this.#predicted.tally(),
      measured: this.#measured.tally(),
      ...this.#counts,
      lostUndisturbed: lostIn(this.#undisturbed.tally()),
    };
  }
}
