/** The active states of a machine's value, one path per region: `registration › registering › first`. */
export function activePaths(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'string') return [[...path, value]];
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  if (entries.length === 0) return path.length === 0 ? [] : [[...path]];
  return entries.flatMap(([key, one]) => activePaths(one, [...path, key]));
}
