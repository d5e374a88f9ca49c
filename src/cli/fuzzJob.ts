import process from 'node:process';
import { Worker } from 'node:worker_threads';
import type { FuzzCounterexample } from '../sim/fuzz/fuzz.ts';
import type { FuzzTask } from './fuzzWorker.ts';
import { clearProgress, reportEveryMs, showProgress } from './progress.ts';

/** What fuzzing came to. */
export interface Fuzzed {
  readonly found: FuzzCounterexample | null;
  /** How far it was when the user stopped it; null where he did not. */
  readonly interrupted: { readonly runs: number; readonly isViolated: boolean } | null;
}

/** Fuzzes beside this thread, so that Ctrl-C ends it at once. */
export async function runFuzz(task: Omit<FuzzTask, 'counts'>): Promise<Fuzzed> {
  const counts = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL('./fuzzWorker.js', import.meta.url), { workerData: { ...task, counts } });
  const timer = setInterval(() => {
    const what = counts[1] === 1 ? 'a violation is shrunk' : 'no violation so far';
    showProgress(`${counts[0]} of ${task.runs} drawn scenarios, ${what}`);
  }, reportEveryMs);
  let stop = () => {};
  const stopped = new Promise<Fuzzed>((resolve) => {
    stop = () => resolve({ found: null, interrupted: { runs: counts[0] ?? 0, isViolated: counts[1] === 1 } });
  });
  process.once('SIGINT', stop);
  try {
    return await Promise.race([
      stopped,
      new Promise<Fuzzed>((resolve, reject) => {
        worker.once('message', (found: FuzzCounterexample | null) => resolve({ found, interrupted: null }));
        worker.once('error', reject);
      }),
    ]);
  } finally {
    process.off('SIGINT', stop);
    clearInterval(timer);
    clearProgress();
    await worker.terminate();
  }
}
