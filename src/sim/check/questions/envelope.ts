import { type Answer, bisecting } from '../../data/bisect.ts';
import type { Window } from '../../data/window.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { type Exploring, explored } from '../engine/exploring.ts';
import { checking } from './check.ts';
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
   * earliest value of the window already, below which nothing was asked. Where it is not decided, what is known: it holds at
   * least so far, and null says nothing.
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

/** A delay of a world: its window, and the world with another one. */
interface Varied {
  readonly window: Window;
  readonly within: (window: Window) => Scenario | WorldDefinition;
}

/** The same for a delay of any world that runs so long. */
export const envelopeWithin = (
  varied: Varied,
  untilMs: number,
  property: AnyProperty,
  options: Omit<CheckOptions, 'properties'> = {},
): Envelope => explored(findingEnvelope(varied, untilMs, property, options), options.onProgress);

/** The same in steps; `onProgress` is for whoever takes them. Told to stop, it ends with what is known. */
export function* findingEnvelope(
  { window: own, within }: Varied,
  untilMs: number,
  property: AnyProperty,
  options: Omit<CheckOptions, 'properties'>,
): Exploring<Envelope> {
  const askedUpToMs = Math.max(own[1], untilMs);
  let witnessed = false;
  let provedUpToMs = own[0] - 1;
  const holds = function* (window: Window): Exploring<Answer> {
    const result = yield* checking(within(window), { ...options, properties: [property] });
    const [decision] = result.decisions;
    witnessed ||= decision?.witnessed === true;
    const verdict = decision?.verdict;
    if (verdict === 'holds' && window[0] === own[0]) provedUpToMs = Math.max(provedUpToMs, window[1]);
    return verdict === undefined || verdict === 'inconclusive' ? null : verdict === 'holds';
  };
  const largestFrom = function* (low: number, high: number, windowOf: (value: number) => Window) {
    const asking = bisecting(low, high);
    let asked = asking.next(null);
    while (!asked.done) asked = asking.next(yield* holds(windowOf(asked.value)));
    return asked.value;
  };
  const largest = yield* largestFrom(own[0], askedUpToMs, (latest) => [own[0], latest]);
  const isViolated = largest !== null && largest < own[1];
  const last = isViolated ? yield* largestFrom(0, own[1] - own[0], (margin) => [own[1] - margin, own[1]]) : null;
  return {
    isDecided: largest !== null && (!isViolated || last !== null),
    witnessed,
    safeUpToMs: provedUpToMs >= own[0] ? provedUpToMs : null,
    askedUpToMs,
    violatingMs: isViolated && last !== null ? [largest + 1, own[1] - last - 1] : null,
  };
}
