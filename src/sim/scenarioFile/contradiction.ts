import type { InputProblem } from '../input/inputError.ts';

/** A problem of a document that is well-formed, with the place in it. */
export interface Contradiction extends Omit<InputProblem, 'line'> {
  readonly path: readonly (string | number)[];
  /** Whether the line is that of the key, not of its value. */
  readonly ofKey?: boolean;
}
