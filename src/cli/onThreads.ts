import { strayError } from '../library/moduleError.ts';
import { InputError } from '../sim/input/inputError.ts';
import { type BadInput, type CheckTask, wordsPerTask } from './checkWorker.ts';
import type { JobResult, JobRunner, JobSession, Outcome } from './jobRunner.ts';
import { lanesOf, takenBy } from './lanes.ts';
import { onWorkers } from './onWorkers.ts';

/** How far the jobs of a round are, for a terminal: the words of all of them, how many are finished and there are, and since when. */
export type RoundProgress = (words: Int32Array, finished: number, jobs: number, elapsedMs: number) => string;

/** What a large world has been decided of took minutes: it may take some seconds to come to a point at which it can be told. */
const checkPatienceMs = 5_000;

/**
 * Does jobs on that many threads of this machine. Ctrl-C ends what is under way with what is known by then; progress goes to
 * stderr where that is a terminal.
 */
export const onThreads =
  (threads: number): JobRunner =>
  async (jobs, onOutcome) => {
    if (jobs.length === 0) return { outcomes: [], isInterrupted: false };
    return withThreads(Math.min(threads, jobs.length), checkProgress, checkPatienceMs)((run) => run(jobs, onOutcome));
  };

/**
 * The same for one round of jobs after the other, on threads that keep what they have learnt. `patienceMs`: how long a job that is
 * under way may take to end at Ctrl-C, where it does so by itself.
 */
export const withThreads =
  (threads: number, progressText: RoundProgress, patienceMs?: number): JobSession =>
  <Done>(work: (run: JobRunner) => Promise<Done>) => {
    const startedMs = Date.now();
    let words = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    let [finished, jobCount, isStopped] = [0, 0, false];
    const pool = {
      worker: new URL('./checkWorker.js', import.meta.url),
      threads,
      ...(patienceMs !== undefined && { patienceMs }),
      stop: () => {
        isStopped = true;
        Atomics.store(words, words.length - 1, 1);
      },
      progress: () => progressText(words, finished, jobCount, Date.now() - startedMs),
    };
    return onWorkers<CheckTask, JobResult | BadInput | null, Done>(pool, (run) =>
      work(async (jobs, onOutcome) => {
        const shared = new SharedArrayBuffer((jobs.length * wordsPerTask + 1) * Int32Array.BYTES_PER_ELEMENT);
        [words, finished, jobCount] = [new Int32Array(shared), 0, jobs.length];
        const own = words;
        const outcomes: Outcome[] = [];
        const done = async (job: CheckTask['job'], index: number): Promise<void> => {
          // What has not begun when the user wants to stop is not begun.
          const outcome = isStopped
            ? null
            : await run({ job, shared, index }).then(
                (result) => result && { result },
                (died: unknown) => ({ died }),
              );
          finished++;
          if (outcome !== null && 'result' in outcome && 'badInput' in outcome.result)
            throw new InputError(outcome.result.badInput);
          if (outcome !== null && 'died' in outcome) refuseStray(job, outcome.died);
          const known = (outcome ?? { interruptedAfter: own[index * wordsPerTask] as number }) as Outcome;
          if (onOutcome === undefined) outcomes[index] = known;
          else onOutcome(index, known);
        };
        const lanes = lanesOf(jobs.length, threads);
        const lane = async (_: unknown, own: number) => {
          for (let index = takenBy(own, lanes); index !== null; index = takenBy(own, lanes))
            await done(jobs[index] as CheckTask['job'], index);
        };
        await Promise.all(Array.from({ length: threads }, lane));
        return { outcomes, isInterrupted: isStopped };
      }),
    );
  };

/** A worker that died of what a module of the user's has left behind did not die of a fault of ours. */
function refuseStray(job: CheckTask['job'], died: unknown): void {
  const module = 'module' in job ? job.module : undefined;
  const stray = module === undefined ? null : strayError(died, module);
  if (stray !== null) throw stray;
}

const grouped = (value: number): string => value.toLocaleString('en-US');

/** The sum of one of the words of all jobs. */
export function wordsOf(words: Int32Array, place: number): number {
  let total = 0;
  for (let at = place; at < words.length - 1; at += wordsPerTask) total += words[at] as number;
  return total;
}

function checkProgress(words: Int32Array, finished: number, jobs: number, elapsedMs: number): string {
  const [classes, waiting, memory] = [wordsOf(words, 0), wordsOf(words, 2), wordsOf(words, 3)];
  const rate = Math.round((classes / elapsedMs) * 1_000);
  return [
    `${finished} of ${jobs} done`,
    `${grouped(classes)} classes (${grouped(rate)}/s)`,
    `${grouped(waiting)} waiting`,
    `${grouped(memory)} MiB`,
    `${Math.round(elapsedMs / 1_000)} s`,
  ].join(', ');
}
