import { retimed } from '../sim/run/retimed.ts';
import { Run, type Schedule } from '../sim/run/run.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import type { Trace } from '../sim/trace/trace.ts';
import type { ComparedRun } from './compared.ts';
import type { LiveJob, LiveResult } from './liveJob.ts';
import { withoutProbes } from './liveScenario.ts';

/** Later than this for what was due, and a race may come out otherwise than on an idle machine. */
export const noticeableMs = 10;

/** What the model says of a scenario. */
export function predictedRun(scenario: Scenario, schedule: LiveJob['schedule']): Trace {
  const definition = defineWorld(scenario);
  const run = new Run(definition, schedule(definition), { record: true });
  run.finish();
  return run.trace(null);
}

/** The run as it happened, with the seed's luck for what never happened. */
const asItHappened = ({ foreseen }: Pick<LiveResult, 'foreseen'>, otherwise: Schedule): Schedule =>
  retimed({ records: foreseen }, otherwise);

/** What the model predicts for a scenario whose network is a real one. */
export interface RealNetwork {
  /** The scenario with the delays that the network has, as far as they were measured. */
  readonly scenario: Scenario;
}

/**
 * A run beside its prediction: from the delays that it was given and, where this machine was late or the network is a real
 * one, from those that it had.
 */
export function comparedRun(
  scenario: Scenario,
  schedule: LiveJob['schedule'],
  result: LiveResult,
  network: RealNetwork | null = null,
): ComparedRun {
  const isLate = result.latenessMs > noticeableMs;
  return {
    predicted: predictedRun(network?.scenario ?? scenario, schedule),
    predictedAgain:
      isLate || network !== null
        ? predictedRun(withoutProbes(scenario), (definition) => asItHappened(result, schedule(definition)))
        : null,
    isLate,
    measured: result.trace,
  };
}
