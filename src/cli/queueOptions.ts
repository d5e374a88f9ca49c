import { type Command, Option } from 'commander';
import { parseQueueAddress, type QueueAddress } from '../queue/queueAddress.ts';
import { refuse } from './files.ts';
import { passwordFrom } from './liveOptions.ts';

/** What the user says of a queue. */
export interface QueueCommandOptions {
  readonly queue?: string;
  readonly queuePasswordEnv?: string;
}

export const withQueueOptions = (command: Command): Command =>
  command
    .addOption(new Option('--queue <url>', 'workers on other machines do the work, through this Redis: see `worker`'))
    .addOption(
      new Option('--queue-password-env <variable>', 'the environment variable with the password of the queue'),
    );

/** The queue that the user names; undefined where he names none. */
export function queueFrom({ queue, queuePasswordEnv: passwordEnv }: QueueCommandOptions): QueueAddress | undefined {
  if (queue === undefined) {
    if (passwordEnv !== undefined) refuse('--queue-password-env', 'no --queue with it', 'both, or neither');
    return undefined;
  }
  parseQueueAddress(queue);
  return parseQueueAddress(queue, passwordFrom({ passwordEnv }, 'queue-') ?? undefined);
}
