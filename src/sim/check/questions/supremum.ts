import { calls } from '../../../machines/messages.ts';
import { type Answer, largestTrue } from '../../data/bisect.ts';
import { alertsWithin } from '../../properties/alertsWithin.ts';
import { noBlackout } from '../../properties/registrations.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { Counterexample } from '../explain/counterexample.ts';
import { check } from './check.ts';
import type { CheckOptions, Decision } from './decision.ts';

/** The names of the durations whose supremum can be asked for. */
export const durations = ['blackout', 'alerting'] as const;
export type DurationName = (typeof durations)[number];

/** The longest duration of something over every order of events and every delay. */
export interface Supremum {
  /** In milliseconds; the length of the run where it can last as long as that, null where a check was inconclusive. */
  readonly longestMs: number | null;
  /** A run in which it lasts that long; null where it does not last at all. */
  readonly example: Counterexample | null;
}

/** The scenario and the properties that are violated where it lasts longer than that. */
const limited: Readonly<Record<DurationName, (scenario: Scenario, ms: number) => [Scenario, readonly AnyProperty[]]>> =
  {
    blackout: (scenario, ms) => [
      { ...scenario, limits: { ...scenario.limits, blackoutMs: ms } },
      [noBlackout as unknown as AnyProperty],
    ],
    alerting: (scenario, ms) => [scenario, calls.map((call) => alertsWithin(ms, call) as unknown as AnyProperty)],
  };

/** The longest blackout, or the longest time from dialling to alerting, exact to the millisecond. */
export function supremumOf(
  scenario: Scenario,
  question: DurationName,
  options: Omit<CheckOptions, 'properties'> = {},
): Supremum {
  const decide = (ms: number): readonly Decision[] => {
    const [limitedScenario, properties] = limited[question](scenario, ms);
    return check(limitedScenario, { ...options, properties }).decisions;
  };
  const exceeds = (ms: number): Answer => {
    const decisions = decide(ms);
    if (decisions.some(({ verdict }) => verdict === 'violated')) return true;
    return decisions.some(({ verdict }) => verdict === 'inconclusive') ? null : false;
  };
  const exceeded = largestTrue(0, scenario.untilMs - 1, exceeds);
  if (exceeded === null) return { longestMs: null, example: null };
  const examples = exceeded < 0 ? [] : decide(exceeded).flatMap(({ counterexample }) => counterexample ?? []);
  return { longestMs: exceeded + 1, example: examples[0] ?? null };
}
