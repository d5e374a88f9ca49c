import { type PlannedEvent, PlannedSchedule } from '../sim/run/plannedSchedule.ts';
import { Run } from '../sim/run/run.ts';
import type { Scenario } from '../sim/scenario/scenario.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import type { Trace } from '../sim/trace/trace.ts';
import type { LiveRecord } from './liveRun.ts';

/** The scenario as it turned out: with what the server did unforeseen as steps of its own. */
function asItTurnedOut(scenario: Scenario, { unforeseen }: LiveRecord): Scenario {
  // What has been computed of a scenario is remembered with it.
  if (unforeseen.length === 0) return scenario;
  const added = unforeseen.map(({ atMs, action }) => ({
    from: 'start' as const,
    afterMs: [atMs, atMs] as const,
    action,
  }));
  return { ...scenario, steps: [...scenario.steps, ...added] };
}

/**
 * The plan with the serials that its events have when the unforeseen steps are known from the start: steps that wait for
 * nothing are counted first, everything else in the order of its creation.
 */
function renumbered(scenario: Scenario, { plan, unforeseen }: LiveRecord): PlannedEvent[] {
  const steps = scenario.steps.filter(({ from }, index) => index === 0 || from === 'start').length;
  const serialOf = (serial: number): number => {
    if (serial < steps) return serial;
    const position = unforeseen.findIndex((one) => one.serial === serial);
    if (position >= 0) return steps + position;
    return serial + unforeseen.length - unforeseen.filter((one) => one.serial < serial).length;
  };
  return plan.map((one) => ({ ...one, serial: serialOf(one.serial) }));
}

/**
 * The trace of a live run: the same events at the same dates once more, through the same machines, recorded and judged. It
 * replays wherever a trace does.
 */
export function liveTrace(scenario: Scenario, record: LiveRecord): Trace {
  const turnedOut = asItTurnedOut(scenario, record);
  const run = new Run(defineWorld(turnedOut), new PlannedSchedule(renumbered(scenario, record)), { record: true });
  run.finish();
  return run.trace(null);
}
