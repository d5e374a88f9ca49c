import type { Scenario } from '../scenario/scenario.ts';
import { defineWorld } from '../sipWorld/definition.ts';
import type { Trace, Verdict } from '../trace/trace.ts';
import type { WorldDefinition } from '../world/definition.ts';
import { DatedRun } from './datedRun.ts';
import { Run, type RunOptions } from './run.ts';
import { SeededSchedule } from './seededSchedule.ts';

/** One run of a scenario with a seed, recorded. The same scenario and seed give the same trace, byte for byte. */
export function simulate(scenario: Scenario | WorldDefinition, seed: number, options: RunOptions = {}): Trace {
  const definition = 'parties' in scenario ? scenario : defineWorld(scenario);
  const run = new Run(definition, new SeededSchedule(definition, seed), { ...options, record: true });
  run.finish();
  return run.trace(seed);
}

/** One run without a record, for when there are many. */
export function judge(definition: WorldDefinition, seed: number, options: RunOptions = {}): Verdict[] {
  const run = new DatedRun(definition, seed, options);
  run.finish();
  return run.verdicts();
}
