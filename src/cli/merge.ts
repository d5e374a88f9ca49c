import { resolve } from 'node:path';
import { Command } from 'commander';
import { isModule } from '../library/loadModule.ts';
import type { ShardJob } from '../sim/jobs/sentJob.ts';
import { arrivedResult } from '../sim/jobs/sentResult.ts';
import { buildDigest } from './buildDigest.ts';
import { refuse } from './files.ts';
import type { JobRunner, Outcome } from './jobRunner.ts';
import { moduleDigest } from './moduleDigest.ts';
import { filesOption } from './options.ts';
import { askedDigest, type Part, readPart } from './part.ts';
import { ringproofVersion } from './version.ts';

/** The commands whose runs have shards. They are given who does their jobs: it is the parts. */
const commands: Readonly<Record<string, (run: JobRunner) => Promise<Command>>> = {
  check: async (run) => (await import('./check.ts')).checkCommand(run),
  sweep: async (run) => (await import('./sweep.ts')).sweepCommand(run),
  fleet: async (run) => (await import('./fleet.ts')).fleetCommand(run),
};

const shardText = ({ index, of }: Part['shard']): string => `${index}/${of}`;

/** Refuses parts that do not make one whole, each by the name of its file. */
function refuseOthers(parts: readonly Part[]): void {
  const [first] = parts as readonly [Part, ...Part[]];
  const own = buildDigest();
  const seen = new Map<number, string>();
  for (const { file, ringproof, build, shard, ...part } of parts) {
    if (build !== own)
      refuse(
        file,
        `a part that Ringproof ${ringproof} (build ${build}) made`,
        `${ringproofVersion()} (build ${own}), which merges`,
      );
    const isOfFirst =
      part.asked === first.asked &&
      part.command === first.command &&
      part.jobs === first.jobs &&
      shard.of === first.shard.of;
    if (!isOfFirst || part.args.join('\n') !== first.args.join('\n'))
      refuse(file, 'a part of another run', `one of the same run as ${first.file}`);
    const other = seen.get(shard.index);
    if (other !== undefined) refuse(file, `shard ${shardText(shard)}, which ${other} is too`, 'each part once');
    seen.set(shard.index, file);
  }
  const { of } = first.shard;
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter((index) => !seen.has(index));
  if (missing.length > 0)
    refuse('merge', `no part ${missing.map((index) => `${index}/${of}`).join(', ')}`, `all ${of} parts`);
}

/** Refuses to run a module that the user has not named here: a part is data, and names no code that may run. */
function refuseUnnamedModule({ file, args, module }: Part, named: readonly string[]): void {
  const mayRun = named.map((one) => resolve(one));
  for (const given of args.filter(isModule)) {
    if (!mayRun.includes(resolve(given)))
      refuse(file, `a part about the module ${given}`, `--module ${given} with it, which says that it may run here`);
    if (moduleDigest(given) !== module) refuse(file, `a part about ${given} as it was`, 'the module as it is now');
  }
}

/** Does jobs that were done in parts. */
const inParts =
  (parts: readonly Part[]): JobRunner =>
  async (given) => {
    const jobs = given as readonly ShardJob[];
    const [first] = parts as readonly [Part, ...Part[]];
    if (askedDigest(jobs) !== first.asked)
      refuse(first.file, 'a part of other scenarios than are here', 'the files as they were when it was made');
    const outcomes: Outcome[] = [];
    for (const { file, outcomes: done } of parts) {
      for (const one of done) {
        if ('died' in one) {
          outcomes[one.job] = { died: Object.assign(new Error(one.died.message), { stack: one.died.stack }) };
          continue;
        }
        const arrived = arrivedResult(jobs[one.job] as ShardJob, one.result);
        if (typeof arrived === 'string')
          return refuse(file, `no result of job ${one.job} (${arrived})`, 'what --shard writes');
        outcomes[one.job] = arrived;
      }
    }
    return { outcomes, isInterrupted: false };
  };

async function run(files: readonly string[], { module }: { readonly module: readonly string[] }): Promise<void> {
  const parts = files.map(readPart);
  refuseOthers(parts);
  const [first] = parts as [Part, ...Part[]];
  refuseUnnamedModule(first, module);
  const load = Object.hasOwn(commands, first.command) ? commands[first.command] : undefined;
  if (load === undefined) return refuse(first.file, `a part of ${first.command}`, Object.keys(commands).join(' or '));
  const command = await load(inParts(parts));
  await command.exitOverride().parseAsync(first.args, { from: 'user' });
}

/** `ringproof merge`: what the whole run would have printed, from its parts. */
export const mergeCommand = () =>
  new Command('merge')
    .argument('<part...>', 'the part files of one run, each written by --shard')
    .addOption(filesOption('--module <file>', 'the module of your own that the run is about: it may run here'))
    .action(run);
