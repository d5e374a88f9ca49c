import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { deepestNesting, isNestedTooDeeply } from '../sim/input/nesting.ts';
import type { Refuse } from './entry.ts';
import type { Field, Tree } from './treeEntries.ts';

/** The keys under which converters from XML put the attributes of an element. */
const attributeKeys = ['@attributes', '$', '_attributes'];

/** A JSON text as a tree with its lines. */
export function readJson(text: string, refuse: Refuse): Tree {
  if (isNestedTooDeeply(text)) refuse(`more than ${deepestNesting} levels`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntax] = document.errors;
  // The parser quotes what it has found, which may be a password.
  if (syntax) refuse(`invalid JSON (${syntax.message.replace(/:? *".*$/s, '')})`, lines.linePos(syntax.pos[0]).line);
  const { contents } = document;
  if (!isMap(contents) && !isSeq(contents)) return refuse('JSON that is neither an object nor an array');
  const lineOf = (node: unknown): number => lines.linePos((isNode(node) && (node as Node).range?.[0]) || 0).line;
  return isMap(contents) ? treeOf('', contents, lineOf) : { name: '', line: 1, ...membersOf([['', contents]], lineOf) };
}

type LineOf = (node: unknown) => number;

function treeOf(name: string, map: Node, lineOf: LineOf): Tree {
  const items = isMap(map) ? map.items : [];
  const named = items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), value, key] as const);
  return { name, line: lineOf(map), ...membersOf(named, lineOf) };
}

/** Values, and what stands within; each member of an array counts as one of that name. */
function membersOf(
  named: readonly (readonly [name: string, value: unknown, key?: unknown])[],
  lineOf: LineOf,
): Pick<Tree, 'fields' | 'children'> {
  const fields: Field[] = [];
  const children: Tree[] = [];
  for (const [name, value, key] of named) {
    if (isMap(value) && attributeKeys.includes(name)) {
      const within = treeOf(name, value, lineOf);
      fields.push(...within.fields);
      children.push(...within.children);
    } else if (isMap(value)) children.push(treeOf(name, value, lineOf));
    else if (isSeq(value) && value.items.length > 0 && value.items.every((item) => isMap(item))) {
      for (const item of value.items) if (isMap(item)) children.push(treeOf(name, item, lineOf));
    } else fields.push({ name, value: textOf(value), line: lineOf(key ?? value) });
  }
  return { fields, children };
}

/** What is no text, number or boolean fits no setting: it is passed on as it stands, to be refused if it is one. */
const textOf = (value: unknown): string => {
  if (!isScalar(value)) return JSON.stringify(value) ?? '';
  return value.value === null ? '' : String(value.value);
};
