import type { Trace } from '../sim/trace/trace.ts';
import { type Tally, tallyOf } from './tally.ts';

/** Prediction and measurement of the same runs. */
export interface Compared {
  readonly predicted: Tally;
  readonly measured: Tally;
  /** Runs in which the same properties were violated as the model had predicted. */
  readonly agreeing: number;
}

const violatedIn = ({ verdicts }: Trace): string =>
  verdicts
    .filter(({ verdict }) => verdict === 'violated')
    .map(({ property }) => property)
    .join();

/** Compares runs with what the model predicted for the same delays, in pairs. */
export function compared(predicted: readonly Trace[], measured: readonly Trace[], lateAfterMs: number): Compared {
  return {
    predicted: tallyOf(predicted, lateAfterMs),
    measured: tallyOf(measured, lateAfterMs),
    agreeing: measured.filter((trace, index) => {
      const other = predicted[index];
      return other !== undefined && violatedIn(trace) === violatedIn(other);
    }).length,
  };
}
