#!/usr/bin/env node
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { InputError } from '../sim/input/inputError.ts';
import { adviseCommand } from './advise.ts';
import { auditCommand } from './audit.ts';
import { checkCommand } from './check.ts';
import { exportCommand } from './export.ts';
import { fuzzCommand } from './fuzz.ts';
import { inspectCommand } from './inspect.ts';
import { liveCommand } from './live.ts';
import { exitCodes, printInternalError } from './output.ts';
import { probeCommand } from './probe.ts';
import { profilesCommand } from './profiles.ts';
import { simulateCommand } from './simulate.ts';
import { sweepCommand } from './sweep.ts';
import { ringproofVersion } from './version.ts';

const program = new Command('ringproof')
  .description(
    'Does the phone ring? Simulates the hand-over of one SIP registration between a softphone and its push server.',
  )
  .version(ringproofVersion())
  .showSuggestionAfterError()
  .addCommand(checkCommand())
  .addCommand(simulateCommand())
  .addCommand(adviseCommand())
  .addCommand(sweepCommand())
  .addCommand(fuzzCommand())
  .addCommand(auditCommand())
  .addCommand(inspectCommand())
  .addCommand(liveCommand())
  .addCommand(probeCommand())
  .addCommand(exportCommand())
  .addCommand(profilesCommand());

const withAllBelow = (command: Command): Command[] => [command, ...command.commands.flatMap(withAllBelow)];
for (const command of withAllBelow(program)) command.exitOverride();

/** Bad input ends with one clear message; anything else is a fault of ours: it keeps its stack and has its own code. */
function fail(error: unknown): never {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : exitCodes.badInput);
  if (error instanceof InputError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(exitCodes.badInput);
  }
  printInternalError(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(exitCodes.internalError);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads no further still learns how it ended.
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.on('uncaughtException', fail);

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
