import { InputError } from '../sim/input/inputError.ts';
import { type BadInput, type CheckTask, wordsPerTask } from './checkWorker.ts';
import type { JobResult, JobRunner, Outcome } from './jobRunner.ts';
import { onWorkers } from './onWorkers.ts';

/**
 * Does jobs on that many threads of this machine. Ctrl-C ends what is under way with what is known by then; progress goes to
 * stderr where that is a terminal.
 */
export const onThreads =
  (threads: number): JobRunner =>
  async (jobs) => {
    if (jobs.length === 0) return { outcomes: [], isInterrupted: false };
    const shared = new SharedArrayBuffer((jobs.length * wordsPerTask + 1) * Int32Array.BYTES_PER_ELEMENT);
    const words = new Int32Array(shared);
    let finished = 0;
    const startedMs = Date.now();
    const pool = {
      worker: new URL('./checkWorker.js', import.meta.url),
      threads: Math.min(threads, jobs.length),
      stop: () => Atomics.store(words, words.length - 1, 1),
      progress: () => progressText(words, finished, jobs.length, Date.now() - startedMs),
    };
    const outcomes = await onWorkers<CheckTask, JobResult | BadInput, Outcome[]>(pool, (run) =>
      Promise.all(
        jobs.map(async (job, index): Promise<Outcome> => {
          const outcome = await run({ job, shared, index }).then(
            (result) => result && { result },
            (died: unknown) => ({ died }),
          );
          finished++;
          if (outcome === null) return { interruptedAfter: words[index * wordsPerTask] as number };
          if ('died' in outcome) return outcome;
          if ('badInput' in outcome.result) throw new InputError(outcome.result.badInput);
          return { result: outcome.result };
        }),
      ),
    );
    return { outcomes, isInterrupted: Atomics.load(words, words.length - 1) === 1 };
  };
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
