import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { Piscina } from 'piscina';
import { buildText, ownPlace } from '../queue/presence.ts';
import type { Answer, Presence, Task } from '../queue/protocol.ts';
import { workForQueue } from '../queue/queueWorker.ts';
import { internalErrorOf } from '../sim/jobs/internalError.ts';
import { arrivedJob } from '../sim/jobs/sentJob.ts';
import { buildDigest } from './buildDigest.ts';
import { explorationBytes } from './checkCells.ts';
import { parseMemory } from './checkOptions.ts';
import { type BadInput, type CheckTask, wordsPerTask } from './checkWorker.ts';
import { refuse, refuseUnreadable } from './files.ts';
import type { JobResult } from './jobRunner.ts';
import { MemoryShares } from './memoryShares.ts';
import { moduleDigest } from './moduleDigest.ts';
import { resourceLimits } from './onWorkers.ts';
import { filesOption, wholeNumber } from './options.ts';
import { print } from './output.ts';
import { loadOwn } from './ownModule.ts';
import { type QueueCommandOptions, queueFrom, withQueueOptions } from './queueOptions.ts';
import { ringproofVersion } from './version.ts';

interface WorkerOptions extends QueueCommandOptions {
  readonly jobs?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly module: readonly string[];
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** The modules that this worker has, by their digests. A job names a digest: which files may run here is said here alone. */
async function modulesOf(files: readonly string[]): Promise<Map<string, string>> {
  const modules = new Map<string, string>();
  for (const file of files) {
    refuseUnreadable(file, 'a module');
    await loadOwn(file);
    modules.set(moduleDigest(file), resolve(file));
  }
  return modules;
}

/** Does the jobs of a queue on threads of this machine. */
class Workshop {
  readonly #pool: Piscina<CheckTask, JobResult | BadInput | null>;
  readonly #modules: ReadonlyMap<string, string>;
  readonly #memory: MemoryShares;

  constructor(threads: number, modules: ReadonlyMap<string, string>, bytes: number) {
    const filename = new URL('./checkWorker.js', import.meta.url).href;
    this.#pool = new Piscina({ filename, minThreads: threads, maxThreads: threads, resourceLimits });
    this.#modules = modules;
    this.#memory = new MemoryShares(bytes);
  }

  close = (): Promise<void> => this.#pool.destroy();

  perform = async ({ module, job: given }: Task, signal: AbortSignal): Promise<Answer> => {
    const file = module === null ? null : (this.#modules.get(module) ?? null);
    if (file !== null && moduleDigest(file) !== module) {
      return { refused: { found: `${file}, which has changed`, expected: 'it as it was when the worker was started' } };
    }
    const job = arrivedJob(given, file);
    if (typeof job === 'string')
      return { refused: { found: `a job that is none (${job})`, expected: 'a job as data' } };
    const { maximumBytes } = job;
    if (maximumBytes > this.#memory.bytes) {
      const expected = `at most ${gigabytes(this.#memory.bytes)}: --memory here, or less --memory there`;
      return { refused: { found: `a job that may hold ${gigabytes(maximumBytes)}`, expected } };
    }
    return this.#memory.within(maximumBytes, () => this.#done(job, signal));
  };

  async #done(job: CheckTask['job'], signal: AbortSignal): Promise<Answer> {
    const shared = new SharedArrayBuffer((wordsPerTask + 1) * Int32Array.BYTES_PER_ELEMENT);
    const stop = () => Atomics.store(new Int32Array(shared), wordsPerTask, 1);
    signal.addEventListener('abort', stop, { once: true });
    try {
      const result = await this.#pool.run({ job, shared, index: 0 });
      return result !== null && 'badInput' in result ? (result as Extract<Answer, { badInput: unknown }>) : { result };
    } catch (error) {
      return { died: internalErrorOf(error) };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

async function run(options: WorkerOptions): Promise<void> {
  const address = queueFrom(options) ?? refuse('ringproof worker', 'no --queue', '--queue redis://HOST');
  const threads = options.jobs ?? availableParallelism();
  const modules = await modulesOf(options.module);
  const presence: Presence = {
    ...{ version: ringproofVersion(), build: buildDigest(), node: process.version, place: ownPlace() },
    ...{ modules: [...modules.keys()], threads, bytes: explorationBytes(options.memory ?? totalmem() / 2) },
  };
  const workshop = new Workshop(threads, modules, presence.bytes);
  const controller = new AbortController();
  const tell = (text: string) => process.stderr.write(`${text}\n`);
  let isEnding = false;
  const end = () => {
    if (isEnding) process.exit();
    isEnding = true;
    tell('ending after the jobs that are under way; once more ends at once, and others do them');
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);
  const { perform } = workshop;
  const onReady = () =>
    print(
      `${buildText(presence)} works for ${address.text} on ${threads} threads; Ctrl-C ends it after the jobs under way`,
    );
  try {
    const { done, isAway } = await workForQueue({
      address,
      presence,
      perform,
      signal: controller.signal,
      tell,
      onReady,
    });
    print(`${done} jobs done`);
    // Connections that wait for the queue would keep the process.
    if (isAway) process.exit();
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
    await workshop.close();
  }
}

/** `ringproof worker`: does the jobs of other machines. */
export const workerCommand = () =>
  withQueueOptions(new Command('worker'))
    .option('-j, --jobs <number>', 'processor cores to use (default: all)', wholeNumber(1, 256))
    .option('--memory <amount>', 'memory that may be used, such as 4GB (default: half of the machine)', parseMemory)
    .addOption(filesOption('--module <file>', 'a module of your own that jobs may be about; may be given again'))
    .action(run);
