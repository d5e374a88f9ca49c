import { closest, distance } from 'fastest-levenshtein';

/** The valid word that a misspelt one most likely meant, or undefined where none is near. */
export function nearestWord(found: string, valid: readonly string[]): string | undefined {
  if (valid.length === 0) return undefined;
  const lower = found.toLowerCase();
  const byLower = new Map(valid.map((word) => [word.toLowerCase(), word]));
  const near = closest(lower, [...byLower.keys()]);
  return distance(lower, near) <= Math.max(2, Math.floor(near.length / 3)) ? byLower.get(near) : undefined;
}
