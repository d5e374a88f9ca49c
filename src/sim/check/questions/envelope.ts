import { type Answer, largestTrue } from '../../data/bisect.ts';
import type { Window } from '../../data/window.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { check } from './check.ts';
import type { CheckOptions } from './decision.ts';
import { type Parameter, windowOf, withWindow } from './parameter.ts';

/** For which values of one delay a property holds, all other delays ranging over their windows. */
export interface Envelope {
  /** Whether no check on the way was inconclusive. */
  readonly isDecided: boolean;
  /** Whether some run on the way gave the property something to judge. */
  readonly witnessed: boolean;
  /**
   * The largest latest value with which the property still holds, in milliseconds; null where it is violated at the
   * earliest value of the window already, below which nothing was asked, and where it was not decided.
   */
  readonly safeUpToMs: number | null;
  /** The most that was asked for: at this value the property holds whatever comes. */
  readonly askedUpToMs: number;
  /** The smallest and the largest value of the scenario's own window at which the property is violated, if it is. */
  readonly violatingMs: Window | null;
}

/**
 * The envelope of a parameter, exact to the millisecond: a longer window allows all that a shorter one allows, so the
 * limit is found by halving, each half decided by a check.
 */
export function envelopeOf(
  scenario: Scenario,
  property: AnyProperty,
  parameter: Parameter,
  options: Omit<CheckOptions, 'properties'> = {},
): Envelope {
  const within = (window: Window) => withWindow(scenario, parameter, window);
  return envelopeWithin({ window: windowOf(scenario, parameter), within }, scenario.untilMs, property, options);
}

/** The same for a delay of any world that runs so long. */
export function envelopeWithin(
  { window: own, within }: { readonly window: Window; readonly within: (window: Window) => Scenario | WorldDefinition },
  untilMs: number,
  property: AnyProperty,
  options: Omit<CheckOptions, 'properties'> = {},
): Envelope {
  const askedUpToMs = Math.max(own[1], untilMs);
  let witnessed = false;
  const holds = (window: Window): Answer => {
    const result = check(within(window), { ...options, properties: [property] });
    const [decision] = result.decisions;
    witnessed ||= decision?.witnessed === true;
    const verdict = decision?.verdict;
    return verdict === undefined || verdict === 'inconclusive' ? null : verdict === 'holds';
  };
  const largest = largestTrue(own[0], askedUpToMs, (latest) => holds([own[0], latest]));
  const isViolated = largest !== null && largest < own[1];
  const last = isViolated ? largestTrue(0, own[1] - own[0], (margin) => holds([own[1] - margin, own[1]])) : null;
  return {
    isDecided: largest !== null,
    witnessed,
    safeUpToMs: largest !== null && largest >= own[0] ? largest : null,
    askedUpToMs,
    violatingMs: isViolated && last !== null ? [largest + 1, own[1] - last - 1] : null,
  };
}
