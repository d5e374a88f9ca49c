import type { Command } from 'commander';

/** A command as the list of all commands needs it; what it is made of is read when it is called for. */
export interface Listed {
  readonly description: string;
  readonly load: () => Promise<Command>;
}
