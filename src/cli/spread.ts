import { type Command, Option } from 'commander';
import type { QueueAddress } from '../queue/queueAddress.ts';
import { refuse } from './files.ts';
import type { JobRunner, JobSession } from './jobRunner.ts';
import { onQueue } from './onQueue.ts';
import { onThreads, type RoundProgress, withThreads } from './onThreads.ts';
import { type QueueCommandOptions, queueFrom, withQueueOptions } from './queueOptions.ts';
import { parseShard, type Shard } from './shard.ts';

/** What the user says of where the jobs of a command are done. */
export interface SpreadOptions extends QueueCommandOptions {
  readonly shard?: Shard;
  readonly part?: string;
  readonly jobs: number;
}

/** Adds the options with which the jobs of a command are done on other machines. */
export const withSpreadOptions = (command: Command): Command =>
  withQueueOptions(command)
    .addOption(
      new Option(
        '--shard <share>',
        'do one share of the work, such as 2/8, and write it to a part file: see `merge`',
      ).argParser(parseShard),
    )
    .addOption(new Option('--part <file>', 'the part file of --shard (default: part-2-of-8.json for 2/8)'));

/** Refuses what contradicts itself, before anything is done. */
function addressOf(options: SpreadOptions): QueueAddress | undefined {
  const address = queueFrom(options);
  if (options.part !== undefined && options.shard === undefined)
    refuse('--part', 'no --shard with it', 'both, or neither');
  if (address !== undefined && options.shard !== undefined)
    refuse('--shard', '--queue with it', 'one of the two: a queue has its own shares');
  return address;
}

/** Who does the jobs. */
export function doerOf(options: SpreadOptions): JobRunner {
  const address = addressOf(options);
  return address === undefined ? onThreads(options.jobs) : onQueue(address);
}

/** Jobs that make runs end soon after Ctrl-C, and what they have made is of use. */
const runsPatienceMs = 5_000;

/** Who makes runs, round after round. */
export function sessionOf(options: SpreadOptions, progress: RoundProgress): JobSession {
  const address = addressOf(options);
  return address === undefined ? withThreads(options.jobs, progress, runsPatienceMs) : (work) => work(onQueue(address));
}
