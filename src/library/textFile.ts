import { readFileSync, statSync } from 'node:fs';
import { InputError } from '../sim/input/inputError.ts';
import { describeSystemError } from './systemError.ts';

/** The text of a file that the user named. Throws an InputError where it cannot be read. */
export function textFile(file: string): string {
  const refused = (found: string, expected: string) =>
    new InputError({ file, problems: [{ line: null, found, expected }] });
  let isFolder = false;
  try {
    isFolder = statSync(file).isDirectory();
    if (!isFolder) return readFileSync(file, 'utf8');
  } catch (error) {
    throw refused(describeSystemError(error), 'a readable file');
  }
  throw refused('a directory', 'a file');
}
