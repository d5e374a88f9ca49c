import type { Scenario } from '../../scenario/scenario.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { Progress } from '../engine/exploring.ts';
import type { Ending } from '../engine/stateClasses.ts';
import type { Counterexample } from '../explain/counterexample.ts';
import type { FaultBudget } from '../system/faultBudget.ts';

/** The longest run that is explored, 277 h: dates are 32-bit integers of milliseconds, and two of them are added. */
export const longestRunMs = 277 * 3_600_000;

export interface CheckOptions {
  /** Default: all that are claimed of the mode. */
  readonly properties?: readonly AnyProperty[];
  /** Faults besides those that the scenario demands; default none. */
  readonly budget?: FaultBudget;
  /** Bytes that an exploration may hold; default 1 GiB. */
  readonly maximumBytes?: number;
  /** Whether to look for the counterexample with the earliest violation too. */
  readonly fastest?: boolean;
  /** False decides by the exact classes without hulls: slower, the same verdicts. */
  readonly hulls?: boolean;
  /** False explores messages without effect too: slower, the same verdicts. */
  readonly inertMessages?: boolean;
  /**
   * Situations after which a world is too large to decide everything at once: open properties are then decided
   * separately, and call by call where calls are judged one by one (`partsOf`). The verdicts are the same; Infinity
   * switches it off.
   */
  readonly jointSituations?: number;
  /** Called now and then; false ends the check with what is known by then. */
  readonly onProgress?: (progress: Progress) => boolean;
}

/** What is known of a property: for every order of events and every delay within the scope. */
export interface Decision {
  readonly property: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  /** Whether some run gives the property something to judge. */
  readonly witnessed: boolean;
  /** Where the property is violated: the run with the fewest events. */
  readonly counterexample: Counterexample | null;
  /** The run with the earliest violation, where it was asked for and found within the search limit. */
  readonly fastest: Counterexample | null;
  /** What ended the exploration that decided it. */
  readonly ending: Ending;
}

/** How far an exploration went. */
export interface Extent {
  readonly classes: number;
  readonly edges: number;
  readonly situations: number;
  readonly bytes: number;
  readonly ending: Ending;
}

export interface CheckResult {
  readonly scenario: Scenario;
  readonly budget: FaultBudget;
  readonly decisions: readonly Decision[];
  /** All explorations together. */
  readonly extent: Extent;
  /** The faults of the scenario that happen in no run, by their place in it; none where not all was explored. */
  readonly idleFaults: readonly number[];
}
