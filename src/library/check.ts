import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import type { Progress } from '../sim/check/engine/exploring.ts';
import { InputError } from '../sim/input/inputError.ts';
import { type CheckedProperty, type Question, refuseSettings } from '../sim/own/judging.ts';
import { type Answer, type CheckTask, checkTold, type Drive, SharedProgress } from './checkTask.ts';
import { endedEarly } from './loadModule.ts';
import { type Checkable, type Told, toldOf } from './subjects.ts';

/** How a check is made. */
export interface CheckSettings extends Question {
  /**
   * How many threads explore; default: one for each processor core. All checks with one number share them. 0 explores in the
   * calling thread. The result is the same.
   */
  readonly workers?: number;
  /** Ends the check within a second: the promise is rejected with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Called about ten times a second while it explores. Where it returns false the check ends with what is known; the rest is inconclusive. */
  readonly onProgress?: (progress: Progress) => unknown;
}

/** How often the event loop has its turn, and `onProgress` is called. */
const turnEveryMs = 100;
/** How long threads without work are kept. */
const idleMs = 2_000;

const workerFile = fileURLToPath(new URL('./checkWorker.js', import.meta.url));
const pools = new Map<number, Promise<Piscina<CheckTask, Answer>>>();

/** The threads of that number. They do not keep the process alive. */
function poolOf(workers: number): Promise<Piscina<CheckTask, Answer>> {
  const made = async () => {
    const { Piscina } = await import('piscina');
    return new Piscina<CheckTask, Answer>({
      filename: workerFile,
      minThreads: 0,
      maxThreads: workers,
      idleTimeout: idleMs,
    });
  };
  const pool = pools.get(workers) ?? made();
  pools.set(workers, pool);
  return pool;
}

/** Takes the steps in this thread, which has its turn now and then. */
const takingTurns =
  ({ signal, onProgress }: CheckSettings): Drive =>
  async (steps) => {
    let step = steps.next(true);
    for (let turnMs = performance.now(); !step.done; ) {
      let goesOn = true;
      if (performance.now() - turnMs >= turnEveryMs) {
        await setImmediate();
        signal?.throwIfAborted();
        goesOn = onProgress?.(step.value) !== false;
        turnMs = performance.now();
      }
      step = steps.next(goesOn);
    }
    return step.value;
  };

/** Has a worker check it. */
async function inWorker(told: Told, question: Question, workers: number, settings: CheckSettings) {
  const { signal, onProgress } = settings;
  const pool = await poolOf(workers);
  const shared = new SharedProgress();
  const failed = new AbortController();
  const timer = setInterval(() => {
    try {
      if (shared.progress.classes > 0 && onProgress?.(shared.progress) === false) shared.end();
    } catch (error) {
      failed.abort(error);
    }
  }, turnEveryMs);
  const ends = AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]);
  try {
    // A task that is aborted takes its thread with it.
    const answer = await pool.run({ told, question, shared: shared.memory }, { signal: ends });
    if ('badInput' in answer) throw new InputError(answer.badInput);
    return answer.checked;
  } catch (error) {
    ends.throwIfAborted();
    if (shared.isLoading && 'file' in told && !(error instanceof InputError)) throw endedEarly(told.file);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/**
 * Decides the properties for every order of events and every delay within the windows. Rejects with an InputError for
 * settings, files, properties and machines that do not fit.
 *
 * What can be sent to a worker is explored there: a file, a hand-over without machines and properties of your own, a scenario
 * that is resolved. A value with machines or properties holds functions: it is explored in the calling thread, which has a turn
 * about ten times a second, so that `signal` and `onProgress` work and timers go on. Put it in a module of its own and give
 * the file where a thread is wanted for it.
 *
 * @example
 * ```ts
 * import { check, defineScenario } from 'ringproof';
 *
 * const steps = [{ at: '1s', do: 'open' }, { at: '10s', do: 'home' }, { at: '10.2s', do: 'dial', call: 1 }] as const;
 * const scenario = defineScenario({ name: 'gap', title: 'Gap', steps }, { server: 'reject' });
 * const [judged] = await check(scenario, { properties: ['noInviteLost'], signal: AbortSignal.timeout(60_000) });
 * console.log(judged?.verdict, judged?.sentence);
 * ```
 */
export async function check(what: Checkable, settings: CheckSettings = {}): Promise<CheckedProperty[]> {
  refuseSettings(settings);
  const { workers = availableParallelism(), signal, onProgress: _, ...question } = settings;
  signal?.throwIfAborted();
  const told = toldOf(what);
  // Whoever has bundled this has no file for the worker.
  if (told.isPlain && workers > 0 && existsSync(workerFile)) return inWorker(told, question, workers, settings);
  return checkTold(told, question, takingTurns(settings));
}
