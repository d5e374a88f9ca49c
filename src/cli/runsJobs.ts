import { InputError } from '../sim/input/inputError.ts';
import type { FuzzedPiece } from '../sim/own/fuzzPiece.ts';
import type { BadInput } from './checkWorker.ts';
import { onWorkers } from './onWorkers.ts';
import { piecesWord, type RunsJob, type RunsTask, runsWord, stopWord, violatedWord } from './runsWorker.ts';

/** What became of the jobs, in their order; null of one that the user did not wait for. */
export interface RunsDone {
  readonly results: readonly (FuzzedPiece | null)[];
  readonly runs: number;
  /** Whether some run was violated, also one that was not looked at further. */
  readonly isViolated: boolean;
  readonly isInterrupted: boolean;
}

interface RunsOptions {
  readonly workers: number;
  /** How many jobs there are, and each of them. */
  readonly count: number;
  readonly jobOf: (index: number) => RunsJob;
  readonly progress: (runs: number, isViolated: boolean) => string;
  /** Whether no job that comes after one with that result matters. */
  readonly isLast: (piece: FuzzedPiece) => boolean;
}

/**
 * Makes the runs of many jobs on some workers. What comes out does not depend on their number. Ctrl-C ends it with what is known
 * by then. Throws an InputError for a module that turns out not to fit in the midst.
 */
export async function makeRuns({ workers, count, jobOf, progress, isLast }: RunsOptions): Promise<RunsDone> {
  const words = new Int32Array(new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT));
  Atomics.store(words, piecesWord, count - 1);
  const threads = Math.min(workers, count);
  const isStopped = () => Atomics.load(words, stopWord) === 1;
  const isViolated = () => Atomics.load(words, violatedWord) === 1;
  const pool = {
    worker: new URL('./runsWorker.js', import.meta.url),
    threads,
    stop: () => Atomics.store(words, stopWord, 1),
    progress: () => progress(words[runsWord] as number, isViolated()),
  };
  const results: (FuzzedPiece | BadInput | null)[] = [];
  await onWorkers<RunsTask, FuzzedPiece | BadInput, unknown>(pool, (run) => {
    let next = 0;
    const work = async () => {
      while (next <= (words[piecesWord] as number) && !isStopped()) {
        const index = next++;
        const done = await run({ job: jobOf(index), words });
        results[index] = done;
        const isOver = done !== null && ('badInput' in done || isLast(done));
        if (isOver) words[piecesWord] = Math.min(words[piecesWord] as number, index);
      }
    };
    return Promise.all(Array.from({ length: threads }, work));
  });
  const made = results.slice(0, (words[piecesWord] as number) + 1).map((one) => {
    if (one !== null && 'badInput' in one) throw new InputError(one.badInput);
    return one;
  });
  return { results: made, runs: words[runsWord] as number, isViolated: isViolated(), isInterrupted: isStopped() };
}
