import process from 'node:process';
import { Piscina } from 'piscina';
import { type CheckedCell, type CheckJob, failedCells, type Judged } from '../sim/jobs/cell.ts';
import { type Answered, failedAnswer, type QuestionJob } from '../sim/jobs/question.ts';
import { failedSystem, type SystemJob } from '../sim/jobs/systemJob.ts';
import { failedUntimedCells, type UntimedJob } from '../sim/jobs/untimedCell.ts';
import { type CheckTask, wordsPerTask } from './checkWorker.ts';
import { reportInternalErrors } from './output.ts';

/** What became of the jobs, in their order, and whether the user stopped them. */
export interface Done<Result> {
  readonly results: readonly Result[];
  readonly isInterrupted: boolean;
}

const reportEveryMs = 250;

type Job = CheckJob | UntimedJob | QuestionJob | SystemJob;
type Result = CheckedCell[] | Judged[] | Answered;

/** What stands for a job whose worker has died in the midst of it, of memory for example: the others go on. */
function failedJob(job: Job, error: unknown): Result {
  if ('system' in job) return failedSystem(job, error);
  if ('ask' in job) return failedAnswer(job, error);
  return 'untimed' in job ? failedUntimedCells(job, error) : failedCells(job, error);
}

export function runJobs(jobs: readonly (CheckJob | UntimedJob)[], workers: number): Promise<Done<CheckedCell[]>>;
export function runJobs(jobs: readonly QuestionJob[], workers: number): Promise<Done<Answered>>;
export function runJobs(jobs: readonly SystemJob[], workers: number): Promise<Done<Judged[]>>;
/**
 * Runs jobs on that many workers. The outcome does not depend on their number. Ctrl-C ends what is under way with what
 * is known by then; progress goes to stderr where that is a terminal.
 */
export async function runJobs(jobs: readonly Job[], workers: number): Promise<Done<Result>> {
  if (jobs.length === 0) return { results: [], isInterrupted: false };
  const shared = new SharedArrayBuffer((jobs.length * wordsPerTask + 1) * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(shared);
  const threads = Math.min(workers, jobs.length);
  const pool = new Piscina<CheckTask, Result>({
    filename: new URL('./checkWorker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  const stop = () => Atomics.store(words, words.length - 1, 1);
  let finished = 0;
  const startedMs = Date.now();
  const timer = process.stderr.isTTY
    ? setInterval(() => showProgress(words, finished, jobs.length, Date.now() - startedMs), reportEveryMs)
    : undefined;
  process.once('SIGINT', stop);
  try {
    const results = await Promise.all(
      jobs.map(async (job, index) => {
        const result = await pool.run({ job, shared, index }).catch((error) => failedJob(job, error));
        finished++;
        return result;
      }),
    );
    reportInternalErrors(results.flat());
    return { results, isInterrupted: Atomics.load(words, words.length - 1) === 1 };
  } finally {
    process.off('SIGINT', stop);
    clearInterval(timer);
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    await pool.destroy();
  }
}

const grouped = (value: number): string => value.toLocaleString('en-US');

function showProgress(words: Int32Array, finished: number, jobs: number, elapsedMs: number): void {
  const sum = (place: number) => {
    let total = 0;
    for (let at = place; at < jobs * wordsPerTask; at += wordsPerTask) total += words[at] as number;
    return total;
  };
  const [classes, waiting, memory] = [sum(0), sum(2), sum(3)];
  const rate = Math.round((classes / elapsedMs) * 1_000);
  const text = [
    `${finished} of ${jobs} done`,
    `${grouped(classes)} classes (${grouped(rate)}/s)`,
    `${grouped(waiting)} waiting`,
    `${grouped(memory)} MiB`,
    `${Math.round(elapsedMs / 1_000)} s`,
  ].join(', ');
  process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 120) - 1)}`);
}
