import type { Scenario } from '../scenario/scenario.ts';
import { defineWorld, type SipWorld } from '../sipWorld/definition.ts';
import { dayWorlds } from '../workload/dayWorlds.ts';
import { hasWorkload, midnightMs } from '../workload/drawnDay.ts';
import type { WorldDefinition } from '../world/definition.ts';

/** What many runs are runs of: one world, or the days that their seeds draw. */
export interface RunWorlds {
  /** The world itself, or all that the days have in common: everything but their steps. */
  readonly common: WorldDefinition;
  /** The world of the run with that seed. */
  readonly of: (seed: number) => WorldDefinition;
  readonly isOfDays: boolean;
  /** From which date on runs are measured. */
  readonly fromMs: number;
}

export const oneWorld = (common: WorldDefinition): RunWorlds => ({
  common,
  of: () => common,
  isOfDays: false,
  fromMs: 0,
});

/** The worlds of a scenario's runs, each prepared by `worldOf`. */
export function runWorlds(
  scenario: Scenario,
  worldOf: (scenario: Scenario) => SipWorld = (one) => defineWorld(one),
): RunWorlds {
  if (!hasWorkload(scenario)) return oneWorld(worldOf(scenario));
  return { ...dayWorlds(scenario, worldOf), isOfDays: true, fromMs: midnightMs };
}
