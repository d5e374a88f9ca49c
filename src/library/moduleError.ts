import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../sim/input/inputError.ts';
import { visible } from '../sim/input/visible.ts';

/** Where in which file something went wrong. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** The longest text that is told of an error of the user's. */
const mostCharacters = 300;

/** Where the loader could read no further: after the message, in a line of its own. */
const unread = /\n\s*(.+):(\d+):\d+\s*$/;
/** After the message as well: who has imported what is not there. */
const importers = /\nRequire stack:([\s\S]*)$/;
/** How compiled code calls what it imports. */
const imported = /\(0 , [\w$]+\.([\w$]+)\)/g;

const textOf = (error: unknown): string => String((error as Error | null)?.message ?? error);

/** What was thrown while a module was loaded, in one line: anything can be. */
export function thrownWords(error: unknown): string {
  const said = textOf(error).replace(unread, '').replace(importers, '').replace(imported, '$1').replaceAll(/\s+/g, ' ');
  const text = visible(said.trim());
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)} …` : text;
}

const pathOf = (given: string): string => (given.startsWith('file:') ? fileURLToPath(given) : given);

/** The places in the stack of an error, the innermost first. */
export function framesOf(error: unknown): Place[] {
  const { stack } = (error ?? {}) as { readonly stack?: unknown };
  const frames =
    typeof stack === 'string' ? stack.matchAll(/^ +at (?:.*? \()?(?:async )?((?:file:|\/).*):(\d+):\d+\)?$/gm) : [];
  return [...frames].map(([, given = '', line]) => ({ file: pathOf(given), line: Number(line) }));
}

/** Whether nobody can be told from what was thrown: it is no error, or was made into one by Node. */
const isNobodys = (error: unknown): boolean =>
  !(error instanceof Error) || (error as NodeJS.ErrnoException).code === 'ERR_UNHANDLED_REJECTION';

/**
 * What a module of the user's is told that has thrown, or has let a promise fail, when nobody was there to catch it: in a timer for
 * example. Null where the error does not come from its code.
 */
export function strayError(error: unknown, file: string): InputError | null {
  const innermost = framesOf(error).find(({ file }) => !file.includes('/node_modules/'));
  const isOfUser = innermost === undefined ? isNobodys(error) : isTheirs(innermost);
  if (!isOfUser) return null;
  const expected = 'a module that does nothing after it was loaded: no timers, and no promises that fail';
  return moduleError(error, file, { what: 'what nobody caught', expected });
}

/** An error of a module of the user's, said of its file. */
export function moduleError(
  error: unknown,
  given: string,
  { what, expected }: { readonly what: string; readonly expected: string },
): InputError {
  const place = placeOfError(error);
  const isHere = place?.file === resolve(given);
  const line = place?.line == null ? '' : `:${place.line}`;
  const where = place === null || isHere ? '' : `, in ${relative('', place.file)}${line}`;
  const found = `${what} (${thrownWords(error)}${where})`;
  return new InputError({ file: given, problems: [{ line: isHere ? place.line : null, found, expected }] });
}

/** Whether a place is in code of the user's. */
export const isTheirs = ({ file }: Place): boolean => !file.includes('/node_modules/') && !file.startsWith(ours);

/** The folder of this program: what stands in it is no code of the user's. */
const ours = fileURLToPath(new URL('..', import.meta.url));

/** Where an error comes from; null where nobody knows. Of an import the file that has it, whose line is not known. */
export function placeOfError(error: unknown): { readonly file: string; readonly line: number | null } | null {
  const text = textOf(error);
  const [, file, line] = unread.exec(text) ?? [];
  if (file !== undefined) return { file, line: Number(line) };
  const [, importer] = /^\s*- (.+)$/m.exec(importers.exec(text)?.[1] ?? '') ?? [];
  return importer === undefined ? (framesOf(error).find(isTheirs) ?? null) : { file: importer, line: null };
}
