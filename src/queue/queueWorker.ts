import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { connected, queuePackages } from './connection.ts';
import { announceWorker, buildText, forgetWorker, isAwaited, presentRuns } from './presence.ts';
import {
  type Answer,
  heardOfEveryMs,
  type Presence,
  packed,
  prefix,
  queueName,
  resultsKey,
  resultsSeconds,
  type Task,
  takenTask,
} from './protocol.ts';
import type { QueueAddress } from './queueAddress.ts';

/** Who works for a queue. */
export interface QueueWorkerSetup {
  readonly address: QueueAddress;
  readonly presence: Presence;
  /** Does a job; stopped where nobody waits for it any more. */
  readonly perform: (task: Task, signal: AbortSignal) => Promise<Answer>;
  /** Ends it after the jobs that are under way. */
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
  /** Called when it has begun. */
  readonly onReady: () => void;
}

/**
 * How long a job may go unheard of before another worker does it, how often that is looked at, and how often a job may be taken
 * over so: whoever dies of it is not the last one.
 */
const [unheardMs, lookEveryMs, mostTakeovers] = [10_000, 5_000, 3];

/** How long to wait after the queue has failed. */
const retryMs = 1_000;

/** What a worker has come to. */
interface WorkDone {
  /** How many jobs it has done. */
  readonly done: number;
  /** Whether the queue was away in the end. */
  readonly isAway: boolean;
}

/** Works for a queue until it is stopped. Throws an InputError where the queue cannot be reached at first. */
export async function workForQueue(setup: QueueWorkerSetup): Promise<WorkDone> {
  const { address, presence, signal, tell } = setup;
  const redis = await connected(address);
  const packages = await queuePackages();
  const id = randomUUID();
  const desk = new Desk(setup, redis);
  const names = [null, ...presence.modules].map((module) => queueName(presence.build, module));
  const workers = names.map((name) => {
    const worker: Worker = new packages.Worker(name, (job) => desk.take(job.id ?? '', job.data), {
      connection: redis,
      prefix,
      skipVersionCheck: true,
      concurrency: presence.threads,
      lockDuration: unheardMs,
      stalledInterval: lookEveryMs,
      maxStalledCount: mostTakeovers,
      runRetryDelay: retryMs,
    });
    worker.on('error', () => {});
    worker.on('stalled', (job) => tell(`a job whose worker has gone is taken up again: ${job}`));
    return worker;
  });
  let isAway = false;
  redis.on('close', () => {
    if (!isAway && !signal.aborted) tell(`${address.text} has gone; waiting for it`);
    isAway = true;
  });
  redis.on('ready', () => {
    if (isAway) tell(`${address.text} is back`);
    isAway = false;
  });
  const present = async () => {
    if (!signal.aborted) await announceWorker(redis, id, presence);
    if (!signal.aborted) await desk.tellOthers();
    await desk.dropUnawaited();
  };
  await present();
  setup.onReady();
  // One look at a time: none waits in line while the queue is away.
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void present()
      .catch(() => {})
      .finally(() => {
        isLooking = false;
      });
  }, heardOfEveryMs);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  // Where the queue is away nobody can be told of anything, and what is under way is done by others once it is back.
  const isThere = redis.status === 'ready';
  if (isThere) await forgetWorker(redis, id);
  const closed = Promise.all(workers.map((worker) => worker.close(!isThere)));
  if (isThere) await closed;
  else await Promise.race([closed.catch(() => {}), setTimeout(retryMs)]);
  clearInterval(timer);
  redis.disconnect();
  return { done: desk.done, isAway: !isThere };
}

/** What a worker does with jobs: takes them or refuses, and sends what has come of them. */
class Desk {
  readonly #setup: QueueWorkerSetup;
  readonly #redis: Redis;
  readonly #underWay = new Map<AbortController, string>();
  readonly #told = new Set<string>();
  done = 0;

  constructor(setup: QueueWorkerSetup, redis: Redis) {
    this.#setup = setup;
    this.#redis = redis;
  }

  async take(id: string, given: unknown): Promise<void> {
    const { presence, tell, perform } = this.#setup;
    const taken = takenTask(given);
    // Nobody can be told: who put it in is not known.
    if ('wrong' in taken) return tell(`refused ${id}: found no job of Ringproof (${taken.wrong})`);
    const { value: task } = taken;
    const { build, module } = task;
    if (build !== presence.build) {
      return this.#refuse(id, task, `a job of build ${build}`, `${buildText(presence)}, which is at work here`);
    }
    if (module !== null && !presence.modules.includes(module)) {
      return this.#refuse(id, task, `a job about the module ${module}`, 'a module that the worker was started with');
    }
    if (!(await isAwaited(this.#redis, task.run))) return;
    const controller = new AbortController();
    this.#underWay.set(controller, task.run);
    try {
      const answer = await perform(task, controller.signal);
      if (controller.signal.aborted) return;
      if ('refused' in answer)
        tell(`refused ${id}: found ${answer.refused.found}; expected ${answer.refused.expected}`);
      await this.#send(task, answer);
      this.done++;
    } finally {
      this.#underWay.delete(controller);
    }
  }

  async #refuse(id: string, task: Task, found: string, expected: string): Promise<void> {
    this.#setup.tell(`refused ${id}: found ${found}; expected ${expected}`);
    if (await isAwaited(this.#redis, task.run)) await this.#send(task, { refused: { found, expected } });
  }

  /** An answer is there before the queue forgets the job: whatever dies between the two, nothing is lost. */
  async #send({ run, index }: Task, answer: Answer): Promise<void> {
    const key = resultsKey(run);
    await this.#redis
      .multi()
      .xadd(key, '*', 'index', String(index), 'answer', packed(answer))
      .expire(key, resultsSeconds)
      .exec();
  }

  /** Ends the jobs for which nobody waits any more. */
  async dropUnawaited(): Promise<void> {
    for (const [controller, run] of [...this.#underWay]) {
      if (!(await isAwaited(this.#redis, run))) controller.abort();
    }
  }

  /** Tells once of each kind of run that waits here in vain for this worker. */
  async tellOthers(): Promise<void> {
    const { presence, tell } = this.#setup;
    for (const { version, build, module, place } of await presentRuns(this.#redis)) {
      const isOtherBuild = build !== presence.build;
      if (!isOtherBuild && (module === null || presence.modules.includes(module))) continue;
      const what = isOtherBuild
        ? `${buildText({ version, build })}, and this worker is ${buildText(presence)}`
        : `a module (${module}) that this worker was not started with: --module FILE`;
      if (this.#told.has(what)) continue;
      this.#told.add(what);
      tell(`not working for ${place}: it is about ${what}`);
    }
  }
}
