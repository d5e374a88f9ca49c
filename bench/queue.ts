import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Redis } from 'ioredis';
import type { Presence } from '../src/queue/protocol.ts';
import { parseQueueAddress } from '../src/queue/queueAddress.ts';
import { QueueRun } from '../src/queue/queueRun.ts';
import { workForQueue } from '../src/queue/queueWorker.ts';

/**
 * What a job costs in a queue, in processor time, and what is kept of many: `npm run bench:queue`. Run and worker are processes of their
 * own; their jobs do nothing, so all that is measured is the queue.
 */
const port = 7_399;
const address = parseQueueAddress(`redis://127.0.0.1:${port}`);
const build = '0123456789abcdef';
const jobs = Number(process.argv[3] ?? 20_000);

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const megabytes = (): number => process.memoryUsage().rss / 1e6;

async function work(): Promise<void> {
  const controller = new AbortController();
  process.once('SIGTERM', () => controller.abort());
  const presence: Presence = { version: '0', build, node: '', place: 'bench', modules: [], threads: 8, bytes: 1 };
  const onReady = () => process.stdout.write('ready\n');
  let beganMs = 0;
  let [done, peak] = [0, 0];
  await workForQueue({
    ...{ address, presence, signal: controller.signal, tell: () => {}, onReady },
    perform: async () => {
      if (done++ === 0) beganMs = cpuMs();
      peak = Math.max(peak, megabytes());
      return { result: null };
    },
  });
  process.stdout.write(
    `worker: ${((cpuMs() - beganMs) / done).toFixed(3)} ms of processor a job, at most ${Math.round(peak)} MB\n`,
  );
}

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ringproof-bench-'));
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--appendonly', 'yes', '--save', ''];
  const server = spawn('redis-server', options, { stdio: 'ignore' });
  const redis = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
  redis.on('error', () => {});
  await redis.ping();
  const worker = spawn(process.execPath, [process.argv[1] ?? '', 'worker', String(jobs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => worker.on('exit', resolve));
  worker.stdout.on('data', (text) => process.stdout.write(text));
  await new Promise((resolve) => worker.stdout.once('data', resolve));
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]) / 1e6;
  const cpuOfRedis = async () => {
    const info = await redis.info('cpu');
    return (
      1_000 *
      ['user', 'sys'].reduce((sum, kind) => sum + Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)?.[1]), 0)
    );
  };
  for (const count of [jobs / 10, jobs]) {
    const [beganMs, redisMs] = [cpuMs(), await cpuOfRedis()];
    let answers = 0;
    let peak = 0;
    await QueueRun.make({
      ...{
        address,
        version: '0',
        build,
        module: null,
        jobs: Array.from({ length: count }, () => null),
        patienceMs: 60_000,
      },
      signal: new AbortController().signal,
      onAnswer: () => {
        answers++;
        peak = Math.max(peak, megabytes());
      },
      onWorkers: () => {},
    });
    const [ownMs, serverMs] = [(cpuMs() - beganMs) / count, ((await cpuOfRedis()) - redisMs) / count];
    process.stdout.write(
      `${answers} jobs: run ${ownMs.toFixed(3)} ms of processor a job, at most ${Math.round(peak)} MB; Redis ${serverMs.toFixed(3)} ms, ${(await used()).toFixed(1)} MB when all is done\n`,
    );
  }
  worker.kill('SIGTERM');
  await ended;
  redis.disconnect();
  server.kill();
  rmSync(folder, { recursive: true });
}

await (process.argv[2] === 'worker' ? work() : run());
