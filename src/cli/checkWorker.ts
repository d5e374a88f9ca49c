import type { Progress } from '../sim/check/engine/stateClasses.ts';
import { type CheckedCell, type CheckJob, checkCell } from '../sim/jobs/cell.ts';
import { type Answered, answer, type QuestionJob } from '../sim/jobs/question.ts';
import { checkUntimedCell, type UntimedJob } from '../sim/jobs/untimedCell.ts';

/** A job with the memory through which it reports and can be told to stop. */
export interface CheckTask {
  readonly job: CheckJob | UntimedJob | QuestionJob;
  /** Progress of every task: classes, edges, waiting, MiB. The last word of all is 1 once the user wants to stop. */
  readonly shared: SharedArrayBuffer;
  readonly index: number;
}

export const wordsPerTask = 4;
const bytesPerMiB = 1 << 20;

/** Runs one job, in a worker. */
export default function run({ job, shared, index }: CheckTask): CheckedCell[] | Answered {
  const words = new Int32Array(shared);
  const onProgress = ({ classes, edges, waiting, bytes }: Progress) => {
    words.set([classes, edges, waiting, Math.round(bytes / bytesPerMiB)], index * wordsPerTask);
    return Atomics.load(words, words.length - 1) === 0;
  };
  if ('ask' in job) return answer(job, onProgress);
  return 'untimed' in job ? checkUntimedCell(job, onProgress) : checkCell(job, onProgress);
}
