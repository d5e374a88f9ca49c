import type { Progress } from '../sim/check/engine/exploring.ts';
import { InputError } from '../sim/input/inputError.ts';
import type { PlaceJob } from '../sim/jobs/sweepJob.ts';
import { ofModule } from '../sim/own/ofModule.ts';
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
  // A worker loads what it needs: runs have no use for the checker, nor checks for what makes runs.
  if ('sweep' in job || 'ownRuns' in job || 'fleet' in job) {
    const { madeRuns } = await import('./madeRuns.ts');
    return madeRuns(job, (done) => onProgress({ classes: done, edges: 0, waiting: 0, bytes: 0 }));
  }
  const { checkedJob } = await import('./checkedJob.ts');
  return checkedJob(job, onProgress);
}
