import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { InputError, type InputProblem } from '../sim/input/inputError.ts';
import { deepestNesting, isNestedTooDeeply } from '../sim/input/nesting.ts';

/** One setting as it stands in the file. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

const expected = 'Stretto provisioning: key=value lines, or JSON';

/** The settings of a provisioning file in their order, whichever of the two forms it has. Throws an InputError. */
export function readEntries(given: string, file: string): Entry[] {
  const refuse = (found: string, line: number | null = null): never => {
    throw new InputError({ file, problems: [{ line, found, expected }] });
  };
  const text = given.replace(/^\uFEFF/, '');
  if (text.includes('\0')) refuse('binary data');
  if (text.trim() === '') refuse('an empty file');
  return isJson(text) ? jsonEntries(text, refuse) : lineEntries(text, file);
}

/** JSON begins with a bracket; so does a `[section]` of the other form, which has its line for itself. */
const isJson = (text: string): boolean => /^\s*[{[]/.test(text) && !/^\s*\[[\w .-]+\][ \t]*(?:[\r\n]|$)/.test(text);

/** `key=value`, one a line; `#` and `;` begin a comment, quotes around a value are dropped. */
function lineEntries(text: string, file: string): Entry[] {
  const problems: InputProblem[] = [];
  const entries = text.split(/\r\n|\r|\n/).flatMap((raw, index): Entry[] => {
    const content = raw.trim();
    if (content === '' || /^[#;[]/.test(content)) return [];
    const separator = content.indexOf('=');
    const line = index + 1;
    if (separator < 1) {
      const shown = content.length > 60 ? `${content.slice(0, 57)}...` : content;
      problems.push({ line, found: JSON.stringify(shown), expected: 'key=value' });
      return [];
    }
    const value = content.slice(separator + 1).trim();
    return [{ key: content.slice(0, separator).trim(), value: value.replace(/^(["'])(.*)\1$/, '$2'), line }];
  });
  if (problems.length > 0) throw new InputError({ file, problems });
  return entries;
}

/** Flat keys with dots, or objects within objects. */
function jsonEntries(text: string, refuse: (found: string, line?: number | null) => never): Entry[] {
  if (isNestedTooDeeply(text)) refuse(`more than ${deepestNesting} levels`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax) refuse(`invalid JSON (${syntax.message})`, lines.linePos(syntax.pos[0]).line);
  if (!isMap(document.contents)) refuse('JSON that is not an object');
  const lineOf = (node: Node) => lines.linePos(node.range?.[0] ?? 0).line;
  const walk = (node: unknown, prefix: string): Entry[] => {
    if (!isMap(node)) return [];
    return node.items.flatMap(({ key, value }): Entry[] => {
      const name = `${prefix}${String(isScalar(key) ? key.value : key)}`;
      if (isMap(value)) return walk(value, `${name}.`);
      const line = lineOf(key as Node);
      // What is no text, number or boolean fits no setting: it is passed on as it stands, to be refused if it is one.
      if (!isScalar(value)) return [{ key: name, value: JSON.stringify(value), line }];
      return [{ key: name, value: value.value === null ? '' : String(value.value), line }];
    });
  };
  return walk(document.contents, '');
}
