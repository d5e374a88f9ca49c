/**
 * A state by its path from the root of its machine, as XState writes it: keys joined by dots, and a dot within a key
 * behind a backslash. So `a\.b.c` is the state `c` of `a.b`.
 */
export const statePath = (keys: readonly string[]): string =>
  keys.map((key) => key.replaceAll(/[\\.]/g, '\\$&')).join('.');

/** The keys of a path. */
export const keysOf = (path: string): string[] =>
  (path.match(/(?:\\.|[^\\.])+/g) ?? []).map((key) => key.replaceAll(/\\(.)/g, '$1'));

/** A path for readers. */
export const pathWords = (path: string): string => keysOf(path).join(' › ');
