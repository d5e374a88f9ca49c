import type { FleetDay } from '../sim/fleet/fleetDay.ts';
import { type FleetJob, fleetPhones } from '../sim/jobs/fleetJob.ts';
import { type OwnRunsJob, ownSeeds, type SweepJob, sweepSeeds } from '../sim/jobs/sweepJob.ts';
import type { SweptPiece } from '../sim/sweep/piece.ts';
import type { Tally } from '../sim/sweep/tally.ts';

/** A job of runs, which needs no checker. */
export type RunsOf = SweepJob | OwnRunsJob | FleetJob;

/** Makes the runs of a job, in a worker. `onDone` is told how many there are, or how many thousandths of a fleet. */
export async function madeRuns(
  job: RunsOf,
  onDone: (done: number) => boolean,
): Promise<SweptPiece | Tally | FleetDay | null> {
  if ('sweep' in job) return sweepSeeds(job, onDone);
  if ('fleet' in job) return fleetPhones(job, (share) => onDone(Math.floor(1_000 * share)));
  // What loads the user's modules takes longer than all else that a worker needs.
  const { runsInPlace } = await import('./moduleJob.ts');
  return ownSeeds(await runsInPlace(job), job, onDone);
}
