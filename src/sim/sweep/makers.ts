import type { WorldDefinition } from '../world/definition.ts';
import { Course, callsIn, callsTable } from './course.ts';
import type { OfSeed } from './joint.ts';
import type { Estimator } from './loss.ts';
import { Splitting, splitParts } from './splitting.ts';
import { callDatesOf, commonDates, type Effort, StepDates } from './stepDates.ts';

/** What an estimator makes of one seed in one mode, and the largest value that it can be. */
export interface Maker {
  readonly most: number;
  /** What it has taken so far, by call, where that is of use. */
  readonly efforts: () => readonly Effort[];
  of(seed: number): OfSeed;
}

/** All dates of the calls. */
function datesOf(definition: WorldDefinition): Maker {
  const common = commonDates(definition) ?? 1;
  const each = (callDatesOf(definition) ?? []).map((one) => {
    // A call with a long window has as much weight as one with a short one.
    return { weight: common / one.dates, found: new StepDates(definition, one) };
  });
  return {
    most: common * each.length,
    efforts: () => each.map(({ found }) => found.effort),
    of: (seed) => {
      let [lost, open] = [0, 0];
      for (const { weight, found } of each) {
        const outcomes = found.of(seed);
        lost += outcomes.lost * weight;
        open += (outcomes.lost + outcomes.undecided) * weight;
      }
      return { lost, open, calls: each.length };
    },
  };
}

/** Drawn runs as far as their calls need them. */
export function leanOf(definition: WorldDefinition): Maker {
  const table = callsTable(definition);
  const calls = callsIn(definition.scenario);
  return {
    most: calls,
    efforts: () => [],
    of: (seed) => {
      const course = new Course(definition, table, seed);
      course.finish(Number.POSITIVE_INFINITY);
      return { lost: course.lost, open: course.lost + calls - course.decided, calls };
    },
  };
}

export function makerOf(estimator: Exclude<Estimator, 'drawn'>, definition: WorldDefinition): Maker {
  if (estimator === 'dates') return datesOf(definition);
  const split = new Splitting(definition);
  return { most: splitParts, efforts: () => [], of: (seed) => split.of(seed) };
}
