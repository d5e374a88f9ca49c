import type { InputProblem } from './inputError.ts';
import { pathText } from './yamlFile.ts';

/** What a value of JavaScript may be that no file can hold; null for what one can. */
function strangeness(value: unknown, around: readonly unknown[]): string | null {
  if (value === undefined && around.length === 0) return 'nothing';
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (['function', 'symbol', 'bigint'].includes(typeof value)) return `a ${typeof value}`;
  if (typeof value !== 'object' || value === null) return null;
  if (around.includes(value)) return 'a circle';
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name: string } } | null;
  const isPlain = Array.isArray(value) || prototype === null || prototype === Object.prototype;
  return isPlain ? null : `a ${prototype?.constructor?.name}`;
}

/** The same of a value that a machine is told: it has one form only, so that equal ones are known as such. */
function inexactness(value: unknown, around: readonly unknown[]): string | null {
  if (value === undefined) return 'undefined';
  if (Object.is(value, -0)) return '-0';
  const isBare = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
  return isBare ? 'an object without a prototype' : strangeness(value, around);
}

type Path = readonly (string | number)[];

/** What in a value is no plain data, with its place: a file could not hold it, and JSON would pass it over. */
export const strangeProblems = (value: unknown, path: Path = []): InputProblem[] =>
  problemsBy(strangeness, value, path, []);

/** What in an event is no plain data, with its place. */
export const inexactProblems = (value: unknown, path: Path): InputProblem[] => problemsBy(inexactness, value, path, []);

function problemsBy(test: typeof strangeness, value: unknown, path: Path, around: readonly unknown[]): InputProblem[] {
  const strange = test(value, around);
  if (strange !== null) {
    const where = path.length === 0 ? '' : ` for ${pathText(path)}`;
    return [{ line: null, found: `${strange}${where}`, expected: 'plain data' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...entries].flatMap(([key, one]) => {
    // Nobody reads it: it is passed over by whoever looks at all keys.
    if (key === '__proto__') return [{ line: null, found: pathText([...path, key]), expected: 'another name' }];
    return problemsBy(test, one, [...path, key], [...around, value]);
  });
}
