import process from 'node:process';
import picocolors from 'picocolors';
import type { InternalError } from '../sim/jobs/internalError.ts';
import { pasteable } from './invocation.ts';

/** Exit codes of every command; of several that apply 2 comes first, then 4, 1 and 3. */
export const exitCodes = { holds: 0, violated: 1, badInput: 2, inconclusive: 3, internalError: 4 } as const;

/** The exit codes as every help tells them. */
export const exitCodesHelp = `
Exit codes:
  0  it holds, is as expected, or nothing is wrong
  1  it is violated, or something is wrong or has changed
  2  the input is wrong
  3  it is undecided: inconclusive, or interrupted
  4  an internal error
  Of several that apply 2 comes first, then 4, 1 and 3.`;

/** Says what went wrong inside, and how to report it. */
export function printInternalError(stack: string): void {
  process.stderr.write(`${stack}\n`);
  process.stderr.write(
    'This is a fault of Ringproof, not of your input. Please report it with the text above, the command\n',
  );
  process.stderr.write(
    `(${pasteable(process.argv.slice(2).join(' '))}), the scenario file and \`ringproof --version\`.\n`,
  );
}

/**
 * Tells each internal error of these results once, however many they concern, below all that the command prints. The command
 * then ends with its exit code, whatever else it finds, unless the input is wrong as well.
 */
export function reportInternalErrors(results: readonly { readonly internalError?: InternalError }[]): void {
  const stacks = new Set(results.flatMap(({ internalError }) => internalError?.stack ?? []));
  if (stacks.size === 0) return;
  process.once('exit', () => {
    printInternalError([...stacks].join('\n'));
    if (process.exitCode !== exitCodes.badInput) process.exitCode = exitCodes.internalError;
  });
}

/** Colours as the terminal and `NO_COLOR` allow. */
export const colours = picocolors.createColors(
  process.stdout.isTTY === true && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb',
);

/** Columns of the terminal, or what a file or a pipe can take. */
export const terminalWidth = (): number => process.stdout.columns ?? 120;

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
