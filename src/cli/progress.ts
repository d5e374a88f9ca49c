import process from 'node:process';
import { setImmediate } from 'node:timers/promises';

/** How often Ctrl-C is looked for, and what is told of how far it is. */
export const reportEveryMs = 250;

/** Tells on a terminal how far it is, in place of what was told last. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 120) - 1)}`);
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

/** What came of work, and whether the user stopped it. */
export interface Worked<Result> {
  readonly result: Result;
  readonly isInterrupted: boolean;
}

/** Does work on this thread step by step, each step short. Ctrl-C has it come to its end with what is known. */
export async function stepByStep<Result>(
  work: (isStopped: () => boolean) => Generator<string, Result>,
): Promise<Worked<Result>> {
  let isInterrupted = false;
  const stop = () => {
    isInterrupted = true;
  };
  process.once('SIGINT', stop);
  const steps = work(() => isInterrupted);
  let pausedMs = Date.now();
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return { result: step.value, isInterrupted };
      if (Date.now() - pausedMs < reportEveryMs) continue;
      showProgress(step.value);
      await setImmediate();
      pausedMs = Date.now();
    }
  } finally {
    process.off('SIGINT', stop);
    clearProgress();
  }
}
