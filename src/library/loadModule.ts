import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InputError } from '../sim/input/inputError.ts';
import { isOwn, type Own } from '../sim/own/subject.ts';
import { withoutLuck } from './luckAtLoad.ts';
import { moduleError } from './moduleError.ts';
import { textFile } from './textFile.ts';
import { transformedOnce } from './transformed.ts';

/** Whether what the user names is a module of his own, and no scenario file. */
export const isModule = (given: string): boolean => /\.[cm]?[jt]sx?$/.test(given);

/** What is transformed before it is run; all else is left to Node. */
const extensions = ['c', 'm', ''].flatMap((kind) =>
  ['ts', 'js', 'tsx', 'jsx'].map((language) => `.${kind}${language}`),
);

const expected = 'a module whose default export comes from defineScenario or defineSystem';

/** What is said of a module that ends the process, or waits for what never comes. */
export const endedEarly = (file: string): InputError =>
  new InputError({ file, problems: [{ line: null, found: 'a module that ends before it is loaded', expected }] });

/** Packages that a module finds here where its own folder has none. */
const lent = ['xstate', 'fast-check'];

/** Modules import this very Ringproof, and the user's own packages where he has them. */
function aliases(file: string): Record<string, string> {
  const theirs = createRequire(pathToFileURL(file));
  const ours = createRequire(import.meta.url);
  const has = (name: string) => {
    try {
      return theirs.resolve(name) !== '';
    } catch {
      return false;
    }
  };
  return {
    ringproof: fileURLToPath(new URL('../index.js', import.meta.url)),
    ...Object.fromEntries(lent.filter((name) => !has(name)).map((name) => [name, ours.resolve(name)])),
  };
}

/** What is exported in the place of a scenario or a system. */
function exportText(found: unknown): string {
  if (found === undefined) return 'no default export';
  if (found instanceof Promise) return 'a promise as its default export';
  if (Array.isArray(found)) return 'a list as its default export';
  return `${typeof found === 'function' ? 'a function' : 'something else'} as its default export`;
}

/** What defineScenario or defineSystem threw, whichever copy of this class they know. */
const problemsOf = (error: unknown): InputError['problems'] | null =>
  (error as Error | null)?.name === 'InputError' ? (error as InputError).problems : null;

/** Loads a module of the user's. Throws an InputError where it cannot be loaded or is no scenario and no system. */
export async function loadModule(given: string): Promise<Own> {
  textFile(given);
  const file = resolve(given);
  // Only a module needs it, and it takes a tenth of the start of a command.
  const { createJiti } = await import('jiti');
  const jiti = createJiti(import.meta.url, {
    alias: aliases(file),
    jsx: file.endsWith('x'),
    extensions,
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    transform: transformedOnce(createJiti),
  });
  let exported: object;
  try {
    exported = await withoutLuck(file, () => jiti.import<object>(file));
  } catch (error) {
    const problems = problemsOf(error);
    if (problems !== null) throw new InputError({ file: given, problems });
    throw moduleError(error, given, { what: 'a module that cannot be loaded', expected });
  }
  // A module in CommonJS exports the value itself.
  const found = 'default' in exported ? exported.default : 'is' in exported ? exported : undefined;
  if (isOwn(found)) return found;
  throw new InputError({ file: given, problems: [{ line: null, found: exportText(found), expected }] });
}
