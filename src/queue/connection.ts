import { isIP } from 'node:net';
import type { Redis } from 'ioredis';
import { InputError } from '../sim/input/inputError.ts';
import type { QueueAddress } from './queueAddress.ts';

interface QueuePackages {
  readonly Queue: typeof import('bullmq').Queue;
  readonly Worker: typeof import('bullmq').Worker;
  readonly Redis: typeof import('ioredis').Redis;
}

/** What brings the queue. Both are loaded for it alone, and need not be installed. */
export async function queuePackages(): Promise<QueuePackages> {
  try {
    const [{ Queue, Worker }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { Queue, Worker, Redis };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const problem = { line: null, found: 'no BullMQ', expected: 'it beside Ringproof: npm install bullmq ioredis' };
    throw new InputError({ file: '--queue', problems: [problem] });
  }
}

/** How long a server may take to answer at first. */
const patienceMs = 5_000;
/** How long to wait before it is tried again, once it was there: the first time, and at most. */
const [retryMs, mostRetryMs] = [200, 2_000];

/** BullMQ waits for jobs with fractions of a second, which older ones refuse. */
const leastVersion = [6, 2] as const;

const expected = `a Redis of version ${leastVersion.join('.')} or newer that takes connections`;

/** What the system, or the server, says of a connection. */
function describe(error: Error): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nobody that listens there',
    ENOTFOUND: 'no host of that name',
    EAI_AGAIN: 'no host of that name',
    ETIMEDOUT: `no answer within ${patienceMs / 1_000} s`,
    ECONNRESET: 'a connection that was closed at once',
  };
  if (known[code] !== undefined) return known[code];
  if (/^Protocol error/.test(message)) return 'a server that is no Redis';
  if (/^WRONGPASS|invalid password/.test(message)) return 'a password, or a user, that it does not take';
  if (/^NOAUTH/.test(message)) return 'a server that asks for a password';
  if (/^Connection is closed/.test(message)) return known.ECONNRESET as string;
  return message;
}

function expectedOf(found: string): string {
  if (/password/.test(found))
    return 'the right one: --queue-password-env VARIABLE, and USER@ in --queue where it has users';
  if (/certificate/.test(found))
    return 'one that the usual authorities have signed, or those in NODE_EXTRA_CA_CERTS=FILE';
  return expected;
}

/** Resolves with what comes first; an error where nothing does in time. */
function inTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(), { code: 'ETIMEDOUT' })), patienceMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < leastVersion[0] || (major === leastVersion[0] && minor < leastVersion[1]);
}

/**
 * A connection to a queue that waits for the server whenever it goes away later. Throws an InputError, after one attempt, where
 * it cannot be reached or is of no use.
 */
export async function connected(address: QueueAddress): Promise<Redis> {
  const { Redis } = await queuePackages();
  let wasReady = false;
  let last: Error | undefined;
  const client = new Redis({
    ...{ host: address.host, port: address.port, db: address.database },
    ...(address.user !== undefined && { username: address.user }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.isTls && { tls: isIP(address.host) === 0 ? { servername: address.host } : {} }),
    lazyConnect: true,
    connectTimeout: patienceMs,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (wasReady ? Math.min(retryMs * times, mostRetryMs) : null),
  });
  client.on('error', (error) => {
    last ??= error;
  });
  const refuse = (found: string, wanted: string): never => {
    client.disconnect();
    throw new InputError({ file: address.text, problems: [{ line: null, found, expected: wanted }] });
  };
  let info = '';
  try {
    await inTime(client.connect());
    info = await inTime(client.info('server'));
  } catch (error) {
    const found = describe(last ?? (error as Error));
    return refuse(found, expectedOf(found));
  }
  const [, version] = /^redis_version:(\S+)/m.exec(info) ?? [];
  if (version === undefined || isTooOld(version))
    return refuse(`Redis ${version ?? 'of an unknown version'}`, expected);
  wasReady = true;
  return client;
}

/** The same once more, for commands that wait. */
export function again(client: Redis): Redis {
  const other = client.duplicate({ lazyConnect: false });
  // Whether the server is there is heard of the first one.
  other.on('error', () => {});
  return other;
}
