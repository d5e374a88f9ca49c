import { type PlannedEvent, PlannedSchedule } from '../planned.ts';
import { Run } from '../run.ts';
import { SeededSchedule } from '../schedule.ts';
import type { Trace } from '../trace.ts';
import { World } from '../world/world.ts';
import type { Situations } from './situations.ts';
import type { PathStep } from './stateClasses.ts';
import { roomiestDates, type Timeline, timelineOf } from './timeline.ts';
import { createdOrigin, type WorldSystem } from './worldSystem.ts';

/** The timeline of a path through the situations of a system. */
export function timelineThrough(system: WorldSystem, situations: Situations, path: readonly PathStep[]): Timeline {
  const start = situations.moveAt(situations.start());
  const types = [start, ...path.map(({ move }) => move)].map(({ target }) => [...situations.of(target).pending]);
  return timelineOf(system, start.origins, types, path);
}

/** The events of the world along a timeline, with the serials that a run will give them. */
export function planOf(system: WorldSystem, timeline: Timeline, dates: readonly number[]): PlannedEvent[] {
  const { world } = World.start(system.definition);
  const byOrigin = (serials: readonly number[]) => (origin: number) =>
    serials.find((_, at) => createdOrigin(at) === origin);
  let created = world.pending.map(({ serial }) => serial).sort((one, other) => one - other);
  const serialOf = new Map<object, number>();
  const register = (step: number) => {
    const find = byOrigin(created);
    for (const instance of timeline.instances) {
      const serial = instance.created === step ? find(instance.origin) : undefined;
      if (serial !== undefined) serialOf.set(instance, serial);
    }
  };
  const plan: PlannedEvent[] = [];
  register(0);
  timeline.path.forEach(({ move }, index) => {
    const step = index + 1;
    const instance = timeline.fired[step];
    const serial = instance ? serialOf.get(instance) : undefined;
    const type = instance ? system.typeOf(instance.type) : undefined;
    if (serial === undefined || type?.is !== 'pending') return;
    const atMs = dates[step] as number;
    plan.push({ serial, atMs, fate: type.fate });
    const outcome = world.fire(
      world.pending.findIndex((one) => one.serial === serial),
      type.fate,
    );
    created = outcome.created.map((one) => one.serial);
    register(step);
    system.fatesOf(move.choice).forEach((fate, at) => {
      const sent = outcome.created[at];
      if (fate === 'lose' && sent !== undefined) {
        plan.push({ serial: sent.serial, atMs: atMs + sent.windowMs[0], fate });
      }
    });
  });
  // Messages are lost on their way, at a date between the steps.
  return plan.sort((one, other) => one.atMs - other.atMs);
}

/** Runs a path with those dates through the world, and on to the end of the scenario with seed 1. */
export function runPath(system: WorldSystem, timeline: Timeline, dates: readonly number[]): Trace {
  const { definition } = system;
  const schedule = new PlannedSchedule(planOf(system, timeline, dates), new SeededSchedule(definition, 1));
  const run = new Run(definition, schedule, { record: true });
  run.finish();
  return run.trace(null);
}

/** A run that violates a property, with dates that leave as much room as there is. */
export interface Counterexample {
  readonly trace: Trace;
  /** How many events lead to the violation. */
  readonly events: number;
  /** Whether no fewer events lead to it. */
  readonly isShortest: boolean;
  /** How far every date can move without another order of events, in milliseconds. */
  readonly slackMs: number;
}

/**
 * The counterexample of a path. It is run through the world before it is shown; throws where the run does not violate
 * the property, for that would be a fault of the checker.
 */
export function counterexampleOf(
  property: string,
  system: WorldSystem,
  situations: Situations,
  path: readonly PathStep[],
  isShortest: boolean,
): Counterexample {
  const timeline = timelineThrough(system, situations, path);
  const roomiest = roomiestDates(timeline);
  if (roomiest === null) throw new Error(`the path to a violation of ${property} has no dates`);
  const trace = runPath(system, timeline, roomiest.dates);
  const verdict = trace.verdicts.find((one) => one.property === property);
  if (verdict?.verdict !== 'violated') throw new Error(`the path to a violation of ${property} does not replay`);
  return { trace, events: path.length, isShortest, slackMs: roomiest.slackMs };
}
