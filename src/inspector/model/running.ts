import { PlannedSchedule } from '../../sim/run/plannedSchedule.ts';
import { digestOf } from '../../sim/run/recorder.ts';
import { Run, type Schedule } from '../../sim/run/run.ts';
import { SeededSchedule } from '../../sim/run/seededSchedule.ts';
import type { Scenario } from '../../sim/scenario/scenario.ts';
import { defineWorld } from '../../sim/sipWorld/definition.ts';
import type { Trace, TraceBody } from '../../sim/trace/trace.ts';
import type { WorldDefinition } from '../../sim/world/definition.ts';
import type { Pending } from '../../sim/world/pending.ts';
import { World } from '../../sim/world/world.ts';
import { type Experiment, type Freedom, startStepsOf } from './experiment.ts';

/** How experiments run: for the worker and the server, so that the page's own thread need not hold the machines. */

/** The world of a scenario: of our machines, or with the user's. */
export type WorldOf = (scenario: Scenario) => WorldDefinition;

/** The schedule of an experiment: the plan first, then the seed, but for what was moved. */
function scheduleOf(definition: WorldDefinition, { seed, plan, planUntilMs, moved }: Experiment): Schedule {
  const drawn = new SeededSchedule(definition, seed, new Map(moved.map((one) => [one.serial, one])));
  if (plan === null) return drawn;
  return new PlannedSchedule(plan, planUntilMs === null ? null : { fromMs: planUntilMs, schedule: drawn });
}

const isAsDrawn = ({ plan, moved }: Experiment): boolean => plan === null && moved.length === 0;

function finished(experiment: Experiment, worldOf: WorldOf): Run {
  const definition = worldOf(experiment.scenario);
  const run = new Run(definition, scheduleOf(definition, experiment), { record: true });
  run.finish();
  return run;
}

const seedOf = (experiment: Experiment): number | null => (isAsDrawn(experiment) ? experiment.seed : null);

/** Runs an experiment from its start to its end. */
export const runExperiment = (experiment: Experiment, worldOf: WorldOf = defineWorld): Trace =>
  finished(experiment, worldOf).trace(seedOf(experiment));

/** A run of which the digest, which takes longer than the run, is worked out only for who asks. */
interface Ran {
  readonly body: TraceBody;
  readonly digest: () => string;
}

let latest: (Ran & { readonly of: string }) | null = null;

/** The run of an experiment. The latest one is kept, for several questions are about the same. */
export function latestRun(experiment: Experiment, worldOf: WorldOf): Ran {
  const of = JSON.stringify(experiment);
  if (latest?.of === of) return latest;
  const body = finished(experiment, worldOf).traceBody(seedOf(experiment));
  latest = { of, body, digest: () => digestOf(body.records, body.verdicts) };
  return latest;
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

export function situationAfter(experiment: Experiment, step: number, worldOf: WorldOf = defineWorld): Situation {
  const definition = worldOf(experiment.scenario);
  const schedule = scheduleOf(definition, experiment);
  const createdMs = new Map<number, number>();
  const { world } = World.start(definition, (pending) => {
    createdMs.set(pending.serial, schedule.nowMs);
    schedule.schedule(pending);
  });
  const planned = experiment.plan?.length ?? 0;
  let lastOrder = -1;
  let freedom: Freedom | null = null;
  for (let event = 0; event <= step - startStepsOf(experiment.scenario); event++) {
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
