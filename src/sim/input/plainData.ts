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

/** What in a value is no plain data, with its place: a file could not hold it, and JSON would pass it over. */
export function strangeProblems(
  value: unknown,
  path: readonly (string | number)[] = [],
  around: readonly unknown[] = [],
): InputProblem[] {
  const strange = strangeness(value, around);
  if (strange !== null) {
    const where = path.length === 0 ? '' : ` for ${pathText(path)}`;
    return [{ line: null, found: `${strange}${where}`, expected: 'plain data' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...entries].flatMap(([key, one]) => strangeProblems(one, [...path, key], [...around, value]));
}
