import type { InputProblem } from './inputError.ts';
import { nearestWord } from './nearestWord.ts';

/** A key that means nothing, with the nearest of those that do. `where`: in what it stands, such as ` in server`. */
export function unknownKey(found: string, where: string, valid: readonly string[]): InputProblem {
  const hint = nearestWord(found, valid);
  const expected = `one of ${valid.join(', ')}`;
  return { line: null, found: `the unknown key ${found}${where}`, expected, ...(hint !== undefined && { hint }) };
}

/** A word that is none of the valid ones, with the nearest of these. `where` says what it stands for. */
export function unknownWord(found: string, where: string, valid: readonly string[]): InputProblem {
  const hint = nearestWord(found, valid);
  const expected = valid.length === 0 ? 'nothing: there is none' : `one of ${valid.join(', ')}`;
  return { line: null, found: `${found} ${where}`, expected, ...(hint !== undefined && { hint }) };
}
