import { type PlannedEvent, PlannedSchedule } from '../../run/plannedSchedule.ts';
import { Run } from '../../run/run.ts';
import { SeededSchedule } from '../../run/seededSchedule.ts';
import type { AnyProperty } from '../../system/property.ts';
import type { RaceWindow } from '../../trace/raceWindow.ts';
import type { Trace } from '../../trace/trace.ts';
import type { Situations } from '../engine/situations.ts';
import type { Firing } from '../engine/stateClasses.ts';
import { datesOf, roomiestDates } from '../engine/timeline.ts';
import type { WorldSystem } from '../system/worldSystem.ts';
import { concretePlanOf } from './concretePlan.ts';
import { raceWindowOf } from './raceWindow.ts';
import { violationOn } from './violation.ts';

/** Runs a plan through the world; from a date on, if there is one, with seed 1 to the end of the scenario. */
function runPlan(
  { definition }: WorldSystem,
  plan: readonly PlannedEvent[],
  fromMs: number | null,
  properties: readonly AnyProperty[] = definition.properties,
): Trace {
  const afterwards = fromMs === null ? null : { fromMs, schedule: new SeededSchedule(definition, 1) };
  const run = new Run(definition, new PlannedSchedule(plan, afterwards), { record: true, properties });
  run.finish();
  return run.trace(null);
}

/** `shortest`: none has fewer events; `fastest`: none violates earlier; `any`: neither is known. */
export type CounterexampleKind = 'shortest' | 'fastest' | 'any';

/** A run that violates a property, with dates as far as possible from every bound. */
export interface Counterexample {
  readonly trace: Trace;
  /** How many events lead to the violation. */
  readonly events: number;
  readonly kind: CounterexampleKind;
  /** How far every date can move without another order of events, in milliseconds. */
  readonly slackMs: number;
  readonly window: RaceWindow;
}

/**
 * The counterexample of a path. It is replayed in the world first. Throws where the run does not violate the property:
 * that is a fault of the checker.
 */
export function counterexampleOf(
  system: WorldSystem,
  situations: Situations,
  path: readonly Firing[],
  property: number,
  kind: CounterexampleKind,
): Counterexample {
  const judged = system.observers.tables[property]?.property as AnyProperty | undefined;
  if (judged === undefined) throw new RangeError(`the system has no property ${property}`);
  const violation = violationOn(system, situations, path, property);
  const every = datesOf(violation.timeline, violation.keepsOrder);
  const roomiest = roomiestDates(violation.timeline, violation.keepsOrder);
  if (every === null || roomiest === null) throw new Error(`the path to a violation of ${judged.name} has no dates`);
  const { dates, slackMs } = kind === 'fastest' ? { dates: every.earliest(), slackMs: 0 } : roomiest;
  const { plan, serials } = concretePlanOf(system, violation.timeline, dates);
  // At the end of the run nothing else is due. Before it, what follows the violation is shown, and decides nothing.
  const goesOnFromMs = violation.timeline.endsLast ? null : (dates[path.length] as number);
  const [verdict] = runPlan(system, plan, null, [judged]).verdicts;
  if (verdict?.verdict !== 'violated') throw new Error(`the path to a violation of ${judged.name} does not replay`);
  const window = raceWindowOf(violation, every, serials);
  const trace = { ...runPlan(system, plan, goesOnFromMs), raceWindow: window };
  return { trace, events: path.length, kind, slackMs, window };
}
