import { InputError } from '../sim/input/inputError.ts';
import { type CheckedCell, type CheckJob, failedCells, type Judged } from '../sim/jobs/cell.ts';
import { type CertificateJob, type Certified, failedCertificate } from '../sim/jobs/certificateJob.ts';
import { type Compared, type CompareJob, unknownOf } from '../sim/jobs/compared.ts';
import { internalErrorOf } from '../sim/jobs/internalError.ts';
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
import { type BadInput, type CheckTask, wordsPerTask } from './checkWorker.ts';
import { onWorkers } from './onWorkers.ts';
import { reportInternalErrors } from './output.ts';

/** What became of the jobs, in their order, and whether the user stopped them. */
export interface Done<Result> {
  readonly results: readonly Result[];
  readonly isInterrupted: boolean;
}

type Job = CheckTask['job'];
type Result = CheckedCell[] | Judged[] | Answered | AnsweredSystem | Certified | Compared | ModelWritten;

/** What stands for a job whose worker has died in the midst of it, of memory for example: the others go on. */
function failedJob(job: Job, error: unknown): Result {
  if ('promela' in job) return failedModel(error);
  if ('certify' in job) return failedCertificate(error);
  if ('ask' in job) return 'system' in job ? failedSystemAnswer(job, error) : failedAnswer(job, error);
  if ('system' in job) return failedSystem(job, error);
  if ('comparedRuns' in job) return { ...unknownOf(job), internalError: internalErrorOf(error) };
  return 'untimed' in job ? failedUntimedCells(job, error) : failedCells(job, error);
}

const without = <Thing extends { readonly internalError?: unknown }>({ internalError: _, ...rest }: Thing) => rest;

/** What stands for a job that did not end in time: nothing is known of it but how far it was. */
function interruptedJob(job: Job, classes: number): Result {
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

export function runJobs(jobs: readonly (CheckJob | UntimedJob)[], workers: number): Promise<Done<CheckedCell[]>>;
export function runJobs(jobs: readonly QuestionJob[], workers: number): Promise<Done<Answered>>;
export function runJobs(jobs: readonly CertificateJob[], workers: number): Promise<Done<Certified>>;
export function runJobs(jobs: readonly PromelaJob[], workers: number): Promise<Done<ModelWritten>>;
export function runJobs(jobs: readonly SystemJob[], workers: number): Promise<Done<Judged[]>>;
export function runJobs(jobs: readonly SystemQuestionJob[], workers: number): Promise<Done<AnsweredSystem>>;
export function runJobs(jobs: readonly CompareJob[], workers: number): Promise<Done<Compared>>;
/**
 * Runs jobs on that many workers. The outcome does not depend on their number. Ctrl-C ends what is under way with what
 * is known by then; progress goes to stderr where that is a terminal. Throws an InputError for a machine or a property of the
 * user's that turns out not to fit in the midst of a job.
 */
export async function runJobs(jobs: readonly Job[], workers: number): Promise<Done<Result>> {
  if (jobs.length === 0) return { results: [], isInterrupted: false };
  const shared = new SharedArrayBuffer((jobs.length * wordsPerTask + 1) * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(shared);
  let finished = 0;
  const startedMs = Date.now();
  const pool = {
    worker: new URL('./checkWorker.js', import.meta.url),
    threads: Math.min(workers, jobs.length),
    stop: () => Atomics.store(words, words.length - 1, 1),
    progress: () => progressText(words, finished, jobs.length, Date.now() - startedMs),
  };
  const results = await onWorkers<CheckTask, Result | BadInput, Result[]>(pool, (run) =>
    Promise.all(
      jobs.map(async (job, index) => {
        const result = run({ job, shared, index }).catch((error) => failedJob(job, error));
        const done = (await result) ?? interruptedJob(job, words[index * wordsPerTask] as number);
        finished++;
        if ('badInput' in done) throw new InputError(done.badInput);
        return done;
      }),
    ),
  );
  reportInternalErrors(results.flat());
  return { results, isInterrupted: Atomics.load(words, words.length - 1) === 1 };
}

const grouped = (value: number): string => value.toLocaleString('en-US');

function progressText(words: Int32Array, finished: number, jobs: number, elapsedMs: number): string {
  const sum = (place: number) => {
    let total = 0;
    for (let at = place; at < jobs * wordsPerTask; at += wordsPerTask) total += words[at] as number;
    return total;
  };
  const [classes, waiting, memory] = [sum(0), sum(2), sum(3)];
  const rate = Math.round((classes / elapsedMs) * 1_000);
  return [
    `${finished} of ${jobs} done`,
    `${grouped(classes)} classes (${grouped(rate)}/s)`,
    `${grouped(waiting)} waiting`,
    `${grouped(memory)} MiB`,
    `${Math.round(elapsedMs / 1_000)} s`,
  ].join(', ');
}
