import { z } from 'zod';
import { type ModeName, modeNames } from '../../machines/modeVariants.ts';
import { everyServerProfile } from '../../profiles/furtherServers.ts';
import { arrivedServer, sentServer, sentServerSchema } from '../../profiles/sentServer.ts';
import { durations } from '../check/questions/supremum.ts';
import { InputError } from '../input/inputError.ts';
import { contradictions } from '../scenarioFile/contradictions.ts';
import type { ScenarioDocument } from '../scenarioFile/document.ts';
import { scenarioSchema } from '../scenarioFile/schema.ts';
import { estimators } from '../sweep/loss.ts';
import type { CheckJob } from './cell.ts';
import type { CertificateJob } from './certificateJob.ts';
import type { FleetJob } from './fleetJob.ts';
import type { QuestionJob, SystemQuestionJob } from './question.ts';
import type { OwnRunsJob, PlaceJob, SweepJob } from './sweepJob.ts';
import type { SystemJob } from './systemJob.ts';
import type { UntimedJob } from './untimedCell.ts';

/** The jobs that may be done on another machine. */
export type SpreadJob =
  | CheckJob
  | UntimedJob
  | QuestionJob
  | CertificateJob
  | SystemJob
  | SystemQuestionJob
  | SweepJob
  | OwnRunsJob
  | FleetJob;

/** Those that a shard may have to do. */
export type ShardJob = SpreadJob | PlaceJob;

const names = z.array(z.string().max(200)).max(1_000);
const amount = z.int().min(0).max(5);
const maximumBytes = z.number().positive();
const common = { budget: z.strictObject({ losses: amount, duplicates: amount }), maximumBytes };
const flag = z.literal(true).optional();
const question = { properties: names.nullable(), traces: z.boolean(), fastest: z.boolean().optional(), untimed: flag };
const place = { document: scenarioSchema, mode: z.string().max(200), server: sentServerSchema, own: names.optional() };
const envelope = z.strictObject({ envelope: z.string().max(200), property: z.string().max(200) });
const word = z.string().max(200);
const count = z.int().min(0).max(4_294_967_295);
const runs = { document: scenarioSchema, server: sentServerSchema, maximumBytes };
const piece = z.strictObject({
  estimator: z.enum(estimators),
  firstSeed: count,
  runs: count,
  whole: count,
  taking: z.array(count).max(50),
});
const queueLimits = z.strictObject({ perSecond: z.number().positive(), room: z.number().positive() });
const phones = z.strictObject({
  firstSeed: count,
  phones: count,
  weight: z.number().positive(),
  limits: z.strictObject({ server: queueLimits.nullable(), pushesPerMinute: count.nullable() }),
  down: z.tuple([z.number().min(0), z.number().min(0)]).nullable(),
});
const ask = z.union([envelope, z.strictObject({ longest: z.enum(durations) })]);

/** A job as data, of which nothing names a file: a module that it is about is known by its digest elsewhere. */
const sentJobSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('check'), ...place, ...common, ...question }),
  z.strictObject({ kind: z.literal('question'), ...place, ...common, ask }),
  z.strictObject({ kind: z.literal('certificate'), ...place, ...common, certify: names }),
  z.strictObject({ kind: z.literal('system'), system: z.string(), every: names, ...common, ...question }),
  z.strictObject({ kind: z.literal('systemQuestion'), system: z.string(), ...common, ask: envelope }),
  z.strictObject({ kind: z.literal('sweep'), ...runs, modes: z.array(word).min(1).max(50), sweep: piece }),
  z.strictObject({ kind: z.literal('fleet'), ...runs, mode: word, fleet: phones }),
  z.strictObject({
    kind: z.literal('ownRuns'),
    file: z.string().max(4_096),
    mode: word.nullable(),
    server: sentServerSchema.nullable(),
    fingerprint: word,
    firstSeed: count,
    ownRuns: count,
    maximumBytes,
  }),
]);

export type SentJob = z.infer<typeof sentJobSchema>;

/** What a shard does as a whole goes to nobody. */
type Kind = SentJob['kind'] | 'place';

const kindOf = (job: ShardJob): Kind => {
  if ('sweep' in job) return 'sweep';
  if ('demand' in job) return 'place';
  if ('ownRuns' in job) return 'ownRuns';
  if ('fleet' in job) return 'fleet';
  if ('certify' in job) return 'certificate';
  if ('system' in job) return 'ask' in job ? 'systemQuestion' : 'system';
  return 'ask' in job ? 'question' : 'check';
};

/** The file of the user's module that a job is about; null where it is about none. */
export const moduleOf = (job: ShardJob): string | null => ('module' in job ? (job.module ?? null) : null);

/** A job as it is sent. Throws an InputError for one about a server that cannot be. */
export function sentJob(job: ShardJob): SentJob {
  const { module: _, ...rest } = job as ShardJob & { readonly module?: string };
  const kind = kindOf(job);
  if (!('server' in rest) || rest.server === null) return { kind, ...rest } as unknown as SentJob;
  const server = sentServer(rest.server);
  if (server === null) {
    const [found, expected] = ['a server that no file can describe', 'values that one can: see docs/servers.md'];
    throw new InputError({ file: rest.server.name, problems: [{ line: null, found, expected }] });
  }
  return { kind, ...rest, server } as unknown as SentJob;
}

/**
 * The job that was sent, about the module in that file; a text that says what is wrong where it is none. It is as sound as one
 * that was made from files here.
 */
export function arrivedJob(given: unknown, module: string | null): SpreadJob | string {
  const { data, error } = sentJobSchema.safeParse(given);
  const [issue] = error?.issues ?? [];
  if (data === undefined) return `${issue?.path.join('.')}: ${issue?.message}`;
  // As it was given: what was read by the schema has its keys in another order.
  const { kind, ...job } = given as SentJob;
  if (kind === 'system' || kind === 'systemQuestion') {
    return module === null ? 'a system without its module' : ({ ...job, module } as SpreadJob);
  }
  const { server: sent } = job as { readonly server: Parameters<typeof arrivedServer>[0] | null };
  const server = sent === null ? null : arrivedServer(sent);
  if (typeof server === 'string') return server;
  if (kind === 'ownRuns')
    return module === null ? 'runs of a module without it' : ({ ...job, server, module } as unknown as SpreadJob);
  if (server === null) return 'server: none';
  const { document, ...placed } = job as Extract<SentJob, { kind: 'check' | 'sweep' }>;
  const strange = ('modes' in placed ? placed.modes : [placed.mode]).find(
    (one) => !modeNames.includes(one as ModeName),
  );
  if (module === null && strange !== undefined) return `mode: no mode ${strange}`;
  if (kind === 'fleet' && document.workload === undefined) return 'document: no workload';
  const [contradiction] = contradictions(document as ScenarioDocument, {
    ...everyServerProfile,
    [server.name]: server,
  });
  if (contradiction !== undefined) return `document: ${contradiction.found}`;
  return { ...job, server, ...(module !== null && { module }) } as unknown as SpreadJob;
}
