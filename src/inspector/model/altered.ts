import { everyMode } from '../../machines/modeVariants.ts';
import type { Fault, Scenario } from '../../sim/scenario/scenario.ts';
import type { TraceBody } from '../../sim/trace/trace.ts';
import type { Alteration, EventName } from './alteration.ts';
import { pendingNamed, stepNamed } from './eventName.ts';
import { anewWith, changedAfter, type Experiment, movedTo } from './experiment.ts';
import { isSameMessage, serialOf, withFault } from './fault.ts';
import type { Options } from './options.ts';

/** The run of an experiment, with what can happen after each of its steps. */
export interface Ran {
  readonly trace: TraceBody;
  readonly optionsAfter: (step: number) => Options | null;
}

/** An experiment with a change; null where its run has nothing that the change speaks of. */
type Altered = Experiment | null;

/** Another scenario, mode, server or window: what was planned or moved in this run means nothing there. */
const withScenario = (experiment: Experiment, part: Partial<Scenario>): Experiment =>
  anewWith(experiment, { ...experiment.scenario, ...part }, experiment.seed);

/** The experiment with other faults. Of a plan, what comes before the arrival of the message remains. */
function withFaults(experiment: Experiment, fault: Fault, faults: readonly Fault[], { trace }: Ran): Altered {
  const serial = serialOf(trace, fault);
  const arrival = trace.records.find((one) => one.kind !== 'start' && one.serial === serial);
  const until = arrival === undefined ? trace.records.at(-1) : { step: arrival.step - 1, atMs: arrival.atMs };
  return until === undefined ? null : changedAfter(experiment, until, { scenario: { ...experiment.scenario, faults } });
}

function branched(experiment: Experiment, event: EventName, after: EventName, ran: Ran): Altered {
  const at = stepNamed(ran.trace, after);
  const options = at && ran.optionsAfter(at.step);
  const pending = options && pendingNamed(options.pending, event);
  if (!at || !options || !pending) return null;
  const moved = { serial: pending.serial, dueMs: at.atMs, order: options.nextOrder };
  return changedAfter(experiment, at, { moved });
}

function redated(experiment: Experiment, event: EventName, dueMs: number, ran: Ran): Altered {
  const at = stepNamed(ran.trace, event);
  const freedom = (at && ran.optionsAfter(at.step)?.freedom) ?? null;
  if (freedom === null || dueMs < freedom.earliestMs || dueMs > freedom.latestMs) return null;
  return movedTo(experiment, ran.trace, freedom, dueMs).changed;
}

/** The experiment with one more change. `ran` is asked only for what cannot be changed without it. */
export function altered(experiment: Experiment, alteration: Alteration, ran: () => Ran): Altered {
  const { scenario } = experiment;
  switch (alteration.do) {
    case 'mode':
      return withScenario(experiment, { mode: everyMode[alteration.mode] });
    case 'server':
      return withScenario(experiment, { server: alteration.server });
    case 'seed':
      return anewWith(experiment, scenario, alteration.seed);
    case 'latency': {
      const link = { ...scenario.links[alteration.link], latencyMs: alteration.takesMs };
      return withScenario(experiment, { links: { ...scenario.links, [alteration.link]: link } });
    }
    case 'timer': {
      const own = { ...scenario.timing[alteration.party], [alteration.timer]: alteration.takesMs };
      return withScenario(experiment, { timing: { ...scenario.timing, [alteration.party]: own } });
    }
    case 'fault':
      return withFaults(experiment, alteration.fault, withFault(scenario.faults, alteration.fault), ran());
    case 'takeBack': {
      const others = scenario.faults.filter((one) => !isSameMessage(one, alteration.fault));
      return withFaults(experiment, alteration.fault, others, ran());
    }
    case 'branch':
      return branched(experiment, alteration.event, alteration.after, ran());
    case 'move':
      return redated(experiment, alteration.event, alteration.dueMs, ran());
  }
}
