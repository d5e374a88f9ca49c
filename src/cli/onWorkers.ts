import process from 'node:process';
import { Piscina } from 'piscina';
import { clearProgress, reportEveryMs, showProgress } from './progress.ts';

/** How long a job may usually take to end by itself with what it knows, once the user wants to stop. */
const usualPatienceMs = 300;

/**
 * Runs make much that is gone soon: with more room for it a thread looks seldom for what is still in use. Of a sweep that took an eighth of
 * its time.
 */
export const resourceLimits = { maxYoungGenerationSizeMb: 64 } as const;

interface Pool {
  /** The module that the workers run. */
  readonly worker: URL;
  readonly threads: number;
  /** Tells the jobs that are under way that the user wants to stop. */
  readonly stop: () => void;
  /** How far it is, for a terminal. */
  readonly progress: () => string;
  /** How long a job may take to end by itself, where that is not as usual. */
  readonly patienceMs?: number;
}

/**
 * Does work whose jobs run on workers. The first Ctrl-C stops it; a job that does not end soon after that is given up, and its
 * result is null. Nothing of the workers is left when the work is done, or has failed.
 */
export async function onWorkers<Task, Result, Done>(
  { worker, threads, stop, progress, patienceMs = usualPatienceMs }: Pool,
  work: (run: (task: Task) => Promise<Result | null>) => Promise<Done>,
): Promise<Done> {
  const pool = new Piscina<Task, Result>({
    filename: worker.href,
    minThreads: threads,
    maxThreads: threads,
    resourceLimits,
  });
  let giveUp = () => {};
  const givenUp = new Promise<null>((resolve) => {
    giveUp = () => resolve(null);
  });
  let patience: NodeJS.Timeout | undefined;
  const onInterrupt = () => {
    stop();
    patience = setTimeout(giveUp, patienceMs);
  };
  const timer = process.stderr.isTTY ? setInterval(() => showProgress(progress()), reportEveryMs) : undefined;
  process.once('SIGINT', onInterrupt);
  try {
    return await work((task) => Promise.race([pool.run(task), givenUp]));
  } finally {
    process.off('SIGINT', onInterrupt);
    clearTimeout(patience);
    clearInterval(timer);
    clearProgress();
    await pool.destroy();
  }
}
