import process from 'node:process';
import picocolors from 'picocolors';

/** Exit codes of every command. */
export const exitCodes = { holds: 0, violated: 1, badInput: 2, inconclusive: 3 } as const;

/** Colours as the terminal and `NO_COLOR` allow. */
export const colours = picocolors.createColors(
  process.stdout.isTTY === true && process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb',
);

/** Columns of the terminal, or what a file or a pipe can take. */
export const terminalWidth = (): number => process.stdout.columns ?? 120;

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
