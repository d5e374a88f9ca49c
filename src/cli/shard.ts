import process from 'node:process';
import { InvalidArgumentError } from 'commander';
import { isModule } from '../library/loadModule.ts';
import { type InternalError, internalErrorOf } from '../sim/jobs/internalError.ts';
import { moduleOf, type ShardJob } from '../sim/jobs/sentJob.ts';
import { buildDigest } from './buildDigest.ts';
import { shellWord, standardStream, writeText } from './files.ts';
import { pasteable } from './invocation.ts';
import type { JobRunner, Outcome } from './jobRunner.ts';
import { moduleDigest } from './moduleDigest.ts';
import { exitCodes, reportInternalErrors } from './output.ts';
import { askedDigest, type PartBody, partText, sharesOf } from './part.ts';
import { ringproofVersion } from './version.ts';

/** Which share of a run, of how many. */
export type Shard = PartBody['shard'];

const mostShards = 10_000;

/** A shard as users write it: `2/8` is the second of eight. */
export function parseShard(text: string): Shard {
  const [, index = 0, of = 0] = /^([1-9]\d{0,4})\/([1-9]\d{0,4})$/.exec(text)?.map(Number) ?? [];
  if (index < 1 || index > of || of > mostShards)
    throw new InvalidArgumentError('expected which share of how many, such as 2/8: the second of eight');
  return { index, of };
}

/** Where a share goes, and whether it may be written over what is there. */
interface ShardOptions {
  readonly shard: Shard;
  readonly part?: string;
  readonly force?: boolean;
  readonly doer: JobRunner;
}

/** The file of a share; undefined for a whole run. */
export const partFile = ({ shard, part }: Partial<Pick<ShardOptions, 'shard' | 'part'>>): string | undefined =>
  shard && (part ?? `part-${shard.index}-of-${shard.of}.json`);

/** What says how the whole run is called is all but who does it, and where its part goes. */
const [spreadFlags, spreadOptions] = [
  ['--force', '-f'],
  ['--shard', '--part', '--jobs', '-j', '--memory', '--queue', '--queue-password-env'],
];

/** The arguments of the whole run, of which this process makes a share. */
export function argsOfWhole(given: readonly string[]): string[] {
  const isOption = (arg: string | undefined) => arg !== undefined && spreadOptions.includes(arg);
  return given.filter(
    (arg, at) =>
      !spreadFlags.includes(arg) &&
      !isOption(arg) &&
      !isOption(given[at - 1]) &&
      !spreadOptions.includes(arg.replace(/=.*$/s, '')) &&
      !/^-j\d+$/.test(arg),
  );
}

const failuresIn = (one: Outcome) =>
  'result' in one
    ? (one.result as { readonly internalError?: InternalError })
    : { internalError: internalErrorOf('died' in one ? one.died : 'interrupted') };

const noted = (job: number, outcome: Outcome): PartBody['outcomes'][number] => {
  if ('result' in outcome) return { job, result: outcome.result };
  return { job, died: internalErrorOf('died' in outcome ? outcome.died : 'interrupted') };
};

/** Does a share of jobs and writes what came of them, for `merge`. What it means is judged there, when all is known. */
export async function writeShard(
  jobs: readonly ShardJob[],
  command: string,
  { shard, part, force = false, doer }: ShardOptions,
): Promise<void> {
  const file = partFile({ shard, ...(part !== undefined && { part }) }) ?? '';
  const share = sharesOf(jobs.length, shard);
  const { outcomes, isInterrupted } = await doer(share.map((at) => jobs[at] as ShardJob));
  if (isInterrupted) {
    process.stderr.write(`interrupted, so ${file} was not written\n`);
    process.exitCode = exitCodes.inconclusive;
    return;
  }
  reportInternalErrors(outcomes.flatMap<{ readonly internalError?: InternalError }>(failuresIn));
  const module = jobs.map(moduleOf).find((one) => one !== null);
  const body: PartBody = {
    ...{ format: 'ringproof-part', version: 1, ringproof: ringproofVersion(), build: buildDigest() },
    ...{
      command,
      args: argsOfWhole(process.argv.slice(3)),
      module: module === undefined ? null : moduleDigest(module),
    },
    ...{ asked: askedDigest(jobs), jobs: jobs.length, shard },
    outcomes: outcomes.map((one, at) => noted(share[at] as number, one)),
  };
  writeText(file, partText(body), force);
  if (file === standardStream) return;
  const named = body.args.filter(isModule).map((one) => ` --module ${shellWord(one)}`);
  const all = pasteable(`merge ${shellWord(file)} ...${named.join('')}`);
  process.stderr.write(`${file}: ${share.length} of ${jobs.length} jobs; with all ${shard.of} parts: ${all}\n`);
}
