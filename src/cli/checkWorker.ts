import type { Progress } from '../sim/check/engine/exploring.ts';
import { check } from '../sim/check/questions/check.ts';
import { InputError } from '../sim/input/inputError.ts';
import { checkCell } from '../sim/jobs/cell.ts';
import { certifyCell } from '../sim/jobs/certificateJob.ts';
import { compare } from '../sim/jobs/compared.ts';
import { type PromelaJob, writePromela } from '../sim/jobs/promelaJob.ts';
import { answer, answerSystem } from '../sim/jobs/question.ts';
import type { PlaceJob } from '../sim/jobs/sweepJob.ts';
import { checkSystemJob } from '../sim/jobs/systemJob.ts';
import { checkUntimedCell } from '../sim/jobs/untimedCell.ts';
import { ofModule } from '../sim/own/ofModule.ts';
import { defineWorld } from '../sim/sipWorld/definition.ts';
import type { Job, JobResult } from './jobRunner.ts';

/** A job with the memory through which it reports and can be told to stop. */
export interface CheckTask {
  readonly job: Exclude<Job, PlaceJob>;
  /**
   * Progress of every task: classes, edges, waiting, MiB; of runs their number, of a fleet the thousandths that are done. The last
   * word of all is 1 once the user wants to stop.
   */
  readonly shared: SharedArrayBuffer;
  readonly index: number;
}

export const wordsPerTask = 4;
const bytesPerMiB = 1 << 20;

/** What is wrong with the user's module and was only met in the midst of a job. Plain data: a worker passes on no classes. */
export interface BadInput {
  readonly badInput: Pick<InputError, 'file' | 'problems'>;
}

/** Runs one job, in a worker. */
export default async function run(task: CheckTask): Promise<JobResult | BadInput | null> {
  try {
    return await done(task);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { job } = task;
    const module = 'module' in job ? job.module : 'promela' in job && 'file' in job.of ? job.of.file : undefined;
    const { file, problems } = module === undefined ? error : ofModule(error, module);
    return { badInput: { file, problems } };
  }
}

async function done({ job, shared, index }: CheckTask): Promise<JobResult | null> {
  const words = new Int32Array(shared);
  const onProgress = ({ classes, edges, waiting, bytes }: Progress) => {
    words.set([classes, edges, waiting, Math.round(bytes / bytesPerMiB)], index * wordsPerTask);
    return Atomics.load(words, words.length - 1) === 0;
  };
  if ('sweep' in job || 'ownRuns' in job || 'fleet' in job) {
    // Checks have no use for it.
    const { madeRuns } = await import('./madeRuns.ts');
    return madeRuns(job, (done) => onProgress({ classes: done, edges: 0, waiting: 0, bytes: 0 }));
  }
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
