import type { CheckedCell, Judged } from '../sim/jobs/cell.ts';
import type { Certified } from '../sim/jobs/certificateJob.ts';
import type { Compared } from '../sim/jobs/compared.ts';
import type { ModelWritten } from '../sim/jobs/promelaJob.ts';
import type { Answered, AnsweredSystem } from '../sim/jobs/question.ts';
import type { CheckTask } from './checkWorker.ts';

export type Job = CheckTask['job'];
export type JobResult = CheckedCell[] | Judged[] | Answered | AnsweredSystem | Certified | Compared | ModelWritten;

/** What became of a job: its result, the error of which its worker has died, or how many classes it had when the user stopped it. */
export type Outcome =
  | { readonly result: JobResult }
  | { readonly died: unknown }
  | { readonly interruptedAfter: number };

export interface Ran {
  /** In the order of the jobs. */
  readonly outcomes: readonly Outcome[];
  readonly isInterrupted: boolean;
}

/**
 * Whoever does jobs: threads of this machine, the workers of a queue, or parts in which they were done before. What comes out does
 * not depend on who it is. Throws an InputError for a module of the user's that turns out not to fit in the midst of a job.
 */
export type JobRunner = (jobs: readonly Job[]) => Promise<Ran>;
