import { z } from 'zod';
import type { FleetDay } from '../fleet/fleetDay.ts';
import { traceEnvelope } from '../run/replay.ts';
import type { SweptPiece } from '../sweep/piece.ts';
import type { Tally } from '../sweep/tally.ts';
import type { CheckedCell, Judged } from './cell.ts';
import type { Certified } from './certificateJob.ts';
import type { Answered, AnsweredSystem } from './question.ts';
import type { ShardJob } from './sentJob.ts';
import { fleetDaySchema, sweptPieceSchema, tallySchema } from './sentRuns.ts';

/** What comes of a job that was done on another machine. */
export type SpreadResult =
  | CheckedCell[]
  | Judged[]
  | Answered
  | AnsweredSystem
  | Certified
  | SweptPiece
  | SweptPiece[]
  | Tally
  | Tally[]
  | FleetDay;

const text = z.string();
const ms = z.number().min(0);
const internalError = z.strictObject({ message: text, stack: text }).optional();

const judged = z.strictObject({
  scenario: text,
  property: text,
  verdict: z.enum(['holds', 'violated', 'inconclusive']),
  witnessed: z.boolean(),
  scope: text,
  counterexample: z
    .strictObject({
      sentence: text,
      events: z.int().min(0),
      kind: z.enum(['shortest', 'fastest', 'any']),
      slackMs: z.number().nullable(),
      window: z.array(text),
    })
    .nullable(),
  earliestMs: ms.nullable(),
  trace: traceEnvelope.optional(),
  idleFaults: z.array(z.int().min(0)).optional(),
  internalError,
});
const placed = judged.extend({ mode: text, profile: text });

const answeredSystem = z.strictObject({
  scenario: text,
  question: text,
  text,
  envelope: z
    .strictObject({
      isDecided: z.boolean(),
      witnessed: z.boolean(),
      safeUpToMs: ms.nullable(),
      askedUpToMs: ms,
      violatingMs: z.tuple([ms, ms]).nullable(),
    })
    .optional(),
  longestMs: ms.nullable().optional(),
  internalError,
});
const answered = answeredSystem.extend({ mode: text, profile: text });

const certified = z.strictObject({ line: text.nullable(), why: text, internalError });

const schemaOf = (job: ShardJob): z.ZodType => {
  if ('sweep' in job) return sweptPieceSchema;
  if ('demand' in job) return z.array('modes' in job ? sweptPieceSchema : tallySchema);
  if ('ownRuns' in job) return tallySchema;
  if ('fleet' in job) return fleetDaySchema;
  if ('certify' in job) return certified;
  if ('ask' in job) return 'system' in job ? answeredSystem : answered;
  return z.array('system' in job ? judged : placed);
};

/** Of what a result speaks: each part of it of what the job asked. */
function isOf(job: ShardJob, one: object): boolean {
  const said = one as { readonly scenario?: string; readonly mode?: string; readonly profile?: string };
  if ('modes' in job) {
    const { runs, joint } = one as SweptPiece;
    return joint.lost.length === job.modes.length && ('demand' in job || runs === job.sweep.runs);
  }
  if ('demand' in job) return true;
  if ('ownRuns' in job) return (one as Tally).runs === job.ownRuns;
  if ('fleet' in job) return (one as FleetDay).figures.phones === job.fleet.phones;
  if ('certify' in job) return true;
  if ('system' in job) return said.scenario === job.system;
  return said.scenario === job.document.name && said.mode === job.mode && said.profile === job.server.name;
}

/** The result that came; a text that says what is wrong where it is none of that job. */
export function arrivedResult(job: ShardJob, given: unknown): { readonly result: SpreadResult } | string {
  const { error } = schemaOf(job).safeParse(given);
  const [issue] = error?.issues ?? [];
  if (issue !== undefined) return `${issue.path.join('.')}: ${issue.message}`;
  const parts = Array.isArray(given) ? (given as object[]) : [given as object];
  return parts.every((one) => isOf(job, one)) ? { result: given as SpreadResult } : 'the result of another job';
}
