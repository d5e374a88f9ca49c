import type { ModeName } from '../../machines/modeVariants.ts';
import type { ServerProfile } from '../../machines/serverProfile.ts';
import { type FleetDay, type FleetPlan, fleetDay } from '../fleet/fleetDay.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { scenarioIn } from '../scenarioFile/resolve.ts';
import { hasWorkload } from '../workload/drawnDay.ts';

/** Phones of a fleet in a mode on a server. Plain data, to be sent to a worker. */
export interface FleetJob {
  readonly document: ScenarioDocument;
  readonly mode: ModeName;
  readonly server: ServerProfile;
  readonly fleet: Omit<FleetPlan, 'scenario'>;
  readonly maximumBytes: number;
}

/** The phones of a job with the days that they live. */
export function fleetPlanOf({ document, mode, server, fleet }: Omit<FleetJob, 'maximumBytes'>): FleetPlan {
  const scenario = scenarioIn(document, mode, server);
  if (!hasWorkload(scenario)) throw new Error(`${document.name} has no workload`);
  return { ...fleet, scenario };
}

/** Simulates the phones of a job; null where it was stopped: part of a day is no day. `onDone` is told the share that is done. */
export function fleetPhones(job: FleetJob, onDone: (share: number) => boolean): FleetDay | null {
  const steps = fleetDay(fleetPlanOf(job));
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (!onDone(step.value)) return null;
  }
}
