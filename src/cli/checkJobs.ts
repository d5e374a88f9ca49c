import { type CheckedCell, type CheckJob, failedCells, type Judged } from '../sim/jobs/cell.ts';
import { type CertificateJob, type Certified, failedCertificate } from '../sim/jobs/certificateJob.ts';
import { type Compared, type CompareJob, unknownOf } from '../sim/jobs/compared.ts';
import { type InternalError, internalErrorOf } from '../sim/jobs/internalError.ts';
import { failedModel, type ModelWritten, type PromelaJob } from '../sim/jobs/promelaJob.ts';
import {
  type Answered,
  type AnsweredSystem,
  failedAnswer,
  failedSystemAnswer,
  type QuestionJob,
  type SystemQuestionJob,
} from '../sim/jobs/question.ts';
import { failedSystem, type SystemJob } from '../sim/jobs/systemJob.ts';
import { failedUntimedCells, type UntimedJob } from '../sim/jobs/untimedCell.ts';
import type { CheckingJob, JobResult, JobRunner, Outcome } from './jobRunner.ts';
import { onThreads } from './onThreads.ts';
import { reportInternalErrors } from './output.ts';

/** What became of the jobs, in their order, and whether the user stopped them. */
export interface Done<Result> {
  readonly results: readonly Result[];
  readonly isInterrupted: boolean;
}

/** What stands for a job whose worker has died in the midst of it, of memory for example: the others go on. */
function failedJob(job: CheckingJob, error: unknown): JobResult {
  if ('promela' in job) return failedModel(error);
  if ('certify' in job) return failedCertificate(error);
  if ('ask' in job) return 'system' in job ? failedSystemAnswer(job, error) : failedAnswer(job, error);
  if ('system' in job) return failedSystem(job, error);
  if ('comparedRuns' in job) return { ...unknownOf(job), internalError: internalErrorOf(error) };
  return 'untimed' in job ? failedUntimedCells(job, error) : failedCells(job, error);
}

const without = <Thing extends { readonly internalError?: unknown }>({ internalError: _, ...rest }: Thing) => rest;

/** What stands for a job that did not end in time: nothing is known of it but how far it was. */
function interruptedJob(job: CheckingJob, classes: number): JobResult {
  const said = 'interrupted';
  if ('promela' in job) return { text: null, interruptedAfter: classes };
  if ('certify' in job) return { line: null, why: said };
  if ('ask' in job) {
    const failed = 'system' in job ? failedSystemAnswer(job, said) : failedAnswer(job, said);
    return { ...without(failed), text: `inconclusive: ${said}` };
  }
  if ('comparedRuns' in job) return unknownOf(job);
  if ('system' in job) return failedSystem(job, said).map((one) => ({ ...without(one), scope: said }));
  const cells = 'untimed' in job ? failedUntimedCells(job, said) : failedCells(job, said);
  return cells.map((one) => ({ ...without(one), scope: said }));
}

function resultOf(job: CheckingJob, outcome: Outcome): JobResult {
  if ('result' in outcome) return outcome.result;
  return 'died' in outcome ? failedJob(job, outcome.died) : interruptedJob(job, outcome.interruptedAfter);
}

/** Who does the jobs: so many threads of this machine, or somebody else. */
type Doer = number | JobRunner;

export function runJobs(jobs: readonly (CheckJob | UntimedJob)[], doer: Doer): Promise<Done<CheckedCell[]>>;
export function runJobs(jobs: readonly QuestionJob[], doer: Doer): Promise<Done<Answered>>;
export function runJobs(jobs: readonly CertificateJob[], doer: Doer): Promise<Done<Certified>>;
export function runJobs(jobs: readonly PromelaJob[], doer: Doer): Promise<Done<ModelWritten>>;
export function runJobs(jobs: readonly SystemJob[], doer: Doer): Promise<Done<Judged[]>>;
export function runJobs(jobs: readonly SystemQuestionJob[], doer: Doer): Promise<Done<AnsweredSystem>>;
export function runJobs(jobs: readonly CompareJob[], doer: Doer): Promise<Done<Compared>>;
/**
 * Has jobs done. The outcome does not depend on who does them. Throws an InputError for a machine or a property of the user's that
 * turns out not to fit in the midst of a job.
 */
export async function runJobs(jobs: readonly CheckingJob[], doer: Doer): Promise<Done<JobResult>> {
  const run = typeof doer === 'number' ? onThreads(doer) : doer;
  const { outcomes, isInterrupted } = await run(jobs);
  const results = outcomes.map((outcome, index) => resultOf(jobs[index] as CheckingJob, outcome));
  reportInternalErrors(results.flat() as { readonly internalError?: InternalError }[]);
  return { results, isInterrupted };
}
