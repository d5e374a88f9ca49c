import { partyNames } from '../../machines/messages.ts';
import type { RaceWindow } from '../../sim/check/raceWindow.ts';
import { type PlannedEvent, PlannedSchedule } from '../../sim/planned.ts';
import { Run, type Schedule } from '../../sim/run.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import { SeededSchedule } from '../../sim/schedule.ts';
import type { Trace } from '../../sim/trace.ts';
import { defineWorld, type WorldDefinition } from '../../sim/world/definition.ts';
import { type Pending, World } from '../../sim/world/world.ts';

/** A pending event that happens at a place of somebody's choice instead of the one that was drawn for it. */
export interface Moved extends Pick<Pending, 'serial' | 'dueMs' | 'order'> {}

/**
 * Everything that a run follows from: what a link holds and what the worker is given. Faults are part of the scenario,
 * so that they befall the run in another mode as well; what is moved belongs to this one run.
 */
export interface Experiment {
  readonly scenario: Scenario;
  readonly seed: number;
  /** The events of a trace that is shown as it was recorded, or null where the seed decides. */
  readonly plan: readonly PlannedEvent[] | null;
  /** From when on the seed decides what the plan does not; null where the plan is the whole run. */
  readonly planUntilMs: number | null;
  readonly moved: readonly Moved[];
  /** Where the checker found the run: for which delays it goes wrong. Nothing follows from it. */
  readonly window?: RaceWindow;
}

/** A run of a scenario with a seed, with nothing changed. */
export const seededExperiment = (scenario: Scenario, seed: number): Experiment => ({
  scenario,
  seed,
  plan: null,
  planUntilMs: null,
  moved: [],
});

/** The experiment of a trace. One that has a seed is drawn again; another one happens as it was recorded. */
export function experimentOf({ scenario, seed, records, raceWindow }: Trace): Experiment {
  const window = raceWindow && { window: raceWindow };
  if (seed !== null) return { ...seededExperiment(scenario, seed), ...window };
  const events = records.filter(({ kind }) => kind !== 'start');
  const plan = events.map(({ serial, atMs, fate }) => ({ serial, atMs, fate }));
  return { ...seededExperiment(scenario, 1), plan, ...window };
}

/** The schedule of an experiment: the plan first, then the seed, but for what was moved. */
function scheduleOf(definition: WorldDefinition, { seed, plan, planUntilMs, moved }: Experiment): Schedule {
  const drawn = new SeededSchedule(definition, seed, new Map(moved.map((one) => [one.serial, one])));
  if (plan === null) return drawn;
  return new PlannedSchedule(plan, planUntilMs === null ? null : { fromMs: planUntilMs, schedule: drawn });
}

const isAsDrawn = ({ plan, moved }: Experiment): boolean => plan === null && moved.length === 0;

/** Runs an experiment from its start to its end. */
export function runExperiment(experiment: Experiment): Trace {
  const definition = defineWorld(experiment.scenario);
  const run = new Run(definition, scheduleOf(definition, experiment), { record: true });
  run.finish();
  return run.trace(isAsDrawn(experiment) ? experiment.seed : null);
}

/** The steps of a trace that are no events but the start of each party. */
const startSteps = partyNames.length;

/** Another date that an event of a run could have had, by itself. */
export interface Freedom extends Pick<Pending, 'serial' | 'order'> {
  readonly atMs: number;
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** What can happen after a step of an experiment's run, each with the date that it has for now. */
export interface Situation {
  readonly definition: WorldDefinition;
  readonly pending: readonly Pending[];
  /** Between which dates the step itself could have happened; null for the start of a party. */
  readonly freedom: Freedom | null;
  /** What an event must have as its order to come next and yet after all that has happened. */
  readonly nextOrder: number;
}

/** The smallest distance between two orders: the drawn ones are whole numbers. */
const leastOrder = 1 / 1024;

export function situationAfter(experiment: Experiment, step: number): Situation {
  const definition = defineWorld(experiment.scenario);
  const schedule = scheduleOf(definition, experiment);
  const createdMs = new Map<number, number>();
  const { world } = World.start(definition, (pending) => {
    createdMs.set(pending.serial, schedule.nowMs);
    schedule.schedule(pending);
  });
  const planned = experiment.plan?.length ?? 0;
  let lastOrder = -1;
  let freedom: Freedom | null = null;
  for (let event = 0; event <= step - startSteps; event++) {
    const position = schedule.next(world.pending);
    const next = world.pending[position];
    if (next === undefined || next.dueMs > experiment.scenario.untilMs) break;
    schedule.nowMs = next.dueMs;
    // Until its plan is over, the order of a run is the plan's.
    if (event >= planned) lastOrder = next.order;
    freedom = freedomOf(next, createdMs.get(next.serial) ?? 0);
    world.fire(position, next.fate);
  }
  return { definition, pending: world.pending, freedom, nextOrder: lastOrder + leastOrder };
}

/** The window of an event as dates. Faults, a plan and the order of a link may have moved it out of its window. */
function freedomOf({ serial, order, dueMs, windowMs: [low, high] }: Pending, createdMs: number): Freedom {
  const [earliestMs, latestMs] = [Math.min(createdMs + low, dueMs), Math.max(createdMs + high, dueMs)];
  return { serial, order, atMs: dueMs, earliestMs, latestMs };
}

/** What takes effect after a step: another scenario, or one more event at another place. */
export interface Change {
  readonly scenario?: Scenario;
  readonly moved?: Moved;
}

/**
 * The experiment with a change that takes effect after a step. Of a plan only what happened until then remains, and of
 * what was moved only what had happened by then: later serials mean other events now.
 */
export function changedAfter(
  experiment: Experiment,
  { step, atMs }: { readonly step: number; readonly atMs: number },
  change: Change,
): Experiment {
  // What is changed is no longer what the checker spoke of.
  const { window: _, ...rest } = experiment;
  const past = rest.moved.filter(({ serial, dueMs }) => dueMs <= atMs && serial !== change.moved?.serial);
  const moved = change.moved === undefined ? past : [...past, change.moved];
  const changed = { ...rest, scenario: change.scenario ?? rest.scenario, moved };
  const { plan, planUntilMs } = rest;
  if (plan === null) return changed;
  const kept = plan.slice(0, Math.max(0, step + 1 - startSteps));
  // Where the change comes after the plan, the plan has come to its end already.
  const untilMs = kept.length < plan.length || planUntilMs === null ? atMs : planUntilMs;
  return { ...changed, plan: kept, planUntilMs: untilMs };
}

/**
 * The experiment in which an event of its run happens at another date, with the last step that stays as it is. What a
 * plan had for the time from then on is drawn anew.
 */
export function movedTo(
  experiment: Experiment,
  { records }: Trace,
  { serial, order, atMs }: Freedom,
  dueMs: number,
): { readonly changed: Experiment; readonly past: number } {
  const was = records.findIndex((one) => one.kind !== 'start' && one.serial === serial);
  // Of several at the instant to which it goes, any may come first.
  const last = records.findLast((one) => one.step < was && (dueMs >= atMs || one.atMs < dueMs));
  const until = { step: last?.step ?? startSteps - 1, atMs: last?.atMs ?? 0 };
  return { changed: changedAfter(experiment, until, { moved: { serial, dueMs, order } }), past: until.step };
}
