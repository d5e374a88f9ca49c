import type { Scenario, ScenarioStep } from '../scenario/scenario.ts';
import { defineWorld, type SipWorld, withSteps } from '../sipWorld/definition.ts';
import { drawnDay, type OfWorkload } from './drawnDay.ts';

/** A day may have more calls than slots, and the machines are those of such a day. */
const clearing: ScenarioStep = {
  from: 'start',
  afterMs: [0, 0],
  action: { party: 'caller', event: { type: 'call.cleared', call: 1 } },
};

/** The worlds of the days of a workload. */
export interface DayWorlds {
  /** What they have in common: all but their steps. */
  readonly common: SipWorld;
  /** The world of the day that a seed draws. */
  readonly of: (seed: number) => SipWorld;
}

/** The worlds of the days of a workload. What they have in common is prepared once, by `worldOf`. */
export function dayWorlds(
  scenario: OfWorkload,
  worldOf: (scenario: Scenario) => SipWorld = (one) => defineWorld(one),
): DayWorlds {
  const { workload: _, ...rest } = scenario;
  const common = worldOf({ ...rest, steps: [...scenario.steps, clearing] });
  return { common, of: (seed) => withSteps(common, drawnDay(scenario, seed)) };
}
