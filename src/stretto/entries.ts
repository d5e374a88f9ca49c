import { InputError, type InputProblem } from '../sim/input/inputError.ts';
import { readJson } from './jsonTree.ts';
import { lineEntries } from './lineEntries.ts';
import { tableEntries, tableIn } from './tableEntries.ts';
import { treeEntries } from './treeEntries.ts';
import { readXml } from './xmlTree.ts';

/** Whose setting it is: a user's, or a profile's, which users share. */
export interface Owner {
  /** The user, or null where the profile itself is meant. */
  readonly user: string | null;
  /** The profile, or that of the user; null where the file does not say. */
  readonly profile: string | null;
  readonly line: number;
}

/** One setting as it stands in the file. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** Null where the file does not tell users and profiles apart. */
  readonly owner: Owner | null;
}

/** What stands in a provisioning file, and what in it could not be read. */
export interface Reading {
  readonly entries: readonly Entry[];
  readonly owners: readonly Owner[];
  readonly problems: readonly InputProblem[];
}

const expected = 'Stretto provisioning: key=value lines, a table (CSV), JSON or XML';

/** Says that a file is none of the forms at all. Never shows what stands in it: that may be a password. */
export type Refuse = (found: string, line?: number | null) => never;

/** The settings of a provisioning file in their order, whichever form it has. Throws an InputError where it has none. */
export function readEntries(given: string, file: string): Reading {
  const refuse: Refuse = (found, line = null) => {
    throw new InputError({ file, problems: [{ line, found, expected }] });
  };
  const text = given.replace(/^\uFEFF/, '');
  if (text.includes('\0')) refuse('binary data, or a text that is not in UTF-8');
  if (text.trim() === '') refuse('an empty file');
  if (/^\s*</.test(text)) return treeEntries(readXml(text, refuse));
  if (isJson(text)) return treeEntries(readJson(text, refuse));
  const table = tableIn(text);
  return table === null ? lineEntries(text) : tableEntries(table);
}

/** JSON begins with a bracket; so does a `[section]` of key=value lines, which has its line for itself. */
const isJson = (text: string): boolean => /^\s*[{[]/.test(text) && !/^\s*\[[\w #.-]+\][ \t]*(?:[\r\n]|$)/.test(text);
