import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** A source file: where it is, and what it says. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const sourceFiles = (folder: string): SourceFile[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => posix.join(folder, name))
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** The text without comments, and without strings in double quotes, which hold text; imports are in single quotes. */
const withoutComments = (text: string): string =>
  text.replaceAll(
    /('(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, kept) => kept ?? '',
  );

const importStatement = /(?:\b(?:import|export)\b([^'`;]*?)\bfrom|\bimport)\s*\(?\s*'([^']+)'/g;

/** What a file imports, as written, types included. */
const specifiersOf = ({ text }: SourceFile): { names: string; specifier: string }[] =>
  [...withoutComments(text).matchAll(importStatement)].map(([, names, specifier]) => ({
    names: (names ?? '').replaceAll(/[\s{},]+/g, ' ').trim(),
    specifier: specifier as string,
  }));

/** The files of this tree that a file imports. */
export const importsOf = (file: SourceFile): string[] =>
  specifiersOf(file)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => posix.join(posix.dirname(file.path), specifier.replace(/\?.*$/, '')));

/** Names whose use reaches outside of the program: clock, randomness, input, output. */
const outside =
  /\bDate\b|\bperformance\s*\.|\bset(?:Timeout|Interval|Immediate)\b(?!\s*:)|\bqueueMicrotask\b|\bMath\.random\b|\bprocess\s*\.|\bconsole\s*\.|\bfetch\s*\(|\bcrypto\s*\./;

/** Functions of Node's modules that only compute. */
const pure: Readonly<Record<string, readonly string[]>> = {
  'node:crypto': ['createHash', 'timingSafeEqual'],
  'node:module': ['createRequire'],
  'node:net': ['isIPv6'],
  'node:zlib': ['unzipSync'],
};

/** The first thing with which a file touches the world outside; null where it does not. */
export function outsideUseIn(file: SourceFile): string | null {
  const module = specifiersOf(file).find(
    ({ names, specifier }) =>
      specifier.startsWith('node:') && !names.split(' ').every((name) => pure[specifier]?.includes(name)),
  );
  if (module !== undefined) return module.specifier;
  const code = withoutComments(file.text).replaceAll(/'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, "''");
  return code.match(outside)?.[0] ?? null;
}
