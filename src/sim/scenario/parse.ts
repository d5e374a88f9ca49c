import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument, type Document as YamlDocument } from 'yaml';
import { z } from 'zod';
import { InputError, type InputProblem } from '../inputError.ts';
import { nearestWord } from '../nearestWord.ts';
import { deepestNesting, isNestedTooDeeply } from '../nesting.ts';
import { contradictions } from './contradictions.ts';
import type { ServerCatalogue } from './resolve.ts';
import { type ScenarioDocument, scenarioSchema, stepVerbs } from './schema.ts';

/** A scenario document together with where in its file everything stands. */
interface Source {
  readonly document: YamlDocument;
  readonly lines: LineCounter;
}

/** Line of the node at a path: of the key where `ofKey`, else of the value, else of the nearest thing around it. */
function lineAt({ document, lines }: Source, path: readonly PropertyKey[], ofKey = false): number | null {
  const parent = path.length === 0 ? document.contents : document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  if (key !== undefined && isMap(parent)) {
    const pair = parent.items.find(({ key: one }) => (isScalar(one) ? one.value : one) === key);
    const node = ofKey ? pair?.key : (pair?.value ?? pair?.key);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  const node = path.length === 0 ? parent : document.getIn(path, true);
  if (isNode(node) && (node as Node).range) return lines.linePos((node as Node).range?.[0] ?? 0).line;
  return path.length === 0 ? 1 : lineAt({ document, lines }, path.slice(0, -1));
}

const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part + 1}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');

type JsonSchema = {
  properties?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema;
};

/** The keys that are valid at a path, read off the published schema. */
function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  const branches = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const [first, ...rest] = path;
  if (first === undefined) return [...new Set(branches.flatMap((branch) => Object.keys(branch.properties ?? {})))];
  return branches.flatMap((branch) => {
    const next =
      typeof first === 'number' ? branch.items : (branch.properties?.[String(first)] ?? branch.additionalProperties);
    return next === undefined ? [] : keysAt(next, rest);
  });
}

const publishedSchema = z.toJSONSchema(scenarioSchema, { io: 'input' }) as JsonSchema;

type Issue = z.core.$ZodIssue;

/** Of an alternative that failed, the complaint of our own is worth more than "invalid input". */
const ownComplaint = (issue: Issue): Issue | undefined =>
  issue.code === 'invalid_union' ? issue.errors.flat().find((one) => one.code === 'custom') : undefined;

/** The words of the schema library for what people write in a file. */
const fileWords: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'keys with values',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
};

function plainWords(message: string): string {
  const words = message.replace(/^(Invalid input: )?expected /i, '').replace(/, received .*$/, '');
  return fileWords[words] ?? words;
}

function problemsOf(issue: Issue, source: Source): InputProblem[] {
  const { path } = issue;
  const value = path.length === 0 ? source.document.toJS() : source.document.getIn(path as never);
  const plain = isNode(value) ? value.toJS(source.document) : value;
  if (issue.code === 'unrecognized_keys') {
    const valid = keysAt(publishedSchema, path);
    return issue.keys.map((key) => {
      const hint = nearestWord(key, valid);
      const where = path.length === 0 ? '' : ` in ${pathText(path)}`;
      return {
        line: lineAt(source, [...path, key], true),
        found: `the unknown key ${key}${where}`,
        expected: `one of ${valid.join(', ')}`,
        ...(hint !== undefined && { hint }),
      };
    });
  }
  const line = lineAt(source, path);
  const found = path.length === 0 ? show(plain) : `${show(plain)} for ${pathText(path)}`;
  if (issue.code === 'invalid_value' || (issue.code === 'invalid_union' && path.at(-1) === 'do')) {
    const valid = issue.code === 'invalid_value' ? issue.values.map(String) : stepVerbs;
    const hint = typeof plain === 'string' ? nearestWord(plain, valid) : undefined;
    return [{ line, found, expected: `one of ${valid.join(', ')}`, ...(hint !== undefined && { hint }) }];
  }
  const { message } = ownComplaint(issue) ?? issue;
  return [{ line, found, expected: plainWords(message) }];
}

/** The document as plain data; an alias that leads nowhere, or to far too much, is only noticed here. */
function plainValue(document: YamlDocument, refuse: (found: string) => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return refuse(`no valid YAML (${(error as Error).message})`);
  }
}

/**
 * Reads a scenario from the text of a YAML (or JSON) file.
 * Throws an InputError that names every problem with its line.
 */
export function parseScenario(text: string, file: string, servers: ServerCatalogue): ScenarioDocument {
  const refuse = (problems: readonly InputProblem[]): never => {
    throw new InputError({ file, problems });
  };
  if (text.includes('\0')) refuse([{ line: null, found: 'binary data', expected: 'a scenario in YAML' }]);
  if (text.trim() === '') refuse([{ line: null, found: 'an empty file', expected: 'a scenario in YAML' }]);
  if (isNestedTooDeeply(text)) {
    refuse([{ line: null, found: `more than ${deepestNesting} levels`, expected: 'a scenario in YAML' }]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax) {
    const found = `no valid YAML (${syntax.message})`;
    refuse([{ line: lines.linePos(syntax.pos[0]).line, found, expected: 'a scenario in YAML' }]);
  }
  const source = { document, lines };
  const plain = plainValue(document, (found) => refuse([{ line: null, found, expected: 'a scenario in YAML' }]));
  const result = scenarioSchema.safeParse(plain);
  if (!result.success) return refuse(result.error.issues.flatMap((issue) => problemsOf(issue, source)));
  const contradictory = contradictions(result.data, servers);
  if (contradictory.length > 0) {
    refuse(contradictory.map(({ path, ofKey, ...problem }) => ({ ...problem, line: lineAt(source, path, ofKey) })));
  }
  return result.data;
}

/** The JSON Schema of scenario files, for editors. */
export const scenarioJsonSchema = (): object => ({
  title: 'Ringproof scenario',
  ...z.toJSONSchema(scenarioSchema, { io: 'input' }),
});
