import {
  type Alias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type Document as YamlDocument,
} from 'yaml';
import { z } from 'zod';
import { InputError, type InputProblem } from './inputError.ts';
import { nearestWord } from './nearestWord.ts';
import { deepestNesting, isNestedTooDeeply } from './nesting.ts';

/** A YAML document together with where in its file everything stands. */
export interface YamlSource {
  readonly document: YamlDocument;
  readonly lines: LineCounter;
}

/** What a YAML file has to be. */
export interface YamlForm<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** What the file is, for messages: "a scenario in YAML". */
  readonly what: string;
  /** Adds to what the file says what it leaves to another, before the schema is asked. */
  readonly complete?: (said: unknown) => unknown;
}

/** Line of the node at a path: of the key where `ofKey`, else of the value, else of the nearest thing around it. */
export function lineAt(source: YamlSource, path: readonly PropertyKey[], ofKey = false): number | null {
  const { document, lines } = source;
  const parent = path.length === 0 ? document.contents : document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  if (key !== undefined && isMap(parent)) {
    const pair = parent.items.find(({ key: one }) => (isScalar(one) ? one.value : one) === key);
    const node = ofKey ? pair?.key : (pair?.value ?? pair?.key);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  const node = path.length === 0 ? parent : document.getIn(path, true);
  if (isNode(node) && (node as Node).range) return lines.linePos((node as Node).range?.[0] ?? 0).line;
  return path.length === 0 ? 1 : lineAt(source, path.slice(0, -1));
}

const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

/** A place in a document as people read it; items of lists from 1. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part + 1}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');

type JsonSchema = {
  properties?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  additionalProperties?: JsonSchema;
  const?: unknown;
  enum?: unknown[];
};

/** Whether a value of a file is keys with values. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the words that tell alternatives apart are those of this one: `do` of a step, for example. */
const isMeant = ({ properties = {} }: JsonSchema, value: unknown): boolean =>
  Object.entries(properties).every(([key, one]) => {
    const words = one.enum ?? ('const' in one ? [one.const] : undefined);
    return words === undefined || !isRecord(value) || !(key in value) || words.includes(value[key]);
  });

/** The keys that are valid at a path of a value, read off the published schema. */
function keysAt(schema: JsonSchema, path: readonly PropertyKey[], value: unknown): string[] {
  const alternatives = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const branches = alternatives.length === 1 ? alternatives : alternatives.filter((one) => isMeant(one, value));
  const [first, ...rest] = path;
  if (first === undefined) return [...new Set(branches.flatMap((branch) => Object.keys(branch.properties ?? {})))];
  const inside = (value as Record<PropertyKey, unknown> | null | undefined)?.[first];
  return branches.flatMap((branch) => {
    const next =
      typeof first === 'number' ? branch.items : (branch.properties?.[String(first)] ?? branch.additionalProperties);
    return next === undefined ? [] : keysAt(next, rest, inside);
  });
}

type Issue = z.core.$ZodIssue;

/** Of an alternative that failed, the complaint of our own is worth more than "invalid input". */
const ownComplaint = (issue: Issue): Issue | undefined =>
  issue.code === 'invalid_union' ? issue.errors.flat().find((one) => one.code === 'custom') : undefined;

/** What is wrong inside an alternative that has keys, where something with keys is given: that one is meant. */
function inMeantAlternative(issue: Issue, given: unknown): Issue[] | undefined {
  if (issue.code !== 'invalid_union' || !isRecord(given)) return undefined;
  const isInside = (one: Issue) => one.path.length > 0 || one.code === 'unrecognized_keys';
  const inside = issue.errors.find((errors) => errors.length > 0 && errors.every(isInside));
  return inside?.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
}

/** What a file calls the types of a schema. */
const fileWords: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'keys with values',
  record: 'keys with values',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const entriesText = (count: number | bigint): string => (count === 1 ? 'one entry' : `${count} entries`);

/** A limit of the schema that has no words of its own. */
function limitWords(issue: Issue): string | undefined {
  if (issue.code === 'invalid_format' && issue.format === 'url') return 'a URL';
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return undefined;
  const [word, limit] = issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
  if (issue.origin === 'array') return `${word} ${entriesText(limit)}`;
  if (issue.origin === 'string') return limit === 1 ? 'some text' : `${word} ${limit} characters`;
  return `a number of ${word} ${limit}`;
}

/** The schema's own words are a sentence about what is expected; only the library's begin like these. */
const isOfLibrary = (message: string): boolean => /^(Too (big|small)|Invalid URL)/.test(message);

function plainWords(message: string): string {
  const words = message.replace(/^(Invalid input: )?expected /i, '').replace(/, received .*$/, '');
  return fileWords[words] ?? words;
}

/** The words of which one must stand where another does: those of the key itself, or those that tell objects apart. */
function validWords(issue: Issue): string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code !== 'invalid_union') return undefined;
  if ('options' in issue && issue.options !== undefined) return issue.options.map(String);
  // Of alternatives that have no words of their own, those of one that is a word.
  const word = issue.errors.flat().find(({ code, path }) => code === 'invalid_value' && path.length === 0);
  return issue.message === 'Invalid input' && word !== undefined ? validWords(word) : undefined;
}

function problemsOf(issue: Issue, source: YamlSource, { schema, what }: YamlForm<z.ZodType>): InputProblem[] {
  const { path } = issue;
  const value = path.length === 0 ? source.document.toJS() : source.document.getIn(path as never);
  const plain = isNode(value) ? value.toJS(source.document) : value;
  const inside = inMeantAlternative(issue, plain);
  if (inside !== undefined) return inside.flatMap((one) => problemsOf(one, source, { schema, what }));
  if (issue.code === 'unrecognized_keys') {
    const valid = keysAt(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, path, source.document.toJS());
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
  if (issue.code === 'invalid_key') {
    const where = path.length < 2 ? '' : ` in ${pathText(path.slice(0, -1))}`;
    const expected = plainWords(issue.issues[0]?.message ?? 'another key');
    return [{ line: lineAt(source, path, true), found: `the key ${String(path.at(-1))}${where}`, expected }];
  }
  const line = lineAt(source, path);
  const found = path.length === 0 ? show(plain) : `${show(plain)} for ${pathText(path)}`;
  const valid = validWords(issue);
  const complaint = ownComplaint(issue);
  if (valid !== undefined) {
    const hint = typeof plain === 'string' ? nearestWord(plain, valid) : undefined;
    const words = valid.join(', ');
    const expected = complaint === undefined ? `one of ${words}` : `${plainWords(complaint.message)}, or ${words}`;
    return [{ line, found, expected, ...(hint !== undefined && { hint }) }];
  }
  const { message } = complaint ?? issue;
  const limit = isOfLibrary(message) ? limitWords(issue) : undefined;
  return [{ line, found, expected: limit ?? plainWords(message) }];
}

/** Everything that is wrong with a value that a program made, in the words for a file, which has lines. */
export function problemsIn(value: unknown, schema: z.ZodType): InputProblem[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  const lines = new LineCounter();
  const source = { document: parseDocument(JSON.stringify(value), { lineCounter: lines }), lines };
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, source, { schema, what: 'plain data' }));
  return problems.map((problem) => ({ ...problem, line: null }));
}

/** The first alias that stands inside its own anchor: plain data cannot express it. */
function cyclicAlias(document: YamlDocument): Alias | null {
  let found: Alias | null = null;
  visit(document, {
    Alias(_, alias, around) {
      const named = alias.resolve(document);
      if (named === undefined || !around.includes(named)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** The document as plain data; an alias that leads nowhere, or to far too much, is only noticed here. */
function plainValue(document: YamlDocument, refuse: (found: string) => never): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return refuse(`invalid YAML (${(error as Error).message})`);
  }
}

/** Reads a YAML (or JSON) file of that form. Throws an InputError that names every problem with its line. */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  form: YamlForm<Schema>,
): { data: z.infer<Schema>; source: YamlSource } {
  const refuseAll = (problems: readonly InputProblem[]): never => {
    throw new InputError({ file, problems });
  };
  const refuse = (found: string, line: number | null = null) => refuseAll([{ line, found, expected: form.what }]);
  if (text.includes('\0')) refuse('binary data');
  if (text.trim() === '') refuse('an empty file');
  if (isNestedTooDeeply(text)) refuse(`more than ${deepestNesting} levels`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [syntax] = document.errors;
  if (syntax) refuse(`invalid YAML (${syntax.message})`, lines.linePos(syntax.pos[0]).line);
  const cyclic = cyclicAlias(document);
  if (cyclic) refuse(`the alias *${cyclic.source} inside its own anchor`, lines.linePos(cyclic.range?.[0] ?? 0).line);
  const source = { document, lines };
  const { complete = (said) => said } = form;
  const result = form.schema.safeParse(complete(plainValue(document, refuse)));
  if (!result.success) return refuseAll(result.error.issues.flatMap((issue) => problemsOf(issue, source, form)));
  return { data: result.data, source };
}
