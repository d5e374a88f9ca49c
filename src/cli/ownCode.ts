import type { InputError } from '../sim/input/inputError.ts';

/** What the user is told of an error that nobody caught, where it comes from his module; null where it does not. */
type Stray = (error: unknown) => InputError | null;

/** Of the module of the user's that this thread has loaded, or is about to: what it leaves behind goes on beside the command. */
let ofModule: Stray | null = null;
let hasFailed = false;

/** Takes note of a module. A command that has none does not read what tells its errors. */
export function noteOwnCode(stray: Stray): void {
  ofModule = stray;
  hasFailed = false;
}

export const hasOwnCode = (): boolean => ofModule !== null;

/** Whether the module has thrown what nobody caught. */
export const hasOwnCodeFailed = (): boolean => hasFailed;

/** What the user is told of an error that nobody caught, where it comes from his module. */
export function errorOfOwnCode(error: unknown): InputError | null {
  const stray = ofModule?.(error) ?? null;
  hasFailed ||= stray !== null;
  return stray;
}
