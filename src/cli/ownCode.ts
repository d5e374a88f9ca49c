import { strayError } from '../library/moduleError.ts';
import type { InputError } from '../sim/input/inputError.ts';

/** The module of the user's that this thread has loaded, or is about to: what it leaves behind goes on beside the command. */
let file: string | null = null;
let hasFailed = false;

export function noteOwnCode(module: string): void {
  file = module;
  hasFailed = false;
}

export const hasOwnCode = (): boolean => file !== null;

/** Whether the module has thrown what nobody caught. */
export const hasOwnCodeFailed = (): boolean => hasFailed;

/** What the user is told of an error that nobody caught, where it comes from his module. */
export function errorOfOwnCode(error: unknown): InputError | null {
  const stray = file === null ? null : strayError(error, file);
  hasFailed ||= stray !== null;
  return stray;
}
