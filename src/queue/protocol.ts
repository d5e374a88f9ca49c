import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';

/** What is kept in Redis, and under which keys. All of it is data, and none is believed before its schema has taken it. */

/** All keys begin with it. */
export const prefix = 'ringproof';

export const runsKey = `${prefix}:runs`;
export const workersKey = `${prefix}:workers`;
export const runKey = (run: string): string => `${prefix}:run:${run}`;
export const workerKey = (worker: string): string => `${prefix}:worker:${worker}`;
/** What has come of the jobs of a run, as a stream: an entry stays until the run has taken it over. */
export const resultsKey = (run: string): string => `${prefix}:results:${run}`;

/** The queue of one build and one module: whoever works there can do all that waits there. */
export const queueName = (build: string, module: string | null): string =>
  `jobs-${build}${module === null ? '' : `-${module}`}`;

/** How long a run or a worker counts as there after it was heard of last, and how often it is heard of. */
export const [heardOfSeconds, heardOfEveryMs] = [60, 5_000];
/** How long results wait for a run that does not take them over. */
export const resultsSeconds = 3_600;

const digest = z.string().regex(/^[0-9a-f]{16}$/, { error: 'expected a digest of 16 hexadecimal digits' });
const words = z.string().max(200);

const taskSchema = z.strictObject({
  format: z.literal('ringproof-job'),
  version: z.literal(1),
  build: digest,
  run: z.uuid(),
  index: z.int().min(0),
  /** The module of the user's own that the job is about, by its digest: never by its place. */
  module: digest.nullable(),
  job: z.unknown(),
});

/** A job on its way to a worker. */
export type Task = z.infer<typeof taskSchema>;

const problem = z.strictObject({
  line: z.int().nullable(),
  found: z.string(),
  expected: z.string(),
  hint: z.string().optional(),
});

const answerSchema = z.union([
  z.strictObject({ result: z.unknown() }),
  /** Its thread has died of it. */
  z.strictObject({ died: z.strictObject({ message: z.string(), stack: z.string() }) }),
  /** What the user gave turns out not to fit. */
  z.strictObject({ badInput: z.strictObject({ file: z.string(), problems: z.array(problem) }) }),
  /** The worker does not run it. */
  z.strictObject({ refused: z.strictObject({ found: z.string(), expected: z.string() }) }),
]);

/** What a worker says of a job. */
export type Answer = z.infer<typeof answerSchema>;

const presenceSchema = z.strictObject({
  version: words,
  build: digest,
  node: words,
  place: words,
  /** Digests of the modules of its users' own that it has. */
  modules: z.array(digest),
  threads: z.int().min(1).max(1_024),
  /** Bytes that all its jobs may hold together. */
  bytes: z.number().min(0),
});

/** What a worker says of itself. */
export type Presence = z.infer<typeof presenceSchema>;

const waitingSchema = z.strictObject({ version: words, build: digest, module: digest.nullable(), place: words });

/** What a run says of itself. */
export type Waiting = z.infer<typeof waitingSchema>;

/** What is wrong with a value, in words; null where nothing is. */
function problemOf(error: z.ZodError | undefined): string | null {
  const [issue] = error?.issues ?? [];
  if (issue === undefined) return null;
  return `${issue.path.length === 0 ? '' : `${issue.path.join('.')}: `}${issue.message}`;
}

/** A value that was taken, or why it was not. */
export type Taken<Value> = { readonly value: Value } | { readonly wrong: string };

function takenBy<Value>(schema: z.ZodType<Value>, given: unknown): Taken<Value> {
  const { data, error } = schema.safeParse(given);
  const wrong = problemOf(error);
  return wrong === null ? { value: data as Value } : { wrong };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const takenTask = (given: unknown): Taken<Task> => takenBy(taskSchema, given);
export const takenPresence = (text: string): Taken<Presence> => takenBy(presenceSchema, parsed(text));
export const takenWaiting = (text: string): Taken<Waiting> => takenBy(waitingSchema, parsed(text));

/** The most that an answer may be, unpacked. */
const mostBytes = 512 * 2 ** 20;

export const packed = (answer: Answer): Buffer => gzipSync(JSON.stringify(answer), { level: 1 });

export function unpacked(bytes: Buffer): Taken<Answer> {
  try {
    return takenBy(answerSchema, parsed(gunzipSync(bytes, { maxOutputLength: mostBytes }).toString()));
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}
