import type { Compared, CompareJob } from '../sim/jobs/compared.ts';
import type { FleetJob } from '../sim/jobs/fleetJob.ts';
import type { ModelWritten, PromelaJob } from '../sim/jobs/promelaJob.ts';
import type { SpreadJob } from '../sim/jobs/sentJob.ts';
import type { SpreadResult } from '../sim/jobs/sentResult.ts';
import type { OwnRunsJob, PlaceJob, SweepJob } from '../sim/jobs/sweepJob.ts';

/** Those that make runs: what they come to is merged, and none can be left out. */
export type RunsJob = SweepJob | OwnRunsJob | FleetJob;
export type CheckingJob = Exclude<SpreadJob, RunsJob> | CompareJob | PromelaJob;
export type Job = CheckingJob | RunsJob | PlaceJob;
export type JobResult = SpreadResult | Compared | ModelWritten;

/** What became of a job: its result, the error of which its worker has died, or how many classes it had when the user stopped it. */
export type Outcome =
  | { readonly result: JobResult }
  | { readonly died: unknown }
  | { readonly interruptedAfter: number };

export interface Ran {
  /** In the order of the jobs; none where each was told as it came. */
  readonly outcomes: readonly Outcome[];
  readonly isInterrupted: boolean;
}

/**
 * Whoever does jobs: threads of this machine, the workers of a queue, or parts in which they were done before. What comes out does
 * not depend on who it is. Throws an InputError for a module of the user's that turns out not to fit in the midst of a job.
 */
export type JobRunner = (jobs: readonly Job[], onOutcome?: OnOutcome) => Promise<Ran>;

/** Told what became of each job, in whatever order that comes. */
export type OnOutcome = (index: number, outcome: Outcome) => void;

/** Whoever does the jobs of one round after the other, and has all it needs until the last one is done. */
export type JobSession = <Done>(work: (run: JobRunner) => Promise<Done>) => Promise<Done>;
