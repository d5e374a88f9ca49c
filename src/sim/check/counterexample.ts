import { type PlannedEvent, PlannedSchedule } from '../planned.ts';
import { properties as allProperties } from '../properties/properties.ts';
import type { AnyProperty } from '../properties/property.ts';
import { Run } from '../run.ts';
import { SeededSchedule } from '../schedule.ts';
import type { Trace } from '../trace.ts';
import { type Fate, type Pending, World } from '../world/world.ts';
import { type RaceWindow, raceWindowOf } from './raceWindow.ts';
import type { Situations } from './situations.ts';
import type { PathStep } from './stateClasses.ts';
import { datesOf, type Instance, roomiestDates, type Timeline } from './timeline.ts';
import { type Violation, violationOn } from './violation.ts';
import { createdOrigin, type WorldSystem } from './worldSystem.ts';

/** A timeline as a run will have it: what happens when, and under which serial each step is known there. */
export interface Enactment {
  readonly plan: readonly PlannedEvent[];
  /** Per step of the timeline; null for the start and for steps that are none of the world. */
  readonly serials: readonly (number | null)[];
}

/** Gives the events along a timeline the serials that a run with those dates will give them. */
export function enact(system: WorldSystem, timeline: Timeline, dates: readonly number[]): Enactment {
  const { world } = World.start(system.definition);
  const serialOf = new Map<string, number>();
  const number = (step: number, created: readonly { serial: number }[]) => {
    for (const [index, { serial }] of created.entries()) serialOf.set(`${step} ${createdOrigin(index)}`, serial);
  };
  const plan: PlannedEvent[] = [];
  const serials: (number | null)[] = timeline.fired.map(() => null);
  number(
    0,
    [...world.pending].sort((one, other) => one.serial - other.serial),
  );
  for (const step of byDate(dates)) {
    const { type, created, origin } = timeline.fired[step] as Instance;
    const value = system.typeOf(type);
    const serial = serialOf.get(`${created} ${origin}`);
    if (serial === undefined || value.is !== 'pending') continue;
    serials[step] = serial;
    const atMs = dates[step] as number;
    plan.push({ serial, atMs, fate: value.fate });
    const position = world.pending.findIndex((one) => one.serial === serial);
    const fired = world.fire(position, value.fate);
    number(step, fired.created);
    const { choice } = (timeline.path[step - 1] as PathStep).move;
    plan.push(...lostAmong(fired.created, system.fatesOf(choice), atMs));
  }
  // Messages are lost on their way, at a date between the steps.
  return { plan: plan.sort((one, other) => one.atMs - other.atMs), serials };
}

/** The steps of a timeline in the order of their dates; at the same date as on the path. */
const byDate = (dates: readonly number[]): number[] =>
  dates
    .map((_, step) => step)
    .slice(1)
    .sort((one, other) => (dates[one] as number) - (dates[other] as number));

const lostAmong = (created: readonly Pending[], fates: readonly Fate[], sentAtMs: number): PlannedEvent[] =>
  created.flatMap(({ serial, windowMs }, index) =>
    fates[index] === 'lose' ? [{ serial, atMs: sentAtMs + windowMs[0], fate: 'lose' as const }] : [],
  );

/** Runs a plan through the world, and from a date on to the end of the scenario with seed 1. */
function runPlan(
  { definition }: WorldSystem,
  plan: readonly PlannedEvent[],
  fromMs: number,
  properties: readonly AnyProperty[] = allProperties,
): Trace {
  const afterwards = { fromMs, schedule: new SeededSchedule(definition, 1) };
  const run = new Run(definition, new PlannedSchedule(plan, afterwards), { record: true, properties });
  run.finish();
  return run.trace(null);
}

/** No fewer events lead to a violation; none comes earlier; or neither is known. */
export type CounterexampleKind = 'shortest' | 'fastest' | 'any';

/** A run that violates a property, with dates that leave as much room as there is. */
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
 * The counterexample of a path. It is run through the world before it is shown; throws where the run does not violate
 * the property, for that would be a fault of the checker.
 */
export function counterexampleOf(
  system: WorldSystem,
  situations: Situations,
  path: readonly PathStep[],
  property: number,
  kind: CounterexampleKind,
): Counterexample {
  const judged = system.observers.tables[property]?.property as AnyProperty | undefined;
  if (judged === undefined) throw new RangeError(`the system has no property ${property}`);
  const violation = violationOn(system, situations, path, property);
  const roomiest = roomiestDates(violation.timeline, violation.keepsOrder);
  if (roomiest === null) throw new Error(`the path to a violation of ${judged.name} has no dates`);
  const { dates, slackMs } = kind === 'fastest' ? soonest(violation) : roomiest;
  const { plan, serials } = enact(system, violation.timeline, dates);
  const endMs = dates[path.length] as number;
  const [verdict] = runPlan(system, plan, endMs, [judged]).verdicts;
  if (verdict?.verdict !== 'violated') throw new Error(`the path to a violation of ${judged.name} does not replay`);
  const window = raceWindowOf(violation, serials);
  const trace = { ...runPlan(system, plan, endMs), raceWindow: window };
  return { trace, events: path.length, kind, slackMs, window };
}

/** The earliest date of every step. */
function soonest({ timeline, keepsOrder }: Violation): { dates: number[]; slackMs: number } {
  return { dates: datesOf(timeline, keepsOrder)?.earliest() ?? [], slackMs: 0 };
}
