#!/usr/bin/env node
import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { describeSystemError } from '../library/systemError.ts';
import { InputError } from '../sim/input/inputError.ts';
import { commands } from './commands.ts';
import { exitCodes, exitCodesHelp, printInternalError } from './output.ts';
import { errorOfOwnCode, hasOwnCode } from './ownCode.ts';
import { ringproofVersion } from './version.ts';

/** The command that is called, or asked about: no other one is read. */
function calledName(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((word) => !word.startsWith('-'));
  return first === 'help' ? second : first;
}

const program = new Command('ringproof')
  .description(
    'Does the phone ring? Simulates the hand-over of one SIP registration between a softphone and its push server.',
  )
  .version(ringproofVersion())
  .showSuggestionAfterError();

const called = calledName(process.argv.slice(2));
for (const [name, { description, load }] of Object.entries(commands)) {
  const command = name === called ? await load() : new Command(name);
  program.addCommand(command.description(description));
}

const withAllBelow = (command: Command): Command[] => [command, ...command.commands.flatMap(withAllBelow)];
for (const command of withAllBelow(program)) command.exitOverride().addHelpText('after', exitCodesHelp);

/** What was found in a file may hold what would steer a terminal. */
const printable = (text: string): string => text.replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, '\ufffd');

/** Bad input ends with one clear message; anything else is a fault of ours: it keeps its stack and has its own code. */
function fail(error: unknown): never {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : exitCodes.badInput);
  const badInput = error instanceof InputError ? error : errorOfOwnCode(error);
  if (badInput !== null) {
    process.stderr.write(`${printable(badInput.message)}\n`);
    process.exit(exitCodes.badInput);
  }
  printInternalError(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(exitCodes.internalError);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever reads no further still learns how it ended.
  if (error.code === 'EPIPE') process.exit();
  const problem = { line: null, found: describeSystemError(error), expected: 'a place that can be written' };
  fail(new InputError({ file: 'standard output', problems: [problem] }));
});

process.on('uncaughtException', fail);

/** Waits until all that was written to a stream is out. */
const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}

// A module may have left a timer or a server, which would keep the process alive for ever.
if (hasOwnCode()) {
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit();
}
