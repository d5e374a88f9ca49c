import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { type Presence, prefix, queueName, resultsKey, runsKey, type Task } from '../../src/queue/protocol.ts';
import { parseQueueAddress } from '../../src/queue/queueAddress.ts';
import { QueueRun, type QueueRunEnd, type QueueRunSetup } from '../../src/queue/queueRun.ts';
import { type QueueWorkerSetup, workForQueue } from '../../src/queue/queueWorker.ts';
import { root } from '../support/commandLine.ts';
import { RedisServer, withRedis } from '../support/programs/redis.ts';

const [build, otherBuild, module] = ['0123456789abcdef', 'fedcba9876543210', 'aaaaaaaaaaaaaaaa'];

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await RedisServer.start();
  redis = new Redis(server.port, '127.0.0.1', { lazyConnect: true, maxRetriesPerRequest: null });
  redis.on('error', () => {});
  await redis.connect();
});
afterAll(() => {
  redis.disconnect();
  server.close();
});

/** A promise, and what fulfils it. */
function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

interface Worker {
  readonly told: readonly string[];
  end(): Promise<unknown>;
}
const working: Worker[] = [];
afterEach(async () => {
  await Promise.all(working.splice(0).map((worker) => worker.end()));
  await redis.flushall();
});

/** What BullMQ itself knows of the jobs. */
function queueOf(): Queue {
  const queue = new Queue(queueName(build, null), { connection: redis, prefix });
  queue.on('error', () => {});
  return queue;
}

/** What a job of these tests comes to. */
const doubled = async ({ job }: Task) => ({ result: Number(job) * 2 });

async function worker(
  perform: QueueWorkerSetup['perform'] = doubled,
  { threads = 1, ...presence }: Partial<Presence> = {},
): Promise<Worker> {
  const controller = new AbortController();
  const told: string[] = [];
  const address = parseQueueAddress(server.url);
  const whole = { version: '1', build, node: 'v20', place: 'here', modules: [], threads, bytes: 1, ...presence };
  const ready = deferred();
  const ended = workForQueue({
    ...{ address, presence: whole, perform, signal: controller.signal },
    tell: (text) => told.push(text),
    onReady: ready.resolve,
  });
  await ready.promise;
  const one = {
    told,
    end: () => {
      controller.abort();
      return ended;
    },
  };
  working.push(one);
  return one;
}

/** A run, and what it heard. */
function run(jobs: readonly unknown[], setup: Partial<QueueRunSetup> = {}) {
  const results: unknown[] = [];
  const present: (readonly Presence[])[] = [];
  const first = deferred();
  const ended: Promise<QueueRunEnd> = QueueRun.make({
    ...{ address: parseQueueAddress(server.url), version: '1', build, module: null, jobs },
    ...{ signal: new AbortController().signal, patienceMs: 60_000 },
    onAnswer: (index, answer) => {
      results[index] = answer;
      first.resolve();
    },
    onWorkers: (workers) => present.push(workers),
    ...setup,
  });
  return { results, present, ended, first: first.promise };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const whole = { end: 'whole', why: '' };

describe('Jobs in a queue', () => {
  withRedis('are done by whoever is there, and nothing of them is left', async () => {
    await worker(doubled, { threads: 3 });
    await worker();
    const [one, other] = [run(numbers(50)), run(numbers(20).map((value) => value + 100))];
    expect(await Promise.all([one.ended, other.ended])).toEqual([whole, whole]);
    expect(one.results).toEqual(numbers(50).map((value) => ({ result: 2 * value })));
    expect(other.results).toEqual(numbers(20).map((value) => ({ result: 2 * (value + 100) })));
    const queue = queueOf();
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0, completed: 0, failed: 0 });
    expect(await redis.keys(`${prefix}:re*`)).toEqual([]);
    expect(await redis.smembers(runsKey)).toEqual([]);
  });

  withRedis(
    'of another build, or about a module that it has not, are not for a worker: both sides say so',
    async () => {
      const old = await worker(doubled, { build: otherBuild, version: '0.9' });
      const stop = new AbortController();
      const waiting = run([1], { module, signal: stop.signal });
      const without = await worker();
      await expect
        .poll(() => old.told.join(), { timeout: 20_000 })
        .toContain(`this worker is Ringproof 0.9 (build ${otherBuild})`);
      await expect.poll(() => without.told.join(), { timeout: 20_000 }).toContain('--module FILE');
      await expect
        .poll(
          () =>
            waiting.present
              .at(-1)
              ?.map((one) => one.build)
              .sort(),
          { timeout: 20_000 },
        )
        .toEqual([build, otherBuild]);
      await worker(doubled, { modules: [module] });
      expect(await waiting.ended).toEqual(whole);
      expect(waiting.results).toEqual([{ result: 2 }]);
    },
  );

  withRedis('that are none are refused and not run', async () => {
    const performed: Task[] = [];
    const { told } = await worker(async (task) => {
      performed.push(task);
      return { refused: { found: 'none', expected: 'one' } };
    });
    const queue = queueOf();
    const sound = {
      format: 'ringproof-job',
      version: 1,
      build,
      run: crypto.randomUUID(),
      index: 0,
      module: null,
      job: 1,
    };
    const hostile = [
      null,
      'process.exit()',
      {},
      { ...sound, build: otherBuild },
      { ...sound, module },
      { ...sound, code: 'x' },
    ];
    for (const data of hostile) await queue.add('job', data, { removeOnComplete: true });
    // Nobody waits for what comes of it.
    await queue.add('job', sound, { removeOnComplete: true });
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(hostile.length);
    await expect.poll(async () => (await queue.getJobCounts()).active, { timeout: 20_000 }).toBe(0);
    expect(told.every((text) => /^refused \d+: found .*(no job|build|module)/.test(text))).toBe(true);
    expect(performed).toEqual([]);
    const asked = run([1]);
    expect(await asked.ended).toEqual(whole);
    expect(asked.results).toEqual([{ refused: { found: 'none', expected: 'one' } }]);
  });

  withRedis(
    'that are broken in Redis are put in again, and an answer that is none is not believed',
    async () => {
      const going = run(numbers(3));
      await expect.poll(async () => (await redis.smembers(runsKey)).length, { timeout: 20_000 }).toBe(1);
      const [id = ''] = await redis.smembers(runsKey);
      const key = `${prefix}:${queueName(build, null)}:${id}`;
      await expect.poll(() => redis.exists(`${key}-2-1`), { timeout: 20_000 }).toBe(1);
      await redis.xadd(resultsKey(id), '*', 'index', '0', 'answer', 'rubbish');
      await redis.xadd(resultsKey(id), '*', 'index', '77', 'answer', 'rubbish');
      await redis.hset(`${key}-1-1`, 'data', '{"format":');
      await worker();
      expect(await going.ended).toEqual(whole);
      expect(going.results).toEqual(numbers(3).map((value) => ({ result: 2 * value })));
    },
    60_000,
  );

  withRedis(
    'whose worker is killed are done by another one',
    async () => {
      const script = `
      const { workForQueue } = await import('${root}/dist/queue/queueWorker.js');
      const { parseQueueAddress } = await import('${root}/dist/queue/queueAddress.js');
      const presence = ${JSON.stringify({ version: '1', build, node: 'v20', place: 'here', modules: [], threads: 1, bytes: 1 })};
      const perform = () => { process.stdout.write('begun'); return new Promise(() => {}); };
      const [address, signal] = [parseQueueAddress('${server.url}'), new AbortController().signal];
      await workForQueue({ address, presence, perform, signal, tell() {}, onReady() {} });`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const { ended, results } = run([21]);
      await once(child.stdout, 'data');
      child.kill('SIGKILL');
      const { told } = await worker();
      expect(await ended).toEqual(whole);
      expect(results).toEqual([{ result: 42 }]);
      expect(told.join()).toContain('a job whose worker has gone is taken up again');
    },
    120_000,
  );

  withRedis(
    'that were done stay done when Redis is killed and comes back',
    async () => {
      const performed: number[] = [];
      const held = deferred();
      await worker(async (task) => {
        performed.push(task.index);
        if (task.index >= 5) await held.promise;
        return doubled(task);
      });
      const { ended, results } = run(numbers(12));
      await expect.poll(() => performed.length, { timeout: 20_000 }).toBe(6);
      server.kill();
      held.resolve();
      await server.start();
      expect(await ended).toEqual(whole);
      expect(results).toEqual(numbers(12).map((value) => ({ result: 2 * value })));
      expect(performed.filter((index) => index < 5)).toEqual([0, 1, 2, 3, 4]);
    },
    120_000,
  );

  withRedis('are given up when Redis does not come back: what was done counts', async () => {
    const stuck = new Promise<never>(() => {});
    const own = await RedisServer.start();
    const address = parseQueueAddress(own.url);
    const presence = { version: '1', build, node: 'v20', place: 'here', modules: [], threads: 1, bytes: 1 };
    const begun = deferred();
    const perform = (task: Task) => {
      if (task.index === 0) return doubled(task);
      begun.resolve();
      return stuck;
    };
    const stop = new AbortController();
    const worked = workForQueue({ address, presence, perform, signal: stop.signal, tell() {}, onReady() {} });
    const { ended, results, first } = run(numbers(3), { address, patienceMs: 300 });
    await Promise.all([first, begun.promise]);
    own.close();
    expect(await ended).toEqual({ end: 'lost', why: 'not reachable any more for 0.3 s' });
    expect(results).toEqual([{ result: 0 }]);
    stop.abort();
    expect(await worked).toEqual({ done: 1, isAway: true });
  });

  withRedis(
    'leave the queue when their user stops, and end at their worker',
    async () => {
      const stop = new AbortController();
      const [begun, ended] = [deferred(), deferred()];
      await worker(async (_, signal) => {
        begun.resolve();
        await once(signal, 'abort');
        ended.resolve();
        return { result: null };
      });
      const stopped = run(numbers(30), { signal: stop.signal });
      await begun.promise;
      stop.abort();
      expect(await stopped.ended).toEqual({ end: 'stopped', why: '' });
      const queue = queueOf();
      expect((await queue.getJobCounts()).waiting).toBe(0);
      await ended.promise;
      expect(stopped.results).toEqual([]);
    },
    60_000,
  );
});
