import { hostname } from 'node:os';
import process from 'node:process';
import type { Redis } from 'ioredis';
import {
  heardOfSeconds,
  type Presence,
  runKey,
  runsKey,
  type Taken,
  takenPresence,
  takenWaiting,
  type Waiting,
  workerKey,
  workersKey,
} from './protocol.ts';

/** Runs and workers say in Redis that they are there, and are forgotten when they no longer do. */

/** Where this process is, for people. */
export const ownPlace = (): string => `${hostname()}, process ${process.pid}`;

const register =
  (listKey: string, keyOf: (id: string) => string) =>
  async (redis: Redis, id: string, said: object): Promise<void> => {
    await redis.multi().set(keyOf(id), JSON.stringify(said), 'EX', heardOfSeconds).sadd(listKey, id).exec();
  };

const forget =
  (listKey: string, keyOf: (id: string) => string) =>
  async (redis: Redis, id: string): Promise<void> => {
    await redis.multi().del(keyOf(id)).srem(listKey, id).exec();
  };

export const announceRun: (redis: Redis, run: string, said: Waiting) => Promise<void> = register(runsKey, runKey);
export const announceWorker: (redis: Redis, id: string, said: Presence) => Promise<void> = register(
  workersKey,
  workerKey,
);
export const forgetRun = forget(runsKey, runKey);
export const forgetWorker = forget(workersKey, workerKey);

/** Who is there, of those that make sense; the names of those that have gone are removed. */
async function present<Said>(
  redis: Redis,
  listKey: string,
  keyOf: (id: string) => string,
  taken: (text: string) => Taken<Said>,
): Promise<Said[]> {
  const ids = await redis.smembers(listKey);
  if (ids.length === 0) return [];
  const texts = await redis.mget(ids.map(keyOf));
  const gone = ids.filter((_, index) => texts[index] === null);
  if (gone.length > 0) await redis.srem(listKey, gone);
  return texts.flatMap((text) => {
    const said = text === null ? null : taken(text);
    return said !== null && 'value' in said ? [said.value] : [];
  });
}

export const presentWorkers = (redis: Redis): Promise<Presence[]> =>
  present(redis, workersKey, workerKey, takenPresence);
export const presentRuns = (redis: Redis): Promise<Waiting[]> => present(redis, runsKey, runKey, takenWaiting);

/** Whether somebody still waits for what comes of a run. */
export const isAwaited = async (redis: Redis, run: string): Promise<boolean> => (await redis.exists(runKey(run))) === 1;

export const buildText = ({ version, build }: { readonly version: string; readonly build: string }): string =>
  `Ringproof ${version} (build ${build})`;
