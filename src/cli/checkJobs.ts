import process from 'node:process';
import { Piscina } from 'piscina';
import type { CheckedCell, CheckJob } from '../sim/check/cell.ts';
import { type CheckTask, wordsPerTask } from './checkWorker.ts';

/** What became of the jobs: their cells in the order of the jobs, and whether the user stopped them. */
export interface CheckedJobs {
  readonly cells: readonly CheckedCell[];
  readonly isInterrupted: boolean;
}

const reportEveryMs = 250;

/**
 * Runs jobs on that many workers. The outcome does not depend on their number. Ctrl-C ends what is under way with what
 * is known by then; progress goes to stderr where that is a terminal.
 */
export async function runJobs(jobs: readonly CheckJob[], workers: number): Promise<CheckedJobs> {
  const shared = new SharedArrayBuffer((jobs.length * wordsPerTask + 1) * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(shared);
  const threads = Math.min(workers, jobs.length);
  const pool = new Piscina<CheckTask, CheckedCell[]>({
    filename: new URL('./checkWorker.js', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  const stop = () => Atomics.store(words, words.length - 1, 1);
  const isStopped = () => Atomics.load(words, words.length - 1) === 1;
  let finished = 0;
  const startedMs = Date.now();
  const timer = process.stderr.isTTY
    ? setInterval(() => showProgress(words, finished, jobs.length, Date.now() - startedMs), reportEveryMs)
    : undefined;
  process.once('SIGINT', stop);
  try {
    const results = await Promise.all(
      jobs.map(async (job, index) => {
        const cells = await pool.run({ job, shared, index });
        finished++;
        return cells;
      }),
    );
    return { cells: results.flat(), isInterrupted: isStopped() };
  } finally {
    process.off('SIGINT', stop);
    clearInterval(timer);
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    await pool.destroy();
  }
}

function showProgress(words: Int32Array, finished: number, jobs: number, elapsedMs: number): void {
  const sum = (place: number) => {
    let total = 0;
    for (let at = place; at < jobs * wordsPerTask; at += wordsPerTask) total += words[at] as number;
    return total;
  };
  const classes = sum(0);
  const rate = Math.round((classes / elapsedMs) * 1_000);
  const text = `${finished} of ${jobs} checked, ${classes.toLocaleString('en-US')} classes in long ones, ${rate.toLocaleString('en-US')}/s, ${sum(2).toLocaleString('en-US')} waiting, ${Math.round(elapsedMs / 1_000)} s`;
  process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 120) - 1)}`);
}
