import { lanesOf } from '../../sim/report/lanes.ts';
import type { PlannedEvent } from '../../sim/run/plannedSchedule.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import type { RaceWindow } from '../../sim/trace/raceWindow.ts';
import type { TraceBody } from '../../sim/trace/trace.ts';
import type { Pending } from '../../sim/world/pending.ts';
import type { Alteration } from './alteration.ts';

/** A pending event that happens at a place of somebody's choice instead of the one that was drawn for it. */
export interface Moved extends Pick<Pending, 'serial' | 'dueMs' | 'order'> {}

/** A module of the user's: the name of its file, and what tells it from the same file with other machines. */
export interface ModuleName {
  readonly file: string;
  readonly digest: string;
}

/**
 * Everything that a run follows from: what a link holds and what the worker is given. Faults are part of the scenario,
 * so that they apply to the run in another mode as well; what is moved belongs to this one run.
 */
export interface Experiment {
  readonly scenario: Scenario;
  readonly seed: number;
  /** The events of a trace that is shown as it was recorded, or null where the seed decides. */
  readonly plan: readonly PlannedEvent[] | null;
  /** From when on the seed decides what the plan does not; null where the plan is the whole run. */
  readonly planUntilMs: number | null;
  readonly moved: readonly Moved[];
  /** The module by whose machines it runs; absent where they are all ours. */
  readonly module?: ModuleName;
  /** Where the checker found the run: for which delays it goes wrong. Nothing follows from it. */
  readonly window?: RaceWindow;
  /** How the experiment came about, where it was changed. Nothing follows from it. */
  readonly log?: ChangeLog;
}

/** A change that somebody made, which may be switched off. */
export interface Listed {
  readonly what: Alteration;
  readonly isOff?: true;
}

/** The experiment that was opened, and what was changed since, in that order. */
export interface ChangeLog {
  readonly base: Omit<Experiment, 'log'>;
  readonly changes: readonly Listed[];
}

/** A run of a scenario with a seed, with nothing changed. */
export const seededExperiment = (scenario: Scenario, seed: number): Experiment => ({
  scenario,
  seed,
  plan: null,
  planUntilMs: null,
  moved: [],
});

/** A run of the same machines with another scenario or seed, with nothing changed. */
export const anewWith = ({ module }: Experiment, scenario: Scenario, seed: number): Experiment => ({
  ...seededExperiment(scenario, seed),
  ...(module && { module }),
});

/** Whether two experiments are one: the same run follows from both. */
export const isSameExperiment = (one: Experiment, other: Experiment): boolean =>
  JSON.stringify({ ...one, log: undefined }) === JSON.stringify({ ...other, log: undefined });

/** The experiment of a trace. One that has a seed is drawn again; another one happens as it was recorded. */
export function experimentOf({ scenario, seed, records, raceWindow }: TraceBody): Experiment {
  const window = raceWindow && { window: raceWindow };
  if (seed !== null) return { ...seededExperiment(scenario, seed), ...window };
  const events = records.filter(({ kind }) => kind !== 'start');
  const plan = events.map(({ serial, atMs, fate }) => ({ serial, atMs, fate }));
  return { ...seededExperiment(scenario, 1), plan, ...window };
}

/** How many steps of a trace are no events but the start of each party. */
export const startStepsOf = (scenario: Scenario): number => lanesOf(scenario).length;

/** Another date that an event of a run could have had, by itself. */
export interface Freedom extends Pick<Pending, 'serial' | 'order'> {
  readonly atMs: number;
  readonly earliestMs: number;
  readonly latestMs: number;
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
  const { window: _, log: __, ...rest } = experiment;
  const past = rest.moved.filter(({ serial, dueMs }) => dueMs <= atMs && serial !== change.moved?.serial);
  const moved = change.moved === undefined ? past : [...past, change.moved];
  const changed = { ...rest, scenario: change.scenario ?? rest.scenario, moved };
  const { plan, planUntilMs } = rest;
  if (plan === null) return changed;
  const kept = plan.slice(0, Math.max(0, step + 1 - startStepsOf(rest.scenario)));
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
  { records }: TraceBody,
  { serial, order, atMs }: Freedom,
  dueMs: number,
): { readonly changed: Experiment; readonly past: number } {
  const was = records.findIndex((one) => one.kind !== 'start' && one.serial === serial);
  // Of several at the instant to which it goes, any may come first.
  const last = records.findLast((one) => one.step < was && (dueMs >= atMs || one.atMs < dueMs));
  const until = { step: last?.step ?? startStepsOf(experiment.scenario) - 1, atMs: last?.atMs ?? 0 };
  return { changed: changedAfter(experiment, until, { moved: { serial, dueMs, order } }), past: until.step };
}
