import { defineWorld } from '../../sipWorld/definition.ts';
import type { RaceWindow } from '../../trace/raceWindow.ts';
import type { TraceBody } from '../../trace/trace.ts';
import type { WorldDefinition } from '../../world/definition.ts';
import { datesOf } from '../engine/timeline.ts';
import { raceWindowOf } from './raceWindow.ts';
import { pathOfRun } from './runPath.ts';
import { violationOn } from './violation.ts';

/** With more steps the dates take too long: their cost grows with the third power. */
const mostSteps = 400;

/**
 * For which delays a recorded run violates the first property that it violates: all else within the windows of
 * `world`, which must be that of the run. Null where it violates none, where the violation comes after more
 * than 400 steps, and where a fault holds messages back beyond their windows, which no zone expresses.
 */
export function windowOfRun(trace: TraceBody, world: WorldDefinition = defineWorld(trace.scenario)): RaceWindow | null {
  const violated = trace.verdicts.find(({ verdict }) => verdict === 'violated');
  const property = world.properties.find(({ name }) => name === violated?.property);
  if (violated === undefined || property === undefined || (violated.step ?? trace.records.length) > mostSteps)
    return null;
  const followed = pathOfRun(world, property, trace);
  if (followed === null) return null;
  const violation = violationOn(followed.system, followed.situations, followed.path, 0);
  const dates = datesOf(violation.timeline, violation.keepsOrder);
  return dates && raceWindowOf(violation, dates, followed.serials);
}
