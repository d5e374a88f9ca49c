import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Piscina } from 'piscina';
import { explored } from '../sim/check/engine/exploring.ts';
import { InputError } from '../sim/input/inputError.ts';
import { endedEarly, isModule } from './loadModule.ts';
import { strayError } from './moduleError.ts';
import { type Checkable, type Told, toldOf } from './subjects.ts';
import { type Answer, type Asked, answered, type Name, SharedProgress, type Steps, type Task } from './task.ts';

/** How what takes long is done. */
export interface LongSettings<Far> {
  /**
   * How many threads work; default: one for each processor core. All calls with one number share them, and each takes one. 0 works
   * in the calling thread. The result is the same.
   */
  readonly workers?: number;
  /**
   * Ends it within a second with what is known by then, which says that it is incomplete. Where it is aborted before it begins, or
   * while the thread of a module does not come to its end, the promise is rejected with its reason.
   */
  readonly signal?: AbortSignal;
  /** Called about ten times a second while it works. Where it returns false it ends with what is known. */
  readonly onProgress?: (progress: Far) => unknown;
}

/** How often the event loop has its turn, and `onProgress` is called. */
const turnEveryMs = 100;
/** How long threads without work are kept. */
const idleMs = 2_000;
/** How long a thread may take to end by itself with what it knows, once it is told to. */
const patienceMs = 500;

const workerFile = fileURLToPath(new URL('./taskWorker.js', import.meta.url));
const pools = new Map<number, Promise<Piscina<Task, Answer>>>();

/** The threads of that number. They do not keep the process alive. */
function poolOf(workers: number): Promise<Piscina<Task, Answer>> {
  const made = async () => {
    const { Piscina } = await import('piscina');
    return new Piscina<Task, Answer>({
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
async function takingTurns<Of extends Name>(
  steps: Steps<Of>,
  { signal, onProgress }: LongSettings<Asked[Of]['progress']>,
): Promise<Asked[Of]['result']> {
  let step = steps.next(true);
  for (let turnMs = performance.now(); !step.done; ) {
    let goesOn = true;
    if (performance.now() - turnMs >= turnEveryMs) {
      await setImmediate();
      goesOn = onProgress?.(step.value) !== false && signal?.aborted !== true;
      turnMs = performance.now();
    }
    step = steps.next(goesOn);
  }
  return step.value;
}

const isOfModule = (told: Told): boolean => 'file' in told && isModule(told.file);

/** What is known before anything is explored. */
const atOnce = <Of extends Name>(task: Omit<Task<Of>, 'shared'>): Promise<Asked[Of]['result']> =>
  answered(task, { drive: (steps) => explored(steps, () => false), goesOn: () => false });

/** Has a worker answer it. */
async function inWorker<Of extends Name>(
  task: Omit<Task<Of>, 'shared'>,
  workers: number,
  { signal, onProgress }: LongSettings<Asked[Of]['progress']>,
): Promise<Asked[Of]['result']> {
  const pool = await poolOf(workers);
  const shared = new SharedProgress();
  const failed = new AbortController();
  const timer = setInterval(() => {
    try {
      const far = shared.progress(task.name);
      if (far !== null && onProgress?.(far) === false) shared.end();
    } catch (error) {
      failed.abort(error);
    }
  }, turnEveryMs);
  let patience: NodeJS.Timeout | undefined;
  const end = () => {
    shared.end();
    patience = setTimeout(() => failed.abort(signal?.reason), patienceMs);
  };
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end, { once: true });
  try {
    // A task that is aborted takes its thread with it.
    const answer = await pool.run({ ...task, shared: shared.memory }, { signal: failed.signal });
    if ('badInput' in answer) throw new InputError(answer.badInput);
    return answer.result as Asked[Of]['result'];
  } catch (error) {
    // A thread that is not through in time has said nothing, and to say so takes none: all but a module of the user's is soon read.
    const isLate = signal?.aborted === true && failed.signal.reason === signal.reason;
    if (isLate && !isOfModule(task.told)) return atOnce(task);
    failed.signal.throwIfAborted();
    if (error instanceof InputError || !('file' in task.told)) throw error;
    if (shared.isLoading) throw strayError(error, task.told.file) ?? endedEarly(task.told.file);
    throw (isOfModule(task.told) && strayError(error, task.told.file)) || error;
  } finally {
    clearInterval(timer);
    clearTimeout(patience);
    signal?.removeEventListener('abort', end);
  }
}

/** Answers a question about what is given: in a worker where that can be sent to one, else in this thread. */
export async function asking<Of extends Name>(
  name: Of,
  what: Checkable,
  question: Asked[Of]['question'],
  settings: LongSettings<Asked[Of]['progress']>,
): Promise<Asked[Of]['result']> {
  const { workers = availableParallelism(), signal } = settings;
  signal?.throwIfAborted();
  const told = toldOf(what, name);
  const task = { name, told, question };
  // Whoever has bundled this has no file for the worker.
  if (told.isPlain && workers > 0 && existsSync(workerFile)) return inWorker(task, workers, settings);
  return answered(task, { drive: (steps) => takingTurns(steps, settings), goesOn: () => true });
}
