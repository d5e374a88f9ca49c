import type { ScenarioStep } from '../scenario/scenario.ts';
import { defineWorld, type SipWorld, withSteps } from '../sipWorld/definition.ts';
import { drawnDay, type OfWorkload } from './drawnDay.ts';

/** A day may have more calls than slots, and the machines are those of such a day. */
const clearing: ScenarioStep = {
  from: 'start',
  afterMs: [0, 0],
  action: { party: 'caller', event: { type: 'call.cleared', call: 1 } },
};

/** The worlds of the days of a workload, by their seeds. What they have in common is prepared once. */
export function dayWorlds(scenario: OfWorkload): (seed: number) => SipWorld {
  const { workload: _, ...rest } = scenario;
  const common = defineWorld({ ...rest, steps: [...scenario.steps, clearing] });
  return (seed) => withSteps(common, drawnDay(scenario, seed));
}
