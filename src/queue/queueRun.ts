import { randomUUID } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { again, connected, queuePackages } from './connection.ts';
import { announceRun, forgetRun, ownPlace, presentWorkers } from './presence.ts';
import {
  type Answer,
  heardOfEveryMs,
  type Presence,
  prefix,
  queueName,
  resultsKey,
  resultsSeconds,
  type Task,
  unpacked,
} from './protocol.ts';
import type { QueueAddress } from './queueAddress.ts';

/** Jobs that are to be done by the workers of a queue, and who wants them done. */
export interface QueueRunSetup {
  readonly address: QueueAddress;
  readonly version: string;
  readonly build: string;
  /** The digest of the module of the user's own that the jobs are about. */
  readonly module: string | null;
  /** Plain data each. */
  readonly jobs: readonly unknown[];
  /** Stops the run: what has come until then counts. */
  readonly signal: AbortSignal;
  /** Called with what came of a job, once for each. */
  readonly onAnswer: (index: number, answer: Answer) => void;
  /** Called whenever it is known anew who is there. */
  readonly onWorkers: (workers: readonly Presence[]) => void;
  /** How long the queue may be away before the run ends with what it has. */
  readonly patienceMs: number;
}

/** How it ended: with all answers, stopped by its user, or because the queue was lost. */
export interface QueueRunEnd {
  readonly end: 'whole' | 'stopped' | 'lost';
  /** Why it was lost. */
  readonly why: string;
  /** Whether the server is there and refuses. */
  readonly isRefused?: true;
}

/** Jobs that wait in the queue for each thread that works there, so that none is idle; and for nobody at least so many. */
const [waitingPerThread, leastWaiting] = [3, 16];
/** How long to wait for results before there is something else to look after. */
const waitMs = 1_000;
const answersAtOnce = 64;
/** How often a job may be lost by the queue, or come back as what is no answer. */
const mostAttempts = 4;

/** A job that is with the queue. */
interface Away {
  attempts: number;
  /** Whether the queue knew nothing of it when it was last asked. */
  isMissing: boolean;
}

export class QueueRun {
  readonly #setup: QueueRunSetup;
  readonly #id = randomUUID();
  readonly #redis: Redis;
  readonly #reader: Redis;
  readonly #queue: Queue;
  readonly #away = new Map<number, Away>();
  #next = 0;
  #lastEntry = '0';
  #threads = 0;
  #lookedMs = Number.NEGATIVE_INFINITY;

  private constructor(setup: QueueRunSetup, redis: Redis, queue: Queue) {
    this.#setup = setup;
    this.#redis = redis;
    this.#reader = again(redis);
    this.#queue = queue;
  }

  /** Has the jobs done. Throws an InputError where the queue cannot be reached at first. */
  static async make(setup: QueueRunSetup): Promise<QueueRunEnd> {
    const redis = await connected(setup.address);
    const { Queue } = await queuePackages();
    const queue = new Queue(queueName(setup.build, setup.module), {
      connection: redis,
      prefix,
      skipVersionCheck: true,
      defaultJobOptions: { removeOnComplete: true, removeOnFail: { age: resultsSeconds } },
    });
    queue.on('error', () => {});
    const run = new QueueRun(setup, redis, queue);
    const over = new AbortController();
    const ended = await Promise.race([
      run.#work().catch(refusedByServer),
      stopped(setup.signal),
      lost(redis, setup.patienceMs, over.signal),
    ]);
    if (ended.end !== 'lost')
      await Promise.race([run.#leave().catch(refusedByServer), lost(redis, waitMs, over.signal)]);
    over.abort();
    run.#reader.disconnect();
    redis.disconnect();
    return ended;
  }

  async #work(): Promise<QueueRunEnd> {
    const { jobs, signal } = this.#setup;
    while ((this.#next < jobs.length || this.#away.size > 0) && !signal.aborted) {
      if (Date.now() - this.#lookedMs >= heardOfEveryMs) await this.#lookAround();
      await this.#fill();
      await this.#takeOver();
    }
    return { end: signal.aborted ? 'stopped' : 'whole', why: '' };
  }

  /** Puts in what the workers can take soon, so that neither Redis nor this process holds more. */
  async #fill(): Promise<void> {
    const most = Math.max(leastWaiting, this.#threads * waitingPerThread);
    const indices: number[] = [];
    for (; this.#next < this.#setup.jobs.length && this.#away.size < most; this.#next++) {
      this.#away.set(this.#next, { attempts: 1, isMissing: false });
      indices.push(this.#next);
    }
    await this.#put(indices);
  }

  async #put(indices: readonly number[]): Promise<void> {
    if (indices.length === 0) return;
    const { build, module, jobs } = this.#setup;
    await this.#queue.addBulk(
      indices.map((index) => {
        const task: Task = {
          format: 'ringproof-job',
          version: 1,
          build,
          run: this.#id,
          index,
          module,
          job: jobs[index],
        };
        return { name: 'job', data: task, opts: { jobId: this.#jobId(index, this.#away.get(index)?.attempts ?? 1) } };
      }),
    );
  }

  /** Each attempt has a name of its own: what is broken in Redis does not stand in its way. */
  #jobId = (index: number, attempt: number): string => `${this.#id}-${index}-${attempt}`;

  /** Takes over what has come. An entry is removed only when it is here, so none is lost with a connection. */
  async #takeOver(): Promise<void> {
    const key = resultsKey(this.#id);
    const read = await this.#reader.xreadBuffer(
      'COUNT',
      answersAtOnce,
      'BLOCK',
      waitMs,
      'STREAMS',
      key,
      this.#lastEntry,
    );
    const entries = (read as [Buffer, [Buffer, Buffer[]][]][] | null)?.[0]?.[1] ?? [];
    for (const [id, [, index, , answer]] of entries) {
      this.#lastEntry = id.toString();
      this.#answered(Number(index), answer);
    }
    if (entries.length > 0) await this.#redis.xtrim(key, 'MINID', after(this.#lastEntry));
  }

  #answered(index: number, bytes: Buffer | undefined): void {
    const away = this.#away.get(index);
    // A job that was taken for lost may be done twice: both say the same.
    if (away === undefined) return;
    const taken = bytes === undefined ? { wrong: 'nothing' } : unpacked(bytes);
    if ('wrong' in taken) {
      away.isMissing = true;
      return;
    }
    this.#away.delete(index);
    this.#setup.onAnswer(index, taken.value);
  }

  /** Says that the run is there, learns who works, and puts in again what the queue has lost. */
  async #lookAround(): Promise<void> {
    this.#lookedMs = Date.now();
    const { version, build, module } = this.#setup;
    await announceRun(this.#redis, this.#id, { version, build, module, place: ownPlace() });
    await this.#redis.expire(resultsKey(this.#id), resultsSeconds);
    const workers = await presentWorkers(this.#redis);
    this.#threads = workers
      .filter((one) => one.build === build && (module === null || one.modules.includes(module)))
      .reduce((sum, { threads }) => sum + threads, 0);
    this.#setup.onWorkers(workers);
    const kept = await Promise.all(
      [...this.#away].map(async ([index, away]) => {
        const job = await this.#queue.getJob(this.#jobId(index, away.attempts)).catch(missingIfBroken);
        return { index, away, job };
      }),
    );
    const lostJobs: number[] = [];
    for (const { index, away, job } of kept) {
      if (job?.failedReason) this.#gaveUp(index, job.failedReason);
      else if (job !== undefined) away.isMissing = false;
      // What is missing may have been done just now: its answer is then here before the next look.
      else if (!away.isMissing) away.isMissing = true;
      else if (++away.attempts > mostAttempts) this.#gaveUp(index, `the queue has lost it ${mostAttempts} times`);
      else lostJobs.push(index);
    }
    await this.#put(lostJobs);
  }

  /** A job of which each worker dies, or of which none says what can be understood. */
  #gaveUp(index: number, why: string): void {
    this.#away.delete(index);
    const message = `given up by the queue: ${why}`;
    this.#setup.onAnswer(index, { died: { message, stack: message } });
  }

  /** Leaves nothing behind. Jobs that are under way end when their worker looks whether they are awaited. */
  async #leave(): Promise<void> {
    await forgetRun(this.#redis, this.#id);
    await this.#redis.del(resultsKey(this.#id));
    for (const [index, { attempts }] of this.#away)
      await this.#queue.remove(this.#jobId(index, attempts)).catch(() => {});
  }
}

/** A job that cannot be read is as good as none. */
function missingIfBroken(error: Error): undefined {
  if (!(error instanceof SyntaxError)) throw error;
}

/** The id of the entry that comes after one at the earliest. */
function after(entry: string): string {
  const [time, sequence] = entry.split('-');
  return `${time}-${Number(sequence) + 1}`;
}

const stopped = (signal: AbortSignal): Promise<QueueRunEnd> =>
  new Promise((resolve) => {
    const stop = () => resolve({ end: 'stopped', why: '' });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

/** A server that is there and no longer does what is asked: full, or a replica by now. */
function refusedByServer(error: Error): QueueRunEnd {
  if (error.name !== 'ReplyError') throw error;
  return { end: 'lost', why: error.message.replace(/ script: .*/, ''), isRefused: true };
}

/** Resolves once the server has been away for that long without a break; never, once that does not matter any more. */
function lost(redis: Redis, patienceMs: number, over: AbortSignal): Promise<QueueRunEnd> {
  const why = `not reachable any more for ${patienceMs / 1_000} s`;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const back = () => {
      clearTimeout(timer);
      timer = undefined;
    };
    const away = () => {
      if (!over.aborted) timer ??= setTimeout(() => resolve({ end: 'lost', why }), patienceMs);
    };
    redis.on('close', away);
    redis.on('ready', back);
    over.addEventListener('abort', back, { once: true });
    if (redis.status !== 'ready') away();
  });
}
