import { InputError } from '../sim/input/inputError.ts';
import type { Reading, Refuse } from './entry.ts';
import { readJson } from './jsonTree.ts';
import { lineEntries } from './lineEntries.ts';
import { tableEntries, tableIn } from './tableEntries.ts';
import { treeEntries } from './treeEntries.ts';
import { readXml } from './xmlTree.ts';

const expected = 'Stretto provisioning: key=value lines, a table (CSV), JSON or XML';

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
