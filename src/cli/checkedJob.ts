import type { Progress } from '../sim/check/engine/exploring.ts';
import { check } from '../sim/check/questions/check.ts';
import { checkCell } from '../sim/jobs/cell.ts';
import { certifyCell } from '../sim/jobs/certificateJob.ts';
import { compare } from '../sim/jobs/compared.ts';
import { type PromelaJob, writePromela } from '../sim/jobs/promelaJob.ts';
import { answer, answerSystem } from '../sim/jobs/question.ts';
import type { PlaceJob } from '../sim/jobs/sweepJob.ts';
import { checkSystemJob } from '../sim/jobs/systemJob.ts';
import { checkUntimedCell } from '../sim/jobs/untimedCell.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import type { Job, JobResult } from './jobRunner.ts';
import type { RunsOf } from './madeRuns.ts';

/** Does a job of the checker, in a worker. `onProgress` is false once the user wants to stop. */
export async function checkedJob(
  job: Exclude<Job, PlaceJob | RunsOf>,
  onProgress: (progress: Progress) => boolean,
): Promise<JobResult | null> {
  if ('promela' in job) return writePromela(await worldOf(job.of), job, onProgress);
  if ('certify' in job) return certifyCell(job, onProgress);
  if ('comparedRuns' in job) return compare(job, onProgress);
  if ('system' in job) {
    const subject = await (await moduleJob()).systemIn(job.module);
    return 'ask' in job ? answerSystem(job, subject, onProgress) : checkSystemJob(job, subject, onProgress);
  }
  const subject = job.module === undefined ? undefined : await (await moduleJob()).subjectIn(job, job.module);
  if ('ask' in job) return answer(job, onProgress, subject);
  if ('untimed' in job) return checkUntimedCell(job, onProgress, subject && (() => subject));
  return checkCell(job, onProgress, check, subject);
}

/** What loads the user's modules is itself loaded for them alone: it takes longer than all else that a worker needs. */
const moduleJob = () => import('./moduleJob.ts');

/** The world that is to be written as a model. */
const worldOf = async (of: PromelaJob['of']) =>
  'scenario' in of ? defineWorld(of.scenario) : (await moduleJob()).worldIn(of);
