import { isMessage, type MachineEvent } from '../../machines/events.ts';
import { retimed } from '../../sim/run/retimed.ts';
import { Run } from '../../sim/run/run.ts';
import { SeededSchedule } from '../../sim/run/seededSchedule.ts';
import type { Scenario, StepAction } from '../../sim/scenario/scenario.ts';
import { defineWorld } from '../../sim/sipWorld/definition.ts';
import { isNotice } from '../../sim/sipWorld/transport.ts';
import type { TraceBody } from '../../sim/trace/trace.ts';
import type { Experiment } from './experiment.ts';
import { runExperiment } from './running.ts';

/** Whether a step is what a real server did and no party of the model had sent: a live run keeps that as a step. */
const isUnforeseen = (action: StepAction): boolean =>
  'event' in action && (isMessage(action.event as MachineEvent) || isNotice(action.event));

const isForeseen = ({ action }: Scenario['steps'][number]): boolean => !isUnforeseen(action);

/**
 * What the model had predicted for a live run: the scenario without what was unforeseen, with every delay and every loss
 * as it happened, as long as the same happens; beyond that the seed decides. Null for what is no live run, and for one in
 * which all was foreseen: that is its own prediction.
 */
export function predictionOf(experiment: Experiment): TraceBody | null {
  const { scenario, seed, plan } = experiment;
  const steps = scenario.steps.filter(isForeseen);
  if (plan === null || steps.length === scenario.steps.length) return null;
  const fromStart = steps.filter(({ from }, index) => index === 0 || from === 'start').length;
  const unforeseen = scenario.steps.length - steps.length;
  // Steps that wait for nothing are counted first, those that were unforeseen the last of them.
  const records = runExperiment(experiment)
    .records.filter(({ kind, serial }) => kind !== 'start' && (serial < fromStart || serial >= fromStart + unforeseen))
    .map((one) => ({ ...one, serial: one.serial < fromStart ? one.serial : one.serial - unforeseen }));
  const definition = defineWorld({ ...scenario, steps });
  const run = new Run(definition, retimed({ records }, new SeededSchedule(definition, seed)), { record: true });
  run.finish();
  return run.traceBody(null);
}
