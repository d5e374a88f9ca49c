import type { InputProblem } from './inputError.ts';
import { nearestWord } from './nearestWord.ts';

/** A word that is none of the valid ones, with the nearest of these. `where` says what it stands for. */
export function unknownWord(found: string, where: string, valid: readonly string[]): InputProblem {
  const hint = nearestWord(found, valid);
  const expected = valid.length === 0 ? 'nothing: there is none' : `one of ${valid.join(', ')}`;
  return { line: null, found: `${found} ${where}`, expected, ...(hint !== undefined && { hint }) };
}
