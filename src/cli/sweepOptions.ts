import { type Command, Option } from 'commander';
import { type Estimator, estimators } from '../sim/sweep/loss.ts';
import type { SweepDemand } from '../sim/sweep/plan.ts';
import { oneOf, percentage, wholeNumber } from './options.ts';

/** How precisely a sweep is to know what is lost, as the user has said. */
export interface SaidDemand {
  readonly precision?: number;
  readonly confidence: number;
  readonly runs?: number;
  readonly estimator?: Estimator;
}

/** What a sweep knows without being told: no figure is farther from the truth than one percentage point. */
const usualPrecision = 0.01;

/** Adds the options that say how precisely and how surely something is to be known. */
export const withDemand = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--precision <percent>',
        'make runs until no end of an interval is farther from its figure than so many percentage points (default: 1%, unless --runs says how many)',
      ).argParser(percentage('0.000001%', '50%')),
    )
    .addOption(
      new Option('--confidence <percent>', 'how sure each interval is to be')
        .argParser(percentage('50%', '99.9999%'))
        .default(0.95, '95%'),
    )
    .addOption(
      new Option('-n, --runs <number>', 'runs per cell; with --precision at most so many').argParser(
        wholeNumber(1, 1_000_000_000),
      ),
    );

export const estimatorOption = (): Option =>
  new Option(
    '--estimator <name>',
    `what makes the figures: ${estimators.join(', ')} (default: whatever needs the fewest runs)`,
  ).argParser(oneOf(...estimators));

/** What is demanded of a sweep, where the user has not said all of it. */
export const demandOf = ({ precision, confidence, runs, estimator }: SaidDemand): SweepDemand => {
  const wanted = precision ?? (runs === undefined ? usualPrecision : undefined);
  return {
    confidence,
    ...(wanted !== undefined && { precision: wanted }),
    ...(runs !== undefined && { runs }),
    ...(estimator !== undefined && { estimator }),
  };
};
