import { createHash } from 'node:crypto';
import { z } from 'zod';
import { InputError } from '../sim/input/inputError.ts';
import { type SentJob, type ShardJob, sentJob } from '../sim/jobs/sentJob.ts';
import { readText } from './files.ts';

const digest = z.string().regex(/^[0-9a-f]{16}$/);
const died = z.strictObject({ message: z.string(), stack: z.string() });

const bodySchema = z.strictObject({
  format: z.literal('ringproof-part'),
  version: z.literal(1),
  /** Who made it. */
  ringproof: z.string(),
  build: digest,
  /** The command of the whole run, and how it was called. */
  command: z.string(),
  args: z.array(z.string()),
  /** The digest of the module of the user's own that it is about. */
  module: digest.nullable(),
  /** The digest of all that was asked. */
  asked: digest,
  jobs: z.int().min(1),
  shard: z.strictObject({ index: z.int().min(1), of: z.int().min(1) }),
  outcomes: z.array(
    z.union([
      z.strictObject({ job: z.int().min(0), result: z.unknown() }),
      z.strictObject({ job: z.int().min(0), died }),
    ]),
  ),
});

/** What a part file says, but for its own digest. */
export type PartBody = z.infer<typeof bodySchema>;

/** A part with the name of its file. */
export interface Part extends PartBody {
  readonly file: string;
}

const shortDigest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** What is asked of all jobs; how much memory each may have is no part of the question. */
export function askedDigest(jobs: readonly ShardJob[]): string {
  const asked = jobs.map((job): Omit<SentJob, 'maximumBytes'> => {
    const { maximumBytes: _, ...rest } = sentJob(job);
    return rest;
  });
  return shortDigest(JSON.stringify(asked));
}

/** The text of a part file; its last line is its own digest, so that a part that was cut or changed is noticed. */
export function partText(body: PartBody): string {
  const text = JSON.stringify(body, null, 1);
  return `${text.slice(0, -2)},\n "digest": "${shortDigest(text)}"\n}\n`;
}

/** Reads a part file. Throws an InputError for anything else, and for one that is not whole. */
export function readPart(file: string): Part {
  const refuse = (found: string): never => {
    throw new InputError({ file, problems: [{ line: null, found, expected: 'a part that --shard wrote' }] });
  };
  const text = readText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`invalid JSON (${(error as Error).message})`);
  }
  const { digest: own, ...given } = (value ?? {}) as { readonly digest?: unknown };
  const { data, error } = bodySchema.safeParse(given);
  const [issue] = error?.issues ?? [];
  if (data === undefined) return refuse(`no part (${issue?.path.join('.')}: ${issue?.message})`);
  const { shard, outcomes, jobs } = data;
  if (own !== shortDigest(JSON.stringify(given, null, 1))) return refuse('a part that was changed');
  const expected = sharesOf(jobs, shard);
  const isWhole = expected.length === outcomes.length && expected.every((job, at) => outcomes[at]?.job === job);
  if (shard.index > shard.of || !isWhole) return refuse('a part without some of its results');
  return { ...data, file };
}

/** The numbers of the jobs of a share: each takes one of every so many, so that all have as much to do. */
export const sharesOf = (jobs: number, { index, of }: PartBody['shard']): number[] =>
  Array.from({ length: jobs }, (_, job) => job).filter((job) => job % of === index - 1);
